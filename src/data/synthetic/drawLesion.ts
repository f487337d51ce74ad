import type { Raster } from '../../image/raster.js';
import { Random } from '../../random.js';
import { Canvas } from './canvas.js';
import { drawStructures } from './drawStructures.js';
import { depthAt, type Shape, type View } from './lesionShape.js';
import { type Colour, drawLook, type Look } from './looks.js';
import { cellEdge, cloud, noise, smoothStep } from './noise.js';

/** A painted lesion with its mask, of the same size. */
export interface LesionPicture {
  /** RGB. */
  readonly image: Raster;
  /** Grey, 255 inside the lesion and 0 outside. */
  readonly mask: Raster;
}

export interface LesionPictureOptions {
  readonly classId: string;
  readonly seed: number;
  readonly lesion: number;
  /** Which of the lesion's pictures: each has its own zoom, rotation and light. */
  readonly picture: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Paints one picture of one lesion, the same for the same options. Own drawing, made of noise fields and soft shapes: it
 * resembles dermatoscopy closely enough to try software on, and is medically worthless.
 */
export function drawLesion(options: LesionPictureOptions): LesionPicture {
  const { classId, seed, lesion, picture, width, height } = options;
  const lesionRandom = new Random(seed, 'synthetic lesion', lesion);
  const look = drawLook(classId, lesionRandom);
  const shape: Shape = {
    look,
    field: lesionRandom.uint32(),
    waves: Array.from({ length: 5 }, (_, k) => ({
      height: (look.irregularity * lesionRandom.uniform(0.4, 1)) / (k + 1) ** 0.7,
      phase: lesionRandom.uniform(0, 2 * Math.PI),
    })),
  };
  const tone = drawSkinTone(lesionRandom);
  const hairs = lesionRandom.next() < 0.45 ? Math.ceil(lesionRandom.next() ** 2 * 16) : 0;

  const viewRandom = new Random(seed, 'synthetic view', lesion, picture);
  const view = drawView(look, width, height, viewRandom);
  const canvas = new Canvas(width, height);
  const mask = new Uint8Array(width * height);
  paintSurface(canvas, mask, view, shape, tone);
  drawStructures(canvas, view, shape, new Random(seed, 'synthetic structures', lesion));
  canvas.soften();
  drawHairs(canvas, view, hairs, new Random(seed, 'synthetic hairs', lesion));
  light(canvas, viewRandom);
  return {
    image: canvas.toRaster(viewRandom, viewRandom.uniform(1, 2.5)),
    mask: { width, height, channels: 1, data: mask },
  };
}

function drawSkinTone(random: Random): Colour {
  // From pink to tan; dermatoscopy with polarised light makes fair skin pink.
  const tan = random.next() ** 1.5;
  const depth = random.uniform(0.9, 1.06);
  return [(226 - 14 * tan) * depth, (172 - 8 * tan) * depth, (166 - 32 * tan) * depth];
}

function drawView(look: Look, width: number, height: number, random: Random): View {
  const angle = random.uniform(0, 2 * Math.PI);
  const zoom = random.uniform(0.88, 1.14);
  return {
    x: width * (0.5 + random.normal(0, 0.035)),
    y: height * (0.5 + random.normal(0, 0.035)),
    scale: look.size * height * zoom,
    cos: Math.cos(angle),
    sin: Math.sin(angle),
  };
}

function paintSurface(canvas: Canvas, mask: Uint8Array, view: View, shape: Shape, tone: Colour): void {
  const { look, field } = shape;
  const { width, height } = canvas;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const index = y * width + x;
      const dx = (x - view.x) / view.scale;
      const dy = (y - view.y) / view.scale;
      const u = dx * view.cos + dy * view.sin;
      const v = dy * view.cos - dx * view.sin;
      // Skin: mottled by blood, with fine furrows. In pixels of a standard scale, so that zooming a lesion zooms its skin.
      const su = u * look.size * 150;
      const sv = v * look.size * 150;
      const mottle = (cloud(su / 38, sv / 38, field + 11, 2) - 0.5) * 22;
      const grain = (noise(su / 3.1, sv / 3.1, field + 12) - 0.5) * 7;
      canvas.data[index * 3] = tone[0] + mottle * 0.4 + grain;
      canvas.data[index * 3 + 1] = tone[1] + mottle + grain;
      canvas.data[index * 3 + 2] = tone[2] + mottle * 0.9 + grain;
      if (Math.abs(u) > 2.4 || Math.abs(v) > 2.4) continue;

      const depth = depthAt(shape, u, v);
      if (depth < 1) mask[index] = 255;
      const inside = smoothStep(1 + look.softness * 0.6, 1 - look.softness, depth);
      if (inside > 0.003) paintPigment(canvas, index, u, v, depth, inside, shape);
    }
  }
}

function paintPigment(
  canvas: Canvas,
  index: number,
  u: number,
  v: number,
  depth: number,
  inside: number,
  shape: Shape,
): void {
  const { look, field } = shape;
  const patches = cloud(u * 1.6 + 9, v * 1.6, field + 2, 3) - 0.5;
  // Colour: from edge to core, whose middle may lie off the lesion's.
  const offCentre = depth + look.asymmetry * (u * 0.8 + v * 0.5);
  const core = smoothStep(1.05, 0.25, offCentre + patches * 0.9);
  const shade = 1 + patches * 0.22;
  const { edge, core: deep } = look;
  canvas.blend(
    index,
    (edge[0] + core * (deep[0] - edge[0])) * shade,
    (edge[1] + core * (deep[1] - edge[1])) * shade,
    (edge[2] + core * (deep[2] - edge[2])) * shade,
    inside * look.opacity,
  );
  if (look.redness > 0.03) {
    const red = smoothStep(0.62 - look.redness * 0.35, 0.75, cloud(u * 1.9 + 70, v * 1.9, field + 3, 2));
    canvas.blend(index, 190, 80, 85, inside * red * 0.5);
  }
  if (look.dark > 0.03) {
    const lopsided = look.asymmetry * (u * 0.25 - v * 0.2);
    const dark = smoothStep(0.72 - look.dark * 0.45, 0.82, cloud(u * 1.8 + 30, v * 1.8, field + 4, 3) + lopsided);
    canvas.blend(index, 58, 36, 28, inside * dark * 0.8);
  }
  if (look.blueVeil > 0.03) {
    const veil = smoothStep(0.7 - look.blueVeil * 0.4, 0.78, cloud(u * 1.3 + 50, v * 1.3 + 20, field + 5, 2));
    canvas.blend(index, 98, 99, 116, inside * smoothStep(1, 0.7, depth) * veil * 0.75);
  }
  if (look.network > 0.03) {
    const cells = look.networkCells;
    // Bent by noise, or it would look like wire mesh; lines are thicker in some places than in others.
    const bend = 0.5 + look.networkDisorder;
    const bu = u * cells + bend * (noise(u * cells * 0.7 + 3, v * cells * 0.7, field + 13) - 0.5);
    const bv = v * cells + bend * (noise(u * cells * 0.7, v * cells * 0.7 + 3, field + 14) - 0.5);
    const thickness = 0.22 + 0.3 * noise(u * 2, v * 2 + 11, field + 15);
    const line = smoothStep(thickness, 0, cellEdge(bu, bv, field + 6, look.networkDisorder));
    const patchy = smoothStep(
      0.25,
      0.6,
      cloud(u * 1.5 + 5, v * 1.5 + 60, field + 7, 2) + 0.25 * (1 - look.networkDisorder),
    );
    const where = 1 - look.peripheral * smoothStep(0.75, 0.45, depth);
    canvas.blend(index, 84, 50, 34, inside * line * patchy * where * look.network);
  }
  if (look.furrows > 0.03) {
    const ridge = Math.abs(cloud(u * 3.2, v * 3.2 + 15, field + 8, 2) - 0.5);
    canvas.blend(index, 88, 58, 44, inside * smoothStep(0.045, 0.01, ridge) * look.furrows);
  }
  if (look.whitePatch > 0.03) {
    const reach = 0.55 + 0.3 * (cloud(u * 2 + 25, v * 2, field + 9, 2) - 0.5);
    canvas.blend(index, 232, 205, 198, smoothStep(reach + 0.2, reach - 0.25, depth) * look.whitePatch * 0.85);
  }
  if (look.scale > 0.03) {
    const flakes = cloud(u * 5 + 80, v * 7, field + 10, 3);
    const flake = smoothStep(0.69 - look.scale * 0.2, 0.81 - look.scale * 0.16, flakes);
    canvas.blend(index, 236, 216, 200, inside * flake * 0.6);
  }
}

function drawHairs(canvas: Canvas, view: View, count: number, random: Random): void {
  const reach = canvas.width * 0.75;
  const lean = random.uniform(0, Math.PI);
  const brown: Colour = random.next() < 0.7 ? [48, 34, 30] : [120, 92, 70];
  const thickness = random.uniform(0.7, 1.7) * (canvas.height / 150);
  for (let i = 0; i < count; i++) {
    const angle = lean + random.normal(0, 0.5);
    const [bx, by] = [random.uniform(-1, 1) * reach, random.uniform(-1, 1) * reach];
    const bend = random.normal(0, 0.25);
    const length = random.uniform(0.25, 0.9) * reach;
    const points: [number, number][] = [];
    for (let step = -8; step <= 8; step++) {
      const along = (step / 8) * length;
      const aside = bend * length * (step / 8) ** 2;
      const [hx, hy] = [
        bx + along * Math.cos(angle) - aside * Math.sin(angle),
        by + along * Math.sin(angle) + aside * Math.cos(angle),
      ];
      // Hairs grow on the skin: they turn with it from picture to picture.
      points.push([view.x + hx * view.cos - hy * view.sin, view.y + hx * view.sin + hy * view.cos]);
    }
    canvas.stroke(points, thickness, brown, random.uniform(0.5, 0.85));
  }
}

/** Light of one picture: brightness, colour, a slope, and the dark rim of the dermatoscope's field of view in some. */
function light(canvas: Canvas, random: Random): void {
  const { width, height, data } = canvas;
  const brightness = random.normal(1, 0.06);
  const warmth = random.normal(0, 0.025);
  const gains = [brightness * (1 + warmth), brightness, brightness * (1 - warmth)];
  const slope = random.uniform(0, 0.09);
  const direction = random.uniform(0, 2 * Math.PI);
  const [sx, sy] = [(Math.cos(direction) * slope) / (width / 2), (Math.sin(direction) * slope) / (height / 2)];
  const corner = Math.hypot(width, height) / 2;
  const falloff = random.uniform(0.02, 0.16);
  const rim = random.next() < 0.15 ? random.uniform(0.78, 0.98) : 9;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - width / 2, y - height / 2];
      const radius = Math.hypot(dx, dy) / corner;
      let gain = 1 + dx * sx + dy * sy - falloff * radius * radius;
      if (radius > rim - 0.03) gain *= 1 - 0.93 * smoothStep(rim - 0.03, rim + 0.03, radius);
      const at = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) data[at + c] *= gain * gains[c];
    }
  }
}
