import { drawText, fillRectangle } from '../../image/bitmapFont.js';
import type { Raster } from '../../image/raster.js';
import type { Random } from '../../random.js';
import { Canvas } from '../synthetic/canvas.js';
import type { Colour } from '../synthetic/looks.js';
import { cloud, noise } from '../synthetic/noise.js';

/** Paints one image, RGB. @param size width and height, pixels */
export type ForeignPainter = (random: Random, size: readonly [width: number, height: number]) => Raster;

/** Any colour, as likely as any other. */
export const anyColour = (random: Random): Colour => [random.integer(256), random.integer(256), random.integer(256)];

/** Sets every pixel. @param colour of a pixel, channels 0 to 255 */
export function fillCanvas(canvas: Canvas, colour: (x: number, y: number) => Colour): void {
  const { width, height, data } = canvas;
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue] = colour(x, y);
      data[at++] = red;
      data[at++] = green;
      data[at++] = blue;
    }
  }
}

/** Independent pixels, coloured blots, grey static or stripes. */
export const paintNoise: ForeignPainter = (random, [width, height]) => {
  const canvas = new Canvas(width, height);
  const seed = random.uint32();
  const kind = random.integer(4);
  if (kind === 0) fillCanvas(canvas, () => anyColour(random));
  if (kind === 1) {
    const spread = random.uniform(25, 80);
    fillCanvas(canvas, () => {
      const level = random.normal(128, spread);
      return [level, level, level];
    });
  }
  if (kind === 2) {
    const scale = random.uniform(0.02, 0.3);
    fillCanvas(canvas, (x, y) => {
      const level = (channel: number) => 255 * noise(x * scale, y * scale, seed + channel);
      return [level(1), level(2), level(3)];
    });
  }
  if (kind === 3) {
    const [from, to] = [anyColour(random), anyColour(random)];
    const [u, v] = [random.uniform(-0.8, 0.8), random.uniform(-0.8, 0.8)];
    fillCanvas(canvas, (x, y) => mix(from, to, 0.5 + 0.5 * Math.sin(u * x + v * y)));
  }
  return canvas.toRaster(random, random.uniform(0, 6));
};

/** One colour with at most a faint gradient and a camera's noise: a covered lens, a sheet of paper, an empty screen. */
export const paintBlank: ForeignPainter = (random, [width, height]) => {
  const canvas = new Canvas(width, height);
  const grey = random.integer(256);
  const colour: Colour = random.next() < 0.4 ? [grey, grey, grey] : anyColour(random);
  const [u, v] = [random.uniform(-12, 12) / width, random.uniform(-12, 12) / height];
  fillCanvas(canvas, (x, y) => {
    const shade = u * x + v * y;
    return [colour[0] + shade, colour[1] + shade, colour[2] + shade];
  });
  return canvas.toRaster(random, random.next() < 0.5 ? 0 : random.uniform(0, 3));
};

/** A page of text, geometric shapes, a line drawing or a chart, on paper or in colour. */
export const paintDrawn: ForeignPainter = (random, size) =>
  [drawPage, drawShapes, drawLines, drawChart][random.integer(4)](random, size);

const paper = (random: Random): Colour => (random.next() < 0.6 ? [250, 250, 247] : anyColour(random));
const ink = (random: Random): Colour => (random.next() < 0.6 ? [25, 25, 30] : anyColour(random));

const drawPage: ForeignPainter = (random, [width, height]) => {
  const canvas = new Canvas(width, height);
  const background = paper(random);
  fillCanvas(canvas, () => background);
  const page = canvas.toRaster(random, 0);
  const scale = 1 + random.integer(3);
  const colour = ink(random);
  const letters = 'abcdefghijklmnopqrstuvwxyz     ABCDEFGHIJ0123456789.,';
  for (let y = 4; y < height - 8 * scale; y += 10 * scale) {
    const length = Math.floor((width / (6 * scale)) * random.uniform(0.3, 1));
    const text = Array.from({ length }, () => letters[random.integer(letters.length)]).join('');
    drawText(page, text, 4, y, colour, scale);
  }
  return page;
};

const drawShapes: ForeignPainter = (random, [width, height]) => {
  const canvas = new Canvas(width, height);
  const background = paper(random);
  fillCanvas(canvas, () => background);
  const page = canvas.toRaster(random, 0);
  for (let i = 3 + random.integer(8); i > 0; i--) {
    const [w, h] = [random.uniform(0.05, 0.4) * width, random.uniform(0.05, 0.4) * height];
    const [x, y] = [random.uniform(0, 0.9) * width, random.uniform(0, 0.9) * height];
    const colour = anyColour(random);
    if (random.next() < 0.5) fillRectangle(page, ...wholePixels(x, y, w, h), colour);
    else {
      const disc = new Canvas(width, height);
      for (let j = 0; j < disc.data.length; j++) disc.data[j] = page.data[j];
      disc.ellipse(x, y, h / 2, w / h, random.uniform(0, Math.PI), colour, 1, 0.02);
      page.data.set(disc.toRaster(random, 0).data);
    }
  }
  return page;
};

const drawLines: ForeignPainter = (random, [width, height]) => {
  const canvas = new Canvas(width, height);
  const background = paper(random);
  fillCanvas(canvas, () => background);
  const colour = ink(random);
  for (let i = 8 + random.integer(25); i > 0; i--) {
    let [x, y] = [random.uniform(0, width), random.uniform(0, height)];
    const points: [number, number][] = [[x, y]];
    for (let j = 1 + random.integer(6); j > 0; j--) {
      x += random.normal(0, width / 6);
      y += random.normal(0, height / 6);
      points.push([x, y]);
    }
    canvas.stroke(points, random.uniform(0.8, 4), colour, 1);
  }
  return canvas.toRaster(random, 0);
};

const drawChart: ForeignPainter = (random, [width, height]) => {
  const canvas = new Canvas(width, height);
  const seed = random.uint32();
  fillCanvas(canvas, () => [255, 255, 255]);
  const page = canvas.toRaster(random, 0);
  const bars = 4 + random.integer(10);
  const side = width / (bars + 1);
  const colour = anyColour(random);
  for (let i = 0; i < bars; i++) {
    const tall = height * (0.05 + 0.8 * cloud(i * 0.7, 0, seed, 2));
    fillRectangle(page, ...wholePixels(side * (i + 0.6), height - 8 - tall, side * 0.7, tall), colour);
  }
  fillRectangle(page, ...wholePixels(2, height - 8, width - 4, 1), [40, 40, 40]);
  drawText(page, 'Figure', 6, 4, [40, 40, 40], 2);
  return page;
};

const wholePixels = (x: number, y: number, w: number, h: number): [number, number, number, number] => [
  Math.round(x),
  Math.round(y),
  Math.max(1, Math.round(w)),
  Math.max(1, Math.round(h)),
];

/** Between two colours. @param share of the second, [0, 1] */
export const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];
