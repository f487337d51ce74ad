import type { Random } from '../../random.js';
import { Canvas } from '../synthetic/canvas.js';
import type { Colour } from '../synthetic/looks.js';
import { cloud } from '../synthetic/noise.js';
import { anyColour, type ForeignPainter, fillCanvas, mix } from './paintPatterns.js';

/** Something like a photograph of the world: a landscape, a street, or things on a table; shaded, textured, with a camera's noise. */
export const paintPhotograph: ForeignPainter = (random, [width, height]) => {
  const canvas = new Canvas(width, height);
  [paintLandscape, paintStreet, paintTable][random.integer(3)](canvas, random);
  canvas.soften();
  return canvas.toRaster(random, random.uniform(1, 5));
};

type Scene = (canvas: Canvas, random: Random) => void;

/** Colours of the sky at noon, at dusk and under clouds: at the top, and at the horizon. */
const skies: readonly (readonly [Colour, Colour])[] = [
  [
    [70, 125, 205],
    [190, 215, 240],
  ],
  [
    [60, 55, 110],
    [240, 160, 100],
  ],
  [
    [150, 155, 165],
    [205, 205, 205],
  ],
];
const grounds: readonly Colour[] = [
  [70, 110, 45],
  [150, 135, 90],
  [60, 90, 120],
  [110, 110, 112],
];

function paintSky(canvas: Canvas, random: Random, horizon: number): void {
  const [top, low] = skies[random.integer(skies.length)];
  const seed = random.uint32();
  const cover = random.uniform(0, 0.9);
  fillCanvas(canvas, (x, y) => {
    const clouds = Math.max(0, cloud(x / 60, y / 25, seed, 4) - 0.5) * 2 * cover;
    return mix(mix(top, low, Math.min(1, y / horizon)), [245, 245, 245], clouds);
  });
}

function paintGround(canvas: Canvas, random: Random, edge: (x: number) => number): void {
  const { width, height, data } = canvas;
  const colour = grounds[random.integer(grounds.length)];
  const seed = random.uint32();
  for (let x = 0; x < width; x++) {
    for (let y = Math.max(0, Math.round(edge(x))); y < height; y++) {
      // Nearer ground shows larger grains.
      const depth = 1 + (height - y) / 20;
      const light = 0.55 + 0.9 * cloud((x * depth) / 12, (y * depth) / 6, seed, 4);
      data.set([colour[0] * light, colour[1] * light, colour[2] * light], (y * width + x) * 3);
    }
  }
}

const paintLandscape: Scene = (canvas, random) => {
  const { width, height } = canvas;
  const horizon = height * random.uniform(0.35, 0.65);
  paintSky(canvas, random, horizon);
  for (let ridge = 0; ridge < 2; ridge++) {
    const seed = random.uint32();
    const rise = height * random.uniform(0.1, 0.35) * (1 - 0.5 * ridge);
    paintGround(canvas, random, (x) => horizon + ridge * 15 - rise * (cloud(x / 50, ridge, seed, 4) - 0.3));
  }
  paintGround(canvas, random, () => horizon + 20);
  for (let i = random.integer(12); i > 0; i--) {
    const [x, y] = [random.uniform(0, width), random.uniform(horizon + 15, height)];
    const size = ((y - horizon) / height) * 60 + 6;
    canvas.stroke(
      [
        [x, y],
        [x, y - size],
      ],
      size / 8,
      [70, 50, 35],
      1,
    );
    for (let leaf = 0; leaf < 12; leaf++) {
      const green: Colour = [40 + random.integer(40), 80 + random.integer(60), 30 + random.integer(30)];
      const [dx, dy] = [random.normal(0, size / 4), random.normal(0, size / 5)];
      canvas.ellipse(x + dx, y - size + dy, size / 5, 1.2, random.uniform(0, 3), green, 0.9, 0.3);
    }
  }
};

/** An upright box of one colour, lit from above. */
function box(canvas: Canvas, left: number, top: number, right: number, bottom: number, colour: Colour): void {
  const [x0, x1] = [Math.max(0, Math.round(left)), Math.min(canvas.width, Math.round(right))];
  const [y0, y1] = [Math.max(0, Math.round(top)), Math.min(canvas.height, Math.round(bottom))];
  for (let y = y0; y < y1; y++) {
    const light = 1.08 - (0.2 * (y - top)) / Math.max(1, bottom - top);
    for (let x = x0; x < x1; x++) {
      canvas.data.set([colour[0] * light, colour[1] * light, colour[2] * light], (y * canvas.width + x) * 3);
    }
  }
}

const paintStreet: Scene = (canvas, random) => {
  const { width, height } = canvas;
  const horizon = height * random.uniform(0.6, 0.8);
  paintSky(canvas, random, horizon);
  paintGround(canvas, random, () => horizon);
  for (let left = random.uniform(-30, 0); left < width; ) {
    const wide = random.uniform(25, 70);
    const top = horizon - height * random.uniform(0.15, 0.65);
    const wall = mix(anyColour(random), [150, 140, 130], 0.6);
    box(canvas, left, top, left + wide, horizon + random.uniform(0, 6), wall);
    const glass: Colour = random.next() < 0.5 ? [50, 60, 80] : [235, 215, 140];
    const [stepX, stepY] = [random.uniform(8, 14), random.uniform(10, 18)];
    for (let y = top + 5; y < horizon - stepY; y += stepY) {
      for (let x = left + 4; x < left + wide - stepX * 0.6; x += stepX) {
        box(canvas, x, y, x + stepX * 0.55, y + stepY * 0.6, glass);
      }
    }
    left += wide + random.uniform(0, 12);
  }
};

const paintTable: Scene = (canvas, random) => {
  const { width, height } = canvas;
  const [wall, wood] = [anyColour(random), mix(anyColour(random), [140, 95, 60], 0.5)];
  const edge = height * random.uniform(0.3, 0.6);
  const seed = random.uint32();
  fillCanvas(canvas, (x, y) =>
    y < edge ? mix(wall, [0, 0, 0], 0.25 * (x / width)) : mix(wood, [30, 20, 15], 0.6 * cloud(x / 40, y / 3, seed, 3)),
  );
  for (let i = 2 + random.integer(5); i > 0; i--) {
    const [x, y] = [random.uniform(0.1, 0.9) * width, random.uniform(edge, height * 0.9)];
    const size = random.uniform(12, 40);
    const colour = anyColour(random);
    canvas.ellipse(x + size * 0.3, y + size * 0.6, size * 0.5, 2.2, 0, [10, 10, 10], 0.5, 0.8);
    if (random.next() < 0.5) box(canvas, x - size * 0.6, y - size, x + size * 0.6, y + size * 0.6, colour);
    else {
      canvas.ellipse(x, y, size * 0.7, 1, 0, colour, 1, 0.08);
      canvas.ellipse(x - size * 0.25, y - size * 0.25, size * 0.2, 1, 0, [255, 255, 255], 0.7, 1);
    }
  }
};
