import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSplitsCsv } from '../../../src/data/groups/splitsCsv.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { readExplanations } from '../../../src/node/run/readExplanations.js';
import { ensembleStep } from '../../../src/node/steps/ensemble.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { chooseExamples, explainStep } from '../../../src/node/steps/explain.js';
import type { ExplanationsFile } from '../../../src/node/steps/explanationsFile.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { addTinyMember } from '../tinyMember.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
beforeAll(async () => {
  tiny = await makeTinyRun();
});
afterAll(() => tiny.remove());

const readContent = (): ExplanationsFile => JSON.parse(readFileSync(tiny.run.explanationsJson, 'utf8'));

describe('chooseExamples', () => {
  const classes = ['a', 'b', 'c'].map((id) => ({ id, name: id }));
  const choose = (labels: number[], rows: number[][]) =>
    chooseExamples({
      classes,
      imageIds: labels.map((_, i) => `${i}`),
      lesionIds: labels.map((_, i) => `${i}`),
      labels: Int32Array.from(labels),
      probabilities: Float32Array.from(rows.flat()),
    });

  it('takes the most confident right answer of each class, the first of equals, else the nearest miss', () => {
    const rows = [
      [0.5, 0.3, 0.2],
      [0.9, 0.05, 0.05],
      [0.9, 0.05, 0.05],
      [0.49, 0.48, 0.03],
      [0.9, 0.1, 0],
    ];
    // Class a: 1 before 2. Class b: none right, 3 is nearer than 4. Class c: no images.
    expect(choose([0, 0, 0, 1, 1], rows)).toEqual([1, 3]);
    // A right answer of low confidence beats a confident miss.
    expect(
      choose(
        [1, 1],
        [
          [0.2, 0.41, 0.39],
          [0.505, 0.495, 0],
        ],
      ),
    ).toEqual([0]);
  });
});

describe('explainStep', () => {
  it('explains one test image a class and those named, before and after training, and measures the heat', async () => {
    const rows = parseSplitsCsv(readFileSync(tiny.run.splitsCsv, 'utf8'));
    const named = rows.find(({ split }) => split === 'train')!.imageId;
    const result = await explainStep(testContext(), { run: tiny.run.path, images: [named], localised: 9 });
    const content = readContent();
    expect(content).toMatchObject({ layer: 'conv2', method: 'grad-cam', checkpoint: { name: 'best', epoch: 3 } });
    expect(content.images.map(({ reason }) => reason)).toEqual(['named', ...Array(7).fill('class')]);
    expect(content.images[0].imageId).toBe(named);
    expect(content.images.slice(1).map(({ dx }) => dx)).toEqual(tiny.config.data.classes.map(({ id }) => id));
    for (const image of content.images) {
      expect(image.explained).toBe(image.predicted);
      expect(image.probabilities[image.predicted]).toBe(image.confidence);
      expect(image.localisation?.lesionShare).toBeGreaterThan(0);
      expect(image.localisationBefore?.lesionShare).toBe(image.localisation?.lesionShare);
      const pictures = await Promise.all(
        (['original', 'before', 'after'] as const).map(async (part) =>
          sharpCodec.decode(readFileSync(join(tiny.run.explanations, image.files[part]))),
        ),
      );
      for (const { width, height } of pictures) expect([width, height]).toEqual([320, 240]);
      // Weights before and after differ, and so do the maps, unless both show that nothing speaks for the class.
      const same = Buffer.compare(pictures[1].data, pictures[2].data) === 0;
      expect(same).toBe(image.empty.before && image.empty.after);
      expect(Buffer.compare(pictures[0].data, pictures[2].data) === 0).toBe(image.empty.after);
      expect(image.files.original).toBe(`${image.imageId}-input.png`);
    }
    expect(content.images.some(({ empty }) => !empty.after)).toBe(true);
    expect(content.localisation?.after.images).toBe(9);
    expect(content.localisation?.before.lesionShare).toBe(content.localisation?.after.lesionShare);
    for (const file of result.written) expect(existsSync(file)).toBe(true);
    const forReport = await readExplanations(tiny.run, sharpCodec);
    expect(forReport?.images.length).toBe(8);
    expect(forReport?.images.every(({ original, before, after }) => original && before && after)).toBe(true);
    expect(forReport?.localisation).toMatchObject({ images: 9 });
  });

  it('removes the pictures that it no longer lists, and nothing else', async () => {
    const train = parseSplitsCsv(readFileSync(tiny.run.splitsCsv, 'utf8')).filter(({ split }) => split === 'train');
    const named = train[1].imageId;
    await explainStep(testContext(), { run: tiny.run.path, images: [named], localised: 1 });
    const mine = join(tiny.run.explanations, 'mine.png');
    writeFileSync(mine, 'x');
    const path = join(tiny.run.explanations, `${named}-input.png`);
    expect(existsSync(path)).toBe(true);
    const { written } = await explainStep(testContext(), { run: tiny.run.path, localised: 1 });
    expect([existsSync(path), existsSync(mine)]).toEqual([false, true]);
    for (const file of written) expect(existsSync(file), file).toBe(true);
    rmSync(mine);
  });

  it('gives the same whether evaluation has predicted the test split before or not', async () => {
    const explain = () => explainStep(testContext(), { run: tiny.run.path, localised: 3 });
    await explain();
    const fresh = readContent();
    await evaluateStep(testContext(), { run: tiny.run.path, resamples: 0 });
    await explain();
    expect(readContent()).toEqual(fresh);
  });

  it('takes another layer, class, method and checkpoint', async () => {
    const call = await callCommandLine([
      ...['explain', tiny.run.path, '--layer', 'conv1', '--class', 'mel', '--method', 'hirescam'],
      ...['--checkpoint', 'last'],
    ]);
    expect(call).toMatchObject({ status: 0 });
    expect(call.stdout).toContain('hirescam at conv1');
    expect(call.stdout).toContain('before training');
    const content = readContent();
    expect(content).toMatchObject({ layer: 'conv1', method: 'hirescam', checkpoint: { name: 'last' } });
    for (const { explained } of content.images) expect(explained).toBe('mel');
  });

  it('asks the image itself, and says from which baseline and how exactly', async () => {
    const run = tiny.run.path;
    const integrated = await explainStep(testContext(), { run, method: 'integrated-gradients', localised: 2 });
    expect(readContent()).toMatchObject({ layer: 'input', method: 'integrated-gradients', baseline: 'mean' });
    expect(integrated.completenessError).toBeGreaterThan(0);
    expect(integrated.completenessError).toBeLessThan(0.1);
    expect(integrated.localisation?.after.images).toBe(2);
    const occluded = await explainStep(testContext(), { run, method: 'occlusion', baseline: 'black', localised: 1 });
    expect(occluded.localisation?.after.images).toBe(1);
    expect(readContent()).toMatchObject({ layer: 'input', method: 'occlusion', baseline: 'black' });
    expect(readContent()).not.toHaveProperty('completenessError');
    const forReport = await readExplanations(tiny.run, sharpCodec);
    expect(forReport).toMatchObject({ method: 'occlusion', baseline: 'black', check: null });
  });

  it('checks whether the maps are worth anything, and tells how far it is', async () => {
    const bars = new Map<string, { total: number | undefined; done: number[]; ended: boolean }>();
    const context = testContext();
    const progress = {
      note: () => {},
      start(label: string, total?: number) {
        const bar = { total, done: [] as number[], ended: false };
        bars.set(label, bar);
        return {
          update: (done: number) => bar.done.push(done),
          end: () => {
            bar.ended = true;
          },
        };
      },
    };
    const options = { run: tiny.run.path, method: 'hirescam', localised: 2, check: 6 } as const;
    const { check } = await explainStep({ ...context, progress }, options);
    expect(readContent().check).toEqual(JSON.parse(JSON.stringify(check)));
    expect(check).toMatchObject({ images: 6, deletedTo: 'mean', insertedInto: 'blurred' });
    const { faithfulness, randomisation, words } = check!;
    expect(faithfulness!.images + faithfulness!.emptyMaps).toBe(6);
    for (const order of ['map', 'random', 'rings'] as const) {
      expect(faithfulness![order].deletion.mean).toBeGreaterThan(0);
      expect(faithfulness![order].insertion.mean).toBeLessThan(1);
    }
    expect(faithfulness!.map).not.toEqual(faithfulness!.random);
    expect(randomisation.map(({ share }) => share)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
    expect(words[0]).toMatch(/^Over \d images, deleting the hottest 10%/);
    for (const label of [
      'Explaining images',
      'Explaining images for the check',
      'Taking places away',
      'Randomising weights',
    ]) {
      const bar = bars.get(label)!;
      expect(bar.done.at(-1), label).toBe(bar.total);
      expect(bar.done, label).toEqual([...bar.done].sort((a, b) => a - b));
      expect(bar.ended, label).toBe(true);
    }
    expect(bars.get('Randomising weights')!.total).toBe(30);
    const again = await explainStep(testContext(), options);
    expect(again.check).toEqual(check);
    expect((await readExplanations(tiny.run, sharpCodec))?.check?.words).toEqual(words);
  });

  it('stops in the middle of a check, and leaves what was there', async () => {
    const before = readFileSync(tiny.run.explanationsJson);
    const stop = new AbortController();
    const context = testContext(stop.signal);
    const progress = {
      note: () => {},
      start: (label: string) => ({
        update: () => {
          if (label === 'Taking places away') stop.abort();
        },
        end: () => {},
      }),
    };
    await expect(explainStep({ ...context, progress }, { run: tiny.run.path, check: 4 })).rejects.toMatchObject({
      kind: 'interrupted',
    });
    expect(readFileSync(tiny.run.explanationsJson).equals(before)).toBe(true);
  });

  it('checks an ensemble as a whole', async () => {
    const other = await addTinyMember(tiny, 'other', { imageSize: 48 });
    const run = join(tiny.root, 'ensemble');
    await ensembleStep(testContext(), { members: [tiny.run.path, other.path], run });
    const { check, layer } = await explainStep(testContext(), { run, localised: 1, check: 2 });
    expect(layer).toContain('conv2');
    expect(check).toMatchObject({ images: 2 });
    expect(check!.randomisation.length).toBe(5);
  });

  it('says which options belong to which method', async () => {
    for (const [options, message] of [
      [['--method', 'occlusion', '--layer', 'conv1'], 'Leave --layer out, or choose grad-cam or hirescam.'],
      [['--baseline', 'grey'], 'Leave --baseline out, or choose integrated-gradients or occlusion.'],
      [['--method', 'lime'], 'integrated-gradients, occlusion'],
      [['--check', '0'], 'Expected a whole number, 1 or more.'],
    ] as const) {
      const call = await callCommandLine(['explain', tiny.run.path, ...options]);
      expect(call.status).toBe(2);
      expect(call.stderr).toContain(message);
    }
    await expect(explainStep(testContext(), { run: tiny.run.path, check: 0.5 })).rejects.toMatchObject({
      kind: 'usage',
    });
  });

  it('names what it does not know', async () => {
    const explain = (more: object) => explainStep(testContext(), { run: tiny.run.path, ...more });
    await expect(explain({ layer: 'fc1' })).rejects.toMatchObject({ kind: 'usage', code: 'unknown-layer' });
    await expect(explain({ images: ['SYN_1', 'nobody'] })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('nobody'),
    });
    await expect(explain({ explainClass: 'melanoma' })).rejects.toMatchObject({ kind: 'usage', code: 'unknown-class' });
  });
});
