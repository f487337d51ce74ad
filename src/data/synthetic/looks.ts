import type { Random } from '../../random.js';

export type Colour = readonly [number, number, number];

/**
 * How a lesion looks, as numbers that can be mixed: a lesion half way between two classes has the mean of their looks.
 * Lengths are in mean radii of the lesion; strengths and shares are in [0, 1]; colours are sRGB in [0, 255].
 */
export interface Look {
  /** Mean radius as a share of the image's height. */
  size: number;
  /** Height of the border's waves. */
  irregularity: number;
  /** How far the colours' middle lies off the lesion's. */
  asymmetry: number;
  /** Longest to shortest diameter. */
  elongation: number;
  /** Width of the border. */
  softness: number;
  opacity: number;
  edge: Colour;
  core: Colour;
  /** Share of the area in other colours: dark brown to black, blue-grey, red, white. */
  dark: number;
  blueVeil: number;
  redness: number;
  /** Pigment network: strength of its lines, cells a radius, disorder; `peripheral` keeps it out of the middle. */
  network: number;
  networkCells: number;
  networkDisorder: number;
  peripheral: number;
  /** Numbers of structures. */
  globules: number;
  comedones: number;
  milia: number;
  nests: number;
  vessels: number;
  dottedVessels: number;
  lacunae: number;
  /** White scales on the surface, ridges and furrows, and a scar-like white patch in the middle. */
  scale: number;
  furrows: number;
  whitePatch: number;
}

const plain: Look = {
  size: 0.27,
  irregularity: 0.08,
  asymmetry: 0.05,
  elongation: 1.15,
  softness: 0.15,
  opacity: 0.8,
  edge: [170, 120, 100],
  core: [130, 85, 70],
  dark: 0,
  blueVeil: 0,
  redness: 0,
  network: 0,
  networkCells: 6,
  networkDisorder: 0.5,
  peripheral: 0,
  globules: 0,
  comedones: 0,
  milia: 0,
  nests: 0,
  vessels: 0,
  dottedVessels: 0,
  lacunae: 0,
  scale: 0,
  furrows: 0,
  whitePatch: 0,
};

type Drawer = (random: Random) => Partial<Look>;

/** Each class as dermatoscopy textbooks describe it, every feature drawn from a range. */
const drawers: Record<string, Drawer> = {
  akiec: (r) => ({
    size: r.uniform(0.26, 0.4),
    irregularity: r.uniform(0.12, 0.25),
    softness: r.uniform(0.15, 0.35),
    opacity: r.uniform(0.45, 0.75),
    edge: [r.uniform(195, 220), r.uniform(125, 145), r.uniform(115, 135)],
    core: [r.uniform(175, 205), r.uniform(95, 125), r.uniform(90, 115)],
    dark: r.uniform(0, 0.2),
    redness: r.uniform(0.2, 0.5),
    scale: r.uniform(0.35, 0.9),
    dottedVessels: r.uniform(5, 35),
    furrows: r.uniform(0, 0.15),
  }),
  bcc: (r) => ({
    size: r.uniform(0.24, 0.38),
    irregularity: r.uniform(0.1, 0.2),
    asymmetry: r.uniform(0.1, 0.35),
    softness: r.uniform(0.1, 0.25),
    opacity: r.uniform(0.4, 0.7),
    edge: [r.uniform(205, 225), r.uniform(145, 165), r.uniform(145, 165)],
    core: [r.uniform(195, 215), r.uniform(130, 155), r.uniform(135, 160)],
    dark: r.uniform(0, 0.12),
    redness: r.uniform(0.05, 0.3),
    nests: r.uniform(1, 9),
    vessels: r.uniform(1.5, 6),
    scale: r.uniform(0, 0.2),
  }),
  bkl: (r) => ({
    size: r.uniform(0.25, 0.4),
    irregularity: r.uniform(0.06, 0.16),
    elongation: r.uniform(1.05, 1.5),
    softness: r.uniform(0.03, 0.09),
    opacity: r.uniform(0.6, 0.9),
    edge: [r.uniform(165, 200), r.uniform(115, 145), r.uniform(85, 112)],
    core: [r.uniform(130, 178), r.uniform(85, 118), r.uniform(60, 88)],
    dark: r.uniform(0, 0.25),
    comedones: r.uniform(4, 22),
    milia: r.uniform(2, 16),
    furrows: r.uniform(0.1, 0.5),
    network: r.uniform(0, 0.15),
    scale: r.uniform(0, 0.3),
  }),
  df: (r) => ({
    size: r.uniform(0.2, 0.32),
    irregularity: r.uniform(0.04, 0.1),
    softness: r.uniform(0.2, 0.4),
    opacity: r.uniform(0.5, 0.8),
    edge: [r.uniform(175, 200), r.uniform(125, 145), r.uniform(105, 125)],
    core: [r.uniform(160, 190), r.uniform(110, 135), r.uniform(95, 120)],
    redness: r.uniform(0, 0.2),
    whitePatch: r.uniform(0.4, 0.95),
    network: r.uniform(0.2, 0.5),
    networkCells: r.uniform(6, 9),
    networkDisorder: r.uniform(0.3, 0.6),
    peripheral: r.uniform(0.7, 1),
  }),
  mel: (r) => ({
    size: r.uniform(0.28, 0.44),
    irregularity: r.uniform(0.14, 0.32),
    asymmetry: r.uniform(0.25, 0.6),
    elongation: r.uniform(1.1, 1.6),
    softness: r.uniform(0.05, 0.18),
    opacity: r.uniform(0.75, 0.95),
    edge: [r.uniform(135, 180), r.uniform(85, 118), r.uniform(65, 95)],
    core: [r.uniform(75, 125), r.uniform(48, 78), r.uniform(40, 66)],
    dark: r.uniform(0.2, 0.6),
    blueVeil: r.uniform(0.05, 0.55),
    redness: r.uniform(0, 0.35),
    network: r.uniform(0.1, 0.5),
    networkCells: r.uniform(3, 6),
    networkDisorder: r.uniform(0.7, 1),
    globules: r.uniform(0, 22),
    whitePatch: r.uniform(0, 0.25),
  }),
  nv: (r) => ({
    size: r.uniform(0.18, 0.34),
    irregularity: r.uniform(0.03, 0.13),
    asymmetry: r.uniform(0, 0.2),
    elongation: r.uniform(1, 1.4),
    softness: r.uniform(0.1, 0.3),
    opacity: r.uniform(0.6, 0.9),
    edge: [r.uniform(165, 200), r.uniform(108, 138), r.uniform(80, 110)],
    core: [r.uniform(110, 165), r.uniform(66, 100), r.uniform(46, 76)],
    dark: r.uniform(0, 0.22),
    network: r.uniform(0.15, 0.55),
    networkCells: r.uniform(4.5, 8),
    networkDisorder: r.uniform(0.2, 0.6),
    globules: r.uniform(-8, 14),
  }),
  vasc: (r) => ({
    size: r.uniform(0.16, 0.3),
    irregularity: r.uniform(0.05, 0.15),
    softness: r.uniform(0.05, 0.2),
    opacity: r.uniform(0.55, 0.85),
    edge: [r.uniform(175, 210), r.uniform(85, 115), r.uniform(90, 120)],
    core: [r.uniform(130, 175), r.uniform(45, 75), r.uniform(60, 100)],
    dark: r.uniform(0, 0.15),
    redness: r.uniform(0.2, 0.5),
    lacunae: r.uniform(5, 22),
    whitePatch: r.uniform(0, 0.2),
  }),
};

/** Classes that are mistaken for each other, most often first. */
const neighbours: Record<string, readonly string[]> = {
  akiec: ['bkl', 'bcc', 'akiec'],
  bcc: ['akiec', 'bkl', 'df'],
  bkl: ['nv', 'mel', 'akiec'],
  df: ['nv', 'bkl', 'bcc'],
  mel: ['nv', 'bkl', 'nv'],
  nv: ['mel', 'bkl', 'df'],
  vasc: ['bcc', 'mel', 'nv'],
};

/** Classes of HAM10000 that can be painted: all of them. */
export const syntheticClassIds: readonly string[] = Object.keys(drawers);

/** Draws a lesion's look: its class's, with more or less of a neighbour's mixed in, so that the classes overlap. */
export function drawLook(classId: string, random: Random): Look {
  const own = { ...plain, ...drawers[classId](random) };
  const others = neighbours[classId];
  const other = {
    ...plain,
    ...drawers[others[Math.min(others.length - 1, Math.floor(random.next() ** 1.5 * 3))]](random),
  };
  // Half of the lesions are nearly pure; one in eight is nearer to the neighbour: no classifier gets all of them right.
  const share = 0.66 * random.next() ** 2;
  const mixed: Record<string, number | Colour> = {};
  for (const name of Object.keys(plain) as (keyof Look)[]) {
    const [a, b] = [own[name], other[name]];
    mixed[name] =
      typeof a === 'number'
        ? a + share * ((b as number) - a)
        : (a.map((value, i) => value + share * ((b as Colour)[i] - value)) as unknown as Colour);
  }
  return mixed as unknown as Look;
}
