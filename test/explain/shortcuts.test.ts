import { describe, expect, it } from 'vitest';
import { comparePredictions } from '../../src/evaluation/index.js';
import {
  type ChangeId,
  changeIds,
  changePicture,
  compareChanged,
  describeShortcuts,
  inpaint,
  pictureChanges,
} from '../../src/explain/index.js';
import type { Raster } from '../../src/image/raster.js';
import { randomPredictions } from '../evaluation/makePredictions.js';
import { thrown } from '../thrown.js';

const [width, height] = [80, 60];
const isLesion = (x: number, y: number) => Math.hypot((x - 38) / 1.3, y - 28) < 11;
const place = (i: number): [number, number] => [i % width, Math.floor(i / width)];
const lesionColor = [70, 40, 35];
const image: Raster = {
  ...{ width, height, channels: 3 },
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = place(Math.floor(i / 3));
    // Skin that gets lighter to the right, with a texture.
    return isLesion(x, y) ? lesionColor[i % 3] : [180, 140, 110][i % 3] + Math.round(x / 2) + ((x * 7 + y * 3) % 5);
  }),
};
const mask: Raster = {
  ...{ width, height, channels: 1 },
  data: Uint8Array.from({ length: width * height }, (_, i) => (isLesion(...place(i)) ? 255 : 0)),
};
const change = (id: ChangeId, options = {}, of = mask) => changePicture(image, of, { changes: [id], ...options })[0]!;
const differs = (a: Raster, i: number) => [0, 1, 2].some((c) => a.data[3 * i + c] !== image.data[3 * i + c]);
const all = Array.from({ length: width * height }, (_, i) => i);

describe('changePicture', () => {
  it.each(['lesion-erased', 'box-erased', 'border-only'] as const)('%s: nothing of the lesion is left', (id) => {
    for (const fill of ['inpaint', 'mean'] as const) {
      const changed = change(id, { fill });
      for (const i of all)
        if (isLesion(...place(i))) expect(changed.data[3 * i], `${fill} at ${place(i)}`).toBeGreaterThan(150);
    }
  });

  it('erases what it says, and nothing else', () => {
    const erased = change('lesion-erased', { fill: 'mean' });
    const box = change('box-erased', { fill: 'mean' });
    const border = change('border-only', { fill: 'mean' });
    const lesion = change('lesion-only');
    const margin = 2;
    for (const i of all) {
      const [x, y] = place(i);
      const near = Math.hypot((x - 38) / 1.3, y - 28) < 11 + 2 * margin;
      if (!near) expect(differs(erased, i), `${x}, ${y}`).toBe(false);
      const inBox = x >= 22 && x <= 54 && y >= 15 && y <= 41;
      if (!inBox) expect(differs(box, i)).toBe(false);
      if (Math.min(x, y, width - 1 - x, height - 1 - y) < 6) expect(differs(border, i)).toBe(false);
      if (isLesion(x, y)) expect(differs(lesion, i)).toBe(false);
      else expect([...lesion.data.subarray(3 * i, 3 * i + 3)]).toEqual([...lesion.data.subarray(0, 3)]);
    }
    // The corner of the box is no part of the mask: only the box hides the lesion's shape.
    expect(differs(box, 16 * width + 24)).toBe(true);
    expect(differs(erased, 16 * width + 24)).toBe(false);
  });

  it.each(['ruler', 'ink', 'dark-corners'] as const)('%s: is drawn outside the lesion, by seed and name', (id) => {
    for (let seed = 0; seed < 12; seed++) {
      const changed = change(id, { seed, name: 'a' });
      const touched = all.filter((i) => differs(changed, i));
      expect(touched.length).toBeGreaterThan(20);
      expect(touched.filter((i) => isLesion(...place(i)))).toEqual([]);
      expect(Buffer.compare(changed.data, change(id, { seed, name: 'a' }).data)).toBe(0);
    }
    const ways = new Set(
      Array.from({ length: 12 }, (_, n) => Buffer.from(change(id, { name: `${n}` }).data).toString('base64')),
    );
    expect(ways.size).toBeGreaterThan(2);
  });

  it('has no room where the lesion takes it all, and none where the mask shows no lesion', () => {
    const whole: Raster = { ...mask, data: new Uint8Array(width * height).fill(255) };
    const room = Object.fromEntries(changePicture(image, whole).map((found, c) => [changeIds[c], found !== null]));
    expect(room).toEqual({ ...Object.fromEntries(changeIds.map((id) => [id, false])), 'lesion-only': true });
    const none: Raster = { ...mask, data: new Uint8Array(width * height) };
    expect(changePicture(image, none)).toEqual(changeIds.map(() => null));
  });

  it('takes masks of another size, and refuses what is unknown', () => {
    const small: Raster = { width: 8, height: 6, channels: 1, data: new Uint8Array(48) };
    small.data[2 * 8 + 4] = 255;
    expect(differs(change('lesion-erased', {}, small), 25 * width + 45)).toBe(true);
    expect(thrown(() => changePicture(image, mask, { fill: 'noise' as never })).message).toContain('inpaint, mean');
    expect(thrown(() => changePicture(image, mask, { changes: ['hair' as never] })).message).toContain('changes[0]');
    expect(thrown(() => changePicture({ ...image, channels: 1 }, mask)).message).toContain('image.channels');
  });

  it('has a name, words and a kind for every change', () => {
    for (const { title, summary, kind } of Object.values(pictureChanges)) {
      // What fits below a picture of an example.
      expect(title.length).toBeLessThanOrEqual(13);
      expect(summary).toMatch(/^[A-Z].*\.$/);
      expect(['erases', 'adds']).toContain(kind);
    }
  });
});

describe('inpaint', () => {
  it('carries colours inwards: a plane stays one, and a shade goes on', () => {
    const region = Uint8Array.from({ length: width * height }, (_, i) => (isLesion(...place(i)) ? 1 : 0));
    const flat = { ...image, data: new Uint8Array(image.data.length).fill(120) };
    expect([...new Set(inpaint(flat, region).data)]).toEqual([120]);
    const filled = inpaint(image, region);
    for (const i of all) {
      const [x] = place(i);
      if (region[i]) expect(Math.abs(filled.data[3 * i] - (182 + x / 2))).toBeLessThan(8);
      else expect(differs(filled, i)).toBe(false);
    }
    expect(inpaint(image, new Uint8Array(width * height).fill(1))).toBe(image);
  });
});

describe('compareChanged', () => {
  const original = randomPredictions(200, 3);
  const K = original.classes.length;
  const rows = Array.from({ length: 150 }, (_, i) => i);
  // Every answer a little nearer to guessing.
  const duller = rows.map((i) =>
    Array.from({ length: K }, (_, k) => 0.5 * original.probabilities[i * K + k] + 0.5 / K),
  );
  const [found] = compareChanged(original, [{ change: 'ruler', rows, probabilities: duller }], { resamples: 200 });

  it('gives the numbers and paired intervals that comparing two sets of predictions gives', () => {
    const first = { ...original, probabilities: original.probabilities.slice(0, 150 * K) };
    const taken = {
      ...first,
      imageIds: original.imageIds.slice(0, 150),
      lesionIds: original.lesionIds.slice(0, 150),
      labels: original.labels.slice(0, 150),
    };
    const second = { ...taken, probabilities: Float64Array.from(duller.flat()) };
    const { metrics } = comparePredictions(taken, second, { resamples: 200 });
    for (const name of ['balancedAccuracy', 'macroAuroc'] as const) {
      const { first: before, second: after, difference, interval } = metrics.find(({ metric }) => metric === name)!;
      expect(found[name]).toMatchObject({ before, after, difference, interval });
    }
    expect(found).toMatchObject({ images: 150, withoutRoom: 50 });
    expect(found.sameAnswer.share).toBe(1);
  });

  it('says how mean probabilities move', () => {
    for (const [k, { probability, support }] of found.classes.entries()) {
      const mean = (read: (i: number) => number) => rows.reduce((sum, i) => sum + read(i), 0) / rows.length;
      expect(probability.before).toBeCloseTo(
        mean((i) => original.probabilities[i * K + k]),
        6,
      );
      expect(probability.after).toBeCloseTo(
        mean((i) => duller[i][k]),
        6,
      );
      expect(support).toBe(rows.filter((i) => original.labels[i] === k).length);
    }
    const { before, after } = found.answerProbability;
    expect(after).toBeCloseTo(0.5 * before! + 0.5 / K, 6);
  });

  it('resamples patients where they are known', () => {
    const patients = original.imageIds.map((_, i) => `${i % 20}`);
    const [wide] = compareChanged({ ...original, clusterIds: patients }, [
      { change: 'ruler', rows, probabilities: duller },
    ]);
    expect(wide.answerProbability.interval).not.toEqual(found.answerProbability.interval);
  });

  it('says in words what is left and what moves, and refuses arrays that don’t fit', () => {
    const words = describeShortcuts([found, { ...found, change: 'box-erased' }]).join('\n');
    expect(words).toContain('Ruler drawn in: 100.0% of the answers stay as they were');
    expect(words).toMatch(/Box erased: an AUROC of 0\.\d{3} \(95% interval .*\) is left of/);
    expect(words).toContain('not adjusted for how many there are');
    expect(thrown(() => compareChanged(original, [{ change: 'ruler', rows, probabilities: [[1]] }])).message).toContain(
      'probabilities',
    );
    expect(
      thrown(() => compareChanged(original, [{ change: 'ruler', rows: [], probabilities: [] }])).message,
    ).toContain('rows of ruler');
  });
});
