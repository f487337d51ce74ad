import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvParse } from 'd3-dsv';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SkinToneSummary, SubgroupEvaluation } from '../../../src/evaluation/index.js';
import { estimateSkinTone } from '../../../src/image/index.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { judgeStep } from '../../../src/node/steps/judge.js';
import { reportStep } from '../../../src/node/steps/report.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
beforeAll(async () => {
  tiny = await makeTinyRun({ size: [120, 90] });
});
afterAll(() => tiny.remove());

const maskFolder = () =>
  readdirSync(tiny.data, { recursive: true, encoding: 'utf8' })
    .find((path) => /_segmentation\.png$/.test(path))!
    .replace(/[/\\][^/\\]*$/, '');
const isTone = ({ field }: SubgroupEvaluation) => field === 'skin_tone_ita';

it('estimates skin tones where there are masks: groups, a row an image, a summary, and words in the report', async () => {
  const { subgroups, files } = await evaluateStep(testContext(), {
    run: tiny.run.path,
    split: 'validation',
    resamples: 20,
  });
  const { folder, predictions } = tiny.run.evaluation('validation');
  expect(files).toEqual(expect.arrayContaining([join(folder, 'skin-tone.csv'), join(folder, 'skin-tone.json')]));
  const rows = csvParse(readFileSync(join(folder, 'skin-tone.csv'), 'utf8'));
  expect(rows.map(({ image_id }) => image_id)).toEqual(
    csvParse(readFileSync(predictions, 'utf8')).map(({ image_id }) => image_id),
  );
  const known = rows.find(({ ita }) => ita !== '')!;
  // The worker measured the files' own pixels, not those that the network was given.
  const at = (ending: string) =>
    readFileSync(
      join(
        tiny.data,
        readdirSync(tiny.data, { recursive: true, encoding: 'utf8' }).find((path) =>
          path.endsWith(`${known.image_id}${ending}`),
        )!,
      ),
    );
  const own = estimateSkinTone(await sharpCodec.decode(at('.jpg')), await sharpCodec.decode(at('_segmentation.png')));
  expect('angle' in own && own.angle.toFixed(2)).toBe(known.ita);
  const summary: SkinToneSummary = JSON.parse(readFileSync(join(folder, 'skin-tone.json'), 'utf8'));
  expect(summary.images).toBe(rows.length);
  const groups = subgroups!.filter(isTone);
  for (const { name, images, lesions } of summary.bands)
    expect(groups.find(({ value }) => value === name) ?? { images, lesions }).toMatchObject({ images, lesions });
  expect(rows.filter(({ no_estimate }) => no_estimate !== '')).toHaveLength(
    Object.values(summary.without).reduce((sum, count) => sum + count, 0),
  );
});

it('says it in report, model card, checklist and terminal', async () => {
  await evaluateStep(testContext(), { run: tiny.run.path, resamples: 20 });
  await reportStep(testContext(), tiny.run.path);
  const report = readFileSync(tiny.run.report, 'utf8');
  expect(report).toContain('Skin tone was estimated.');
  expect(report).toContain('never a Fitzpatrick type');
  expect(readFileSync(tiny.run.modelCard, 'utf8')).toContain('never a Fitzpatrick type');
  const { stdout, status } = await callCommandLine(['evaluate', tiny.run.path, '--resamples', '20', '--json']);
  expect(status).toBe(0);
  const tones = (JSON.parse(stdout).subgroups as SubgroupEvaluation[]).filter(isTone);
  const printed = await callCommandLine(['evaluate', tiny.run.path, '--resamples', '20']);
  if (tones.length > 0) expect(printed.stdout).toContain('Skin tone, estimated (ITA)');
});

it('takes masks from another place, and forgets estimates once there are none', async () => {
  const moved = join(tiny.root, 'masks');
  const inside = join(tiny.data, maskFolder());
  cpSync(inside, moved, { recursive: true });
  rmSync(inside, { recursive: true });
  const validation = { run: tiny.run.path, split: 'validation', resamples: 0 } as const;
  const { folder } = tiny.run.evaluation('validation');
  const before = readFileSync(join(folder, 'skin-tone.csv'), 'utf8');
  await evaluateStep(testContext(), validation);
  expect(existsSync(join(folder, 'skin-tone.csv'))).toBe(false);
  expect(existsSync(join(folder, 'skin-tone.json'))).toBe(false);
  await evaluateStep(testContext(), { ...validation, masks: moved });
  expect(readFileSync(join(folder, 'skin-tone.csv'), 'utf8')).toBe(before);
  // A table of predictions of the same images.
  const predictions = tiny.run.evaluation('validation').predictions;
  const judged = await judgeStep(testContext(), {
    ...{ source: predictions, truth: tiny.data, masks: moved, resamples: 0 },
    expected: predictions,
    run: join(tiny.root, 'judged'),
  });
  const rows = (text: string) =>
    csvParse(text)
      .map(({ image_id, ita }) => `${image_id} ${ita}`)
      .sort();
  const tones = judged.files.find((path) => path.endsWith('skin-tone.csv'))!;
  expect(rows(readFileSync(tones, 'utf8'))).toEqual(rows(before));
});

it('refuses masks that are none, or of other images, or for a table', async () => {
  const validation = { run: tiny.run.path, split: 'validation', resamples: 0 } as const;
  await expect(evaluateStep(testContext(), { ...validation, masks: join(tiny.root, 'nowhere') })).rejects.toThrow(
    'There is no folder or zip',
  );
  const empty = join(tiny.root, 'empty');
  mkdirSync(empty);
  await expect(evaluateStep(testContext(), { ...validation, masks: empty })).rejects.toThrow('no picture');
  writeFileSync(join(empty, 'other_segmentation.png'), 'x');
  await expect(evaluateStep(testContext(), { ...validation, masks: empty })).rejects.toThrow(
    /None of the 1 pictures in .* there are other_segmentation.png, the images are/,
  );
  const predictions = tiny.run.evaluation('validation').predictions;
  await expect(
    judgeStep(testContext(), { source: predictions, truth: predictions, masks: empty, run: join(tiny.root, 'none') }),
  ).rejects.toThrow('is a table alone');
});
