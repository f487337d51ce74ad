import type { Random } from '../../random.js';
import type { Canvas } from './canvas.js';
import { depthAt, type Shape, type View } from './lesionShape.js';
import type { Colour } from './looks.js';

type Point = readonly [number, number];

/** Paints what lies in a lesion as single things: globules, comedo-like openings, milia, nests, vessels, lacunae. */
export function drawStructures(canvas: Canvas, view: View, shape: Shape, random: Random): void {
  const { look } = shape;
  const { scale } = view;
  const place = (u: number, v: number): Point => [
    view.x + (u * view.cos - v * view.sin) * scale,
    view.y + (u * view.sin + v * view.cos) * scale,
  ];
  /** A point inside the lesion, `deepest` 0 and `shallowest` 1 being middle and border. */
  const spot = (shallowest: number): Point => {
    for (let attempt = 0; attempt < 20; attempt++) {
      const [u, v] = [random.uniform(-1.4, 1.4), random.uniform(-1.4, 1.4)];
      if (depthAt(shape, u, v) < shallowest) return [u, v];
    }
    return [0, 0];
  };
  const discs = (
    count: number,
    shallowest: number,
    radii: readonly [number, number],
    colour: () => Colour,
    alpha: readonly [number, number],
    softness: number,
  ) => {
    for (let i = 0; i < Math.round(count); i++) {
      const [u, v] = spot(shallowest);
      const [x, y] = place(u, v);
      const radius = random.uniform(...radii) * scale;
      const aspect = random.uniform(1, 1.7);
      const tilt = random.uniform(0, Math.PI) + Math.atan2(view.sin, view.cos);
      canvas.ellipse(x, y, radius, aspect, tilt, colour(), random.uniform(...alpha), softness);
    }
  };
  const near = (colour: Colour, spread: number) => (): Colour => {
    const shift = random.normal(0, spread);
    return [colour[0] + shift, colour[1] + shift, colour[2] + shift];
  };

  discs(look.nests, 0.85, [0.1, 0.26], near([108, 104, 120], 10), [0.4, 0.8], 0.9);
  discs(look.globules, 0.95, [0.035, 0.075], near([70, 44, 32], 10), [0.3, 0.75], 0.8);
  if (look.lacunae >= 1) {
    const purple = random.next();
    const red: Colour = [150 - 50 * purple, 32 + 14 * purple, 48 + 40 * purple];
    discs(look.lacunae, 0.9, [0.12, 0.26], near(red, 12), [0.55, 0.9], 0.35);
  }
  discs(look.comedones, 0.9, [0.04, 0.085], near([78, 52, 36], 10), [0.4, 0.85], 0.7);
  discs(look.milia, 0.9, [0.035, 0.07], near([228, 202, 172], 8), [0.35, 0.7], 0.8);
  discs(look.dottedVessels, 0.95, [0.02, 0.035], near([165, 50, 55], 12), [0.4, 0.75], 0.7);
  for (let i = 0; i < Math.round(look.vessels); i++) {
    const [u, v] = spot(1);
    // A trunk comes in from the border and branches on its way across.
    const angle = Math.atan2(-v, -u) + random.normal(0, 0.6);
    growVessel(canvas, place, scale, u, v, angle, random.uniform(0.6, 1.2), 0.05, 3, random);
  }
}

function growVessel(
  canvas: Canvas,
  place: (u: number, v: number) => Point,
  scale: number,
  startU: number,
  startV: number,
  startAngle: number,
  length: number,
  width: number,
  generations: number,
  random: Random,
): void {
  let [u, v, angle] = [startU, startV, startAngle];
  const steps = 8;
  const points: Point[] = [place(u, v)];
  for (let step = 1; step <= steps; step++) {
    angle += random.normal(0, 0.28);
    u += (Math.cos(angle) * length) / steps;
    v += (Math.sin(angle) * length) / steps;
    points.push(place(u, v));
    if (generations > 1 && step % 3 === 0 && random.next() < 0.75) {
      const side = random.next() < 0.5 ? -1 : 1;
      const branch = angle + side * random.uniform(0.4, 0.9);
      growVessel(
        canvas,
        place,
        scale,
        u,
        v,
        branch,
        length * random.uniform(0.35, 0.6),
        width * 0.65,
        generations - 1,
        random,
      );
    }
  }
  canvas.stroke(points, width * scale, [178, 72, 78], 0.65);
}
