import { describe, expect, test } from 'vitest';
import { findLikePairs } from '../../../src/data/likeness/findLikePairs.js';
import { HashIndex } from '../../../src/data/likeness/hashIndex.js';
import { brightness, markPicture, thumbnailSize as size } from '../../../src/data/likeness/imageHash.js';
import { poses, turnSquare } from '../../../src/data/likeness/poses.js';
import { Random } from '../../../src/random.js';

/** Brightness at a place, both -1 to 1 from the middle. */
type Scene = (x: number, y: number) => number;

/** A dark spot with structure in it and freckles around it. */
function paintScene(seed: number): Scene {
  const random = new Random(seed, 'scene');
  const between = (low: number, high: number) => low + (high - low) * random.next();
  const spots = Array.from({ length: 60 }, () => ({
    x: between(-1.2, 1.2),
    y: between(-1.2, 1.2),
    r: between(0.05, 0.16),
    depth: between(-30, 30),
  }));
  const [cx, cy, wide, high] = [between(-0.15, 0.15), between(-0.15, 0.15), between(0.25, 0.5), between(0.25, 0.5)];
  return (x, y) => {
    let value = 200 - 110 / (1 + Math.exp(12 * (Math.hypot((x - cx) / wide, (y - cy) / high) - 1)));
    for (const spot of spots)
      value += spot.depth * Math.exp(-((x - spot.x) ** 2 + (y - spot.y) ** 2) / (2 * spot.r ** 2));
    return value;
  };
}

/** A thumbnail, [32, 32, 3]; each pixel the mean of 3 x 3 places. */
function photograph(scene: Scene, change: (value: number, i: number) => number = (value) => value): Uint8Array {
  const pixels = new Uint8ClampedArray(size * size * 3);
  for (let i = 0; i < size * size; i++) {
    let sum = 0;
    for (const dy of [-1, 0, 1])
      for (const dx of [-1, 0, 1])
        sum += scene(((i % size) + 0.5 + dx / 3) / 16 - 1, (Math.floor(i / size) + 0.5 + dy / 3) / 16 - 1);
    for (const [c, part] of [1.05, 0.85, 0.8].entries()) pixels[3 * i + c] = change((sum / 9) * part, i);
  }
  return new Uint8Array(pixels.buffer);
}

const thumbnails = (pictures: readonly Uint8Array[]) => ({
  imageIds: pictures.map((_, i) => `i${i}`),
  read: (index: number, target: Uint8Array) => target.set(pictures[index]),
});
const turned = (pose: (typeof poses)[number], pixels: Uint8Array): Uint8Array => {
  const channels = [0, 1, 2].map((c) =>
    turnSquare(
      Float32Array.from({ length: size * size }, (_, i) => pixels[3 * i + c]),
      size,
      pose,
    ),
  );
  return Uint8Array.from(pixels, (_, i) => channels[i % 3][Math.floor(i / 3)]);
};

const scenes = Array.from({ length: 40 }, (_, i) => paintScene(i));
const originals = scenes.map((scene) => photograph(scene));

describe('findLikePairs', () => {
  test('finds nothing among pictures of different things', async () => {
    expect(await findLikePairs(thumbnails(originals))).toEqual([]);
  });

  const noise = new Random(1, 'noise');
  const variants: Record<string, (scene: Scene) => Uint8Array> = {
    'saved again with loss': (scene) => photograph(scene, (value) => value + 4 * (noise.next() - 0.5)),
    'brighter and of more contrast': (scene) => photograph(scene, (value) => 1.15 * value - 10),
    'cut by four per cent on each side': (scene) => photograph((x, y) => scene(0.92 * x, 0.92 * y)),
    'cut at one side': (scene) => photograph((x, y) => scene(0.94 * x + 0.06, y)),
    'turned by five degrees': (scene) => {
      const [c, s] = [Math.cos(0.087), Math.sin(0.087)];
      return photograph((x, y) => scene(c * x - s * y, s * x + c * y));
    },
  };
  test.each(Object.keys(variants))('finds each picture that was %s', async (name) => {
    const pairs = await findLikePairs(thumbnails([...originals, ...scenes.map(variants[name])]));
    expect(pairs.map(({ first, second }) => [first, second])).toEqual(originals.map((_, i) => [i, i + 40]));
  });

  test('finds each of the eight ways in which a picture can lie, and says which', async () => {
    for (const [p, pose] of poses.entries()) {
      const pairs = await findLikePairs(
        thumbnails([...originals, ...originals.slice(0, 5).map((own) => turned(pose, own))]),
      );
      expect(pairs.map(({ first, second, pose: found }) => [first, second, found])).toEqual(
        [0, 1, 2, 3, 4].map((i) => [i, i + 40, p]),
      );
      expect(pairs[0].likeness.detail).toBeGreaterThan(0.99);
    }
  });
});

test('marks in poses are the marks of the picture turned so', () => {
  const grey = brightness(originals[3]);
  const marks = markPicture(grey)[0];
  for (const [p, pose] of poses.entries()) {
    const [asItIs] = markPicture(turnSquare(grey, size, pose))[0];
    expect(marks[p].hash).toEqual(asItIs.hash);
  }
});

test('the index finds what comparing each with each finds', () => {
  const random = new Random(9, 'hashes');
  const word = () => Math.floor(random.next() * 2 ** 32) >>> 0;
  const flip = (value: number, bits: number) => {
    let flipped = value;
    for (let i = 0; i < bits; i++) flipped = (flipped ^ (1 << Math.floor(random.next() * 32))) >>> 0;
    return flipped;
  };
  const base = Array.from({ length: 50 }, () => ({ high: word(), low: word() }));
  const hashes = [...base, ...base.map(({ high, low }, i) => ({ high: flip(high, i % 9), low: flip(low, i % 7) }))];
  const [high, low] = [Uint32Array.from(hashes, (h) => h.high), Uint32Array.from(hashes, (h) => h.low)];
  const bits = (value: number) => [...(value >>> 0).toString(2)].filter((digit) => digit === '1').length;
  for (const radius of [3, 11, 15]) {
    const index = new HashIndex(high, low, radius);
    for (const [i, hash] of hashes.entries()) {
      const found: [number, number][] = [];
      index.query(hash, i, (position, distance) => found.push([position, distance]));
      const expected = hashes.flatMap((other, j): [number, number][] => {
        const distance = bits(other.high ^ hash.high) + bits(other.low ^ hash.low);
        return j > i && distance <= radius ? [[j, distance]] : [];
      });
      expect(found.sort((a, b) => a[0] - b[0])).toEqual(expected);
    }
  }
});
