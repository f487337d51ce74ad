import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type AugmentationParameters,
  augmentImage,
  drawAugmentation,
} from '../../src/data/augmentation/augmentation.js';
import { type AugmentationSettings, augmentationSettings } from '../../src/data/augmentation/augmentationSettings.js';
import { makeBatch } from '../../src/data/augmentation/batches.js';
import { transforms } from '../../src/data/augmentation/transforms/registry.js';
import type { Drawn } from '../../src/data/augmentation/transforms/transform.js';
import { variations } from '../../src/data/augmentation/transforms/variations.js';
import { compressJpeg } from '../../src/image/filters/compressJpeg.js';
import type { Part } from '../../src/image/homography.js';
import { Random } from '../../src/random.js';
import { presets } from '../../src/training/recipe/presets/registry.js';

interface Case {
  readonly result: string;
}
/** See makeTransforms.py: bytes [H, W, 3] and floats [3, H, W] in base 64. */
const fixture = JSON.parse(readFileSync(new URL('../fixtures/data/transforms.json', import.meta.url), 'utf8')) as {
  size: number;
  image: string;
  crops: (Case & { part: Part; side: number })[];
  turns: (Case & { quarters: number })[];
  shears: (Case & { degrees: [number, number] })[];
  slantedAndTurned: Case & { degrees: [number, number]; rotation: number; translate: [number, number]; scale: number };
  blurs: (Case & { sigma: number })[];
  sharpness: (Case & { factor: number })[];
  jpegs: (Case & { width: number; height: number; quality: number; image: string })[];
  erased: Case & { part: Part };
  drawn: Record<'crop' | 'erase', Record<string, number[]>> & Record<'sigma' | 'quality', number[]>;
  trivial: Record<string, number[]>;
};
const { size } = fixture;
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const image = bytes(fixture.image);
const plain = { imageSize: size, mean: [0, 0, 0], std: [1, 1, 1] } as const;

function varied(
  parameters: AugmentationParameters,
  side = size,
  normalisation = plain as Parameters<typeof augmentImage>[3],
) {
  const result = new Float32Array(3 * side * side);
  augmentImage(image, parameters, 'zero', normalisation, result, 0, side);
  return result;
}

/** In levels of 0 to 255. */
function differenceOfBytes(found: Float32Array, expected: Uint8Array): number {
  const plane = found.length / 3;
  let largest = 0;
  for (let i = 0; i < plane; i++)
    for (let c = 0; c < 3; c++) largest = Math.max(largest, Math.abs(255 * found[c * plane + i] - expected[3 * i + c]));
  return largest;
}

function differenceOfFloats(found: Float32Array, text: string): number {
  const expected = new Uint16Array(bytes(text).buffer);
  expect(found.length).toBe(expected.length);
  return found.reduce((most, value, i) => Math.max(most, Math.abs(255 * (value - expected[i] / 65535))), 0);
}

describe('transforms against torchvision', () => {
  it.each(fixture.crops)('cuts $part out and makes it $side pixels', ({ part, side, result }) => {
    const found = varied([{ name: 'crop', parameters: part }], side);
    // Pillow 13 goes along columns first where that is less work, which rounds a value otherwise here and there.
    expect(differenceOfBytes(found, bytes(result))).toBeLessThan(1.001);
  });

  it.each(fixture.turns)('turns by $quarters quarters', ({ quarters, result }) => {
    expect(differenceOfBytes(varied([{ name: 'turn', parameters: { quarters } }]), bytes(result))).toBeLessThan(1e-4);
    // On the way of a crop pixels are placed, not interpolated.
    const whole = { name: 'crop', parameters: { left: 0, top: 0, width: size, height: size } };
    expect(differenceOfBytes(varied([whole, { name: 'turn', parameters: { quarters } }]), bytes(result))).toBeLessThan(
      1e-4,
    );
  });

  it.each(fixture.shears)('slants by $degrees', ({ degrees, result }) => {
    expect(differenceOfFloats(varied([{ name: 'shear', parameters: { degrees } }]), result)).toBeLessThan(0.02);
  });

  it('slants, turns, shifts and scales as one matrix of torchvision does', () => {
    const { degrees, result, ...affine } = fixture.slantedAndTurned;
    const found = varied([
      { name: 'shear', parameters: { degrees } },
      { name: 'affine', parameters: affine },
    ]);
    expect(differenceOfFloats(found, result)).toBeLessThan(0.02);
  });

  it.each(fixture.blurs)('blurs by $sigma', ({ sigma, result }) => {
    expect(differenceOfFloats(varied([{ name: 'blur', parameters: { sigma } }]), result)).toBeLessThan(0.02);
  });

  it.each(fixture.sharpness)('sharpens by $factor', ({ factor, result }) => {
    expect(differenceOfFloats(varied([{ name: 'sharpness', parameters: { factor } }]), result)).toBeLessThan(0.02);
  });

  it.each(fixture.jpegs)('saves $width x $height pixels as JPEG of quality $quality', (saved) => {
    const pixels = bytes(saved.image);
    compressJpeg(pixels, saved.width, saved.height, saved.quality);
    expect(pixels).toEqual(bytes(saved.result));
  });

  it('saves a varied image as JPEG', () => {
    const { image: own, quality, result } = fixture.jpegs[1];
    const found = new Float32Array(3 * size * size);
    augmentImage(bytes(own), [{ name: 'jpeg', parameters: { quality } }], 'zero', plain, found);
    expect(differenceOfBytes(found, bytes(result))).toBeLessThan(1e-4);
  });

  it('erases after colours are normalised', () => {
    const normalisation = { imageSize: size, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const;
    const { part, result } = fixture.erased;
    const found = varied([{ name: 'erase', parameters: part }], size, normalisation).map((value) => (value + 2) / 4);
    expect(differenceOfFloats(found, result)).toBeLessThan(0.02);
  });

  it('adds noise of the deviation asked for, the same for the same seed', () => {
    const noisy = (seed: number) => varied([{ name: 'noise', parameters: { sigma: 0.02, seed } }]);
    const clean = varied([]);
    const added = [...noisy(3)].map((value, i) => value - clean[i]).filter((_, i) => clean[i] > 0.1 && clean[i] < 0.9);
    const mean = added.reduce((sum, value) => sum + value, 0) / added.length;
    const deviation = Math.sqrt(added.reduce((sum, value) => sum + (value - mean) ** 2, 0) / added.length);
    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(deviation).toBeCloseTo(0.02, 3);
    expect(noisy(3)).toEqual(noisy(3));
    expect(noisy(4)).not.toEqual(noisy(3));
  });

  it('takes the colour of the light away, and half of it', () => {
    const light = [1, 0.8, 0.5];
    const grey = Uint8Array.from({ length: 3 * size * size }, (_, i) =>
      Math.round((60 + (((i / 3) % 7) | 0) * 20) * light[i % 3]),
    );
    const means = (share: number) => {
      const found = new Float32Array(grey.length);
      augmentImage(grey, [{ name: 'colourConstancy', parameters: { share } }], 'zero', plain, found);
      return [0, 1, 2].map((c) =>
        found.subarray((c * grey.length) / 3, ((c + 1) * grey.length) / 3).reduce((a, b) => a + b),
      );
    };
    const [red, green, blue] = means(1);
    expect(green / red).toBeCloseTo(1, 2);
    expect(blue / red).toBeCloseTo(1, 2);
    expect(means(0.5)[2] / means(0.5)[0]).toBeCloseTo(Math.sqrt(0.5), 2);
  });
});

describe('drawing', () => {
  const drawMany = (settings: Partial<AugmentationSettings>, name: string) =>
    Array.from({ length: 4000 }, (_, i) =>
      drawAugmentation(augmentationSettings.parse(settings), size, new Random(2, 'augmentation', 0, i)).find(
        (step) => step.name === name,
      ),
    ).flatMap((drawn) => (drawn ? [drawn.parameters as Record<string, number>] : []));
  /** Smallest, quartiles and largest. */
  const spread = (values: number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    return [0, 0.25, 0.5, 0.75, 1].map((q) => sorted[Math.round(q * (sorted.length - 1))]);
  };
  const near = (values: number[], expected: number[]) => {
    const allowed = 0.07 * (expected[4] - expected[0]);
    for (const [i, value] of spread(values).entries())
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(allowed);
  };

  it('spreads crops, erased parts, blur and quality as torchvision does', () => {
    const { crop, erase, sigma, quality } = fixture.drawn;
    const crops = drawMany({ crop: [0.2, 1], cropRatio: [0.75, 1.3333] }, 'crop');
    for (const [name, expected] of Object.entries(crop))
      near(
        crops.map((part) => part[name]),
        expected,
      );
    const erased = drawMany({ erase: { probability: 1, area: [0.02, 0.33] } }, 'erase');
    const short = { i: 'top', j: 'left', h: 'height', w: 'width' } as const;
    for (const [name, own] of Object.entries(short))
      near(
        erased.map((part) => part[own]),
        erase[name],
      );
    near(
      drawMany({ blur: { probability: 1, sigma: [0.1, 2] } }, 'blur').map((d) => d.sigma),
      sigma,
    );
    near(
      drawMany({ jpeg: { probability: 1, quality: [40, 95] } }, 'jpeg').map((d) => d.quality),
      quality,
    );
  });

  it('cuts the middle out where no draw fits the ratio', () => {
    const [part] = drawMany({ crop: [0.9, 1], cropRatio: [3, 4] }, 'crop');
    expect(part).toEqual({
      left: 0,
      top: Math.floor((size - Math.round(size / 3)) / 2),
      width: size,
      height: Math.round(size / 3),
    });
  });

  it('draws TrivialAugment in the strengths of torchvision, each way about as often', () => {
    const settings = augmentationSettings.parse({ trivialAugment: 1 });
    const frame = 224;
    const drawn = Array.from({ length: 6000 }, (_, i) => drawAugmentation(settings, frame, new Random(2, 'a', i)));
    const counts = new Map<string, number>();
    for (const [step] of drawn) counts.set(step?.name ?? 'nothing', (counts.get(step?.name ?? 'nothing') ?? 0) + 1);
    expect(Object.fromEntries([...counts].map(([name, count]) => [name, Math.round((14 * count) / 6000)]))).toEqual({
      nothing: 1,
      shear: 2,
      affine: 3,
      colorJitter: 3,
      sharpness: 1,
      blur: 1,
      noise: 1,
      jpeg: 1,
      colourConstancy: 1,
    });
    const steps = drawn.flatMap((found) => found as Drawn[]);
    const valuesOf = (name: string, value: (parameters: never) => number) => {
      const found = steps
        .filter((step) => step.name === name)
        .map(({ parameters }) => Math.abs(value(parameters as never)));
      return [...new Set(found.map((entry) => Number(entry.toFixed(4))))].sort((a, b) => a - b);
    };
    const expected = (name: string, value = (magnitude: number) => magnitude) =>
      [...new Set(fixture.trivial[name].map((entry) => Number(value(entry).toFixed(4))))].sort((a, b) => a - b);
    const { tan, PI } = Math;
    expect(valuesOf('shear', ({ degrees }: { degrees: number[] }) => tan((degrees[0] * PI) / 180))).toEqual(
      expected('ShearX'),
    );
    expect(valuesOf('affine', ({ rotation }: { rotation: number }) => rotation)).toEqual(expected('Rotate'));
    expect(valuesOf('affine', ({ translate }: { translate: number[] }) => translate[1])).toEqual(
      expected('TranslateY', (pixels) => Math.trunc(pixels + 1e-3)),
    );
    expect(valuesOf('sharpness', ({ factor }: { factor: number }) => factor - 1)).toEqual(expected('Sharpness'));
    expect(valuesOf('colorJitter', ([[, amount]]: [[string, number]]) => amount - 1)).toEqual(expected('Contrast'));
  });

  it('changes nothing of what is drawn for others when a part is switched on', () => {
    const one = { rotationDegrees: 20, noise: { probability: 0.5, sigma: [0, 0.1] as [number, number] } };
    const other = { ...one, crop: [0.5, 1] as [number, number], quarterTurns: 0.5, sharpness: 0.5, trivialAugment: 1 };
    for (let i = 0; i < 20; i++) {
      const [few, many] = [one, other].map((settings) =>
        drawAugmentation(augmentationSettings.parse(settings), size, new Random(i, 'a')),
      );
      expect(many).toEqual(expect.arrayContaining([...few]));
    }
  });
});

describe('the registry', () => {
  it('says of each transform what it does, whose definition holds, and how it is switched on', () => {
    const off = augmentationSettings.parse({});
    expect(new Set(transforms.map(({ name }) => name)).size).toBe(transforms.length);
    for (const entry of transforms) {
      expect(entry.title.length * entry.about.length * entry.source.length).toBeGreaterThan(0);
      expect(entry.words(off as never)).toEqual([]);
      expect(Object.values(entry.settings).every(({ description }) => (description ?? '').length > 10)).toBe(true);
    }
  });

  it('has its table in docs/recipes.md', () => {
    const document = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8');
    const rows = transforms.map(
      ({ title, settings, about, source }) =>
        `| ${title} | ${Object.keys(settings)
          .map((name) => `\`${name}\``)
          .join(', ')} | ${about} | ${source} |`,
    );
    expect(document.split('\n').filter((line) => rows.includes(line))).toEqual(rows);
  });

  it('moves points before it changes them', () => {
    const moves = variations.map((entry) => 'map' in entry && entry.map !== undefined);
    expect(moves.lastIndexOf(true)).toBeLessThan(moves.indexOf(false));
  });
});

describe('recipes of before', () => {
  const pictures = (() => {
    const random = new Random(3, 'pictures');
    return Array.from({ length: 12 }, () => Uint8Array.from({ length: 24 * 24 * 3 }, () => random.integer(256)));
  })();
  const everything = augmentationSettings.parse({
    horizontalFlip: 0.5,
    verticalFlip: 0.3,
    rotationDegrees: 20,
    translate: [0.2, 0.1],
    scale: [0.5, 1.6],
    perspective: { distortion: 0.4, probability: 0.6 },
    brightness: 0.5,
    contrast: 1.2,
    saturation: 0.6,
    hue: 0.3,
    fill: 'mean',
  });
  /** Of the pixels, taken before there were transforms. */
  const hashes = {
    'guide-lenet': 'fc065ace71a651b0',
    lenet: 'b4c644a0f21bd6a6',
    head: '032f449356c6cea8',
    resnet18: 'dcd36c7ad481238d',
    demo: 'a2cf66310728786e',
    everything: 'dcf4d9cf0a3a61d5',
  };
  it.each(Object.entries(hashes))('give %s the same pixels bit for bit', (name, hash) => {
    // What presets varied by then.
    const old: Record<string, Partial<AugmentationSettings>> = {
      'guide-lenet': {
        horizontalFlip: 0.5,
        verticalFlip: 0.5,
        rotationDegrees: 60,
        translate: [0.1, 0.1],
        scale: [0.9, 1.1],
        perspective: { distortion: 0.2, probability: 0.5 },
        brightness: 0.1,
        contrast: 0.1,
        saturation: 0.1,
        hue: 0.02,
      },
    };
    const augmentation =
      name === 'everything' ? everything : augmentationSettings.parse(old[name] ?? presets[name].recipe.augmentation);
    const rows = Int32Array.from(pictures.keys());
    const { images } = makeBatch(
      {
        images: { imageSize: 24, read: (index, target, offset = 0) => target.set(pictures[index], offset) },
        indices: rows,
        labels: new Uint8Array(12),
        preprocessing: {
          imageSize: 24,
          fit: 'squash',
          resize: 'nearest',
          mean: [0.7, 0.5, 0.4],
          std: [0.2, 0.25, 0.3],
          statistics: '',
          ...(name === 'head' && { channelOrder: 'bgr' as const }),
        },
        augmentation,
        seed: 5,
      },
      { step: 0, rows, epochs: rows.map((row) => row % 3), padding: 0 },
    );
    expect(createHash('sha256').update(new Uint8Array(images.buffer)).digest('hex').slice(0, 16)).toBe(hash);
  });
});
