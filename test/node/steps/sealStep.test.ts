import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { checkSealedStep, openSealedStep, sealPaths, sealStep } from '../../../src/node/steps/seal.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import reference from '../../fixtures/evaluation/judging.json' with { type: 'json' };
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-seal-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
let plan: string;
let truth: string;
beforeEach(() => {
  const stem = join(root, `plan${count++}`);
  [plan, truth] = [`${stem}.yaml`, `${stem}-truth.csv`];
  const { truths, probabilities, other, lesions } = reference;
  const table = (name: string, header: string, row: (i: number) => string) =>
    writeFileSync(name, `${header}\n${truths.map((_, i) => row(i)).join('\n')}\n`);
  table(truth, 'id,label,lesion', (i) => `i${i},${truths[i]},l${lesions[i]}`);
  table(`${stem}-ours.csv`, 'id,score', (i) => `i${i},${probabilities[i]}`);
  table(`${stem}-theirs.csv`, 'id,score', (i) => `i${i},${other[i]}`);
  writeFileSync(
    plan,
    `name: not worse than theirs
truth: plan${count - 1}-truth.csv
predictions: plan${count - 1}-ours.csv
reference: plan${count - 1}-theirs.csv
positive: ["1"]
threshold: 0.5
referenceThreshold: 0.4
endpoints:
  - { id: sensitivity, metric: sensitivity, hypothesis: non-inferiority, margin: 0.05, against: reference }
  - { id: specificity, metric: specificity, hypothesis: non-inferiority, margin: 0.05, against: reference }
`,
  );
});

const events = () =>
  readFileSync(sealPaths(plan).log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).event);

describe('a sealed plan', () => {
  it('is opened once, leaves a record and a log, and can be checked again', async () => {
    const { seal } = await sealStep(plan);
    expect(seal.inputs.map(({ role }) => role)).toEqual(['truth', 'predictions', 'reference']);
    const { record, file } = await openSealedStep(testContext(), plan);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(record)));
    for (const { metric, difference } of record.result.endpoints)
      expect(difference).toBeCloseTo(reference.paired[metric as 'sensitivity'].difference, 12);
    await expect(openSealedStep(testContext(), plan)).rejects.toMatchObject({ kind: 'run', code: 'already-opened' });
    await expect(sealStep(plan)).rejects.toMatchObject({ code: 'already-sealed' });
    expect(await checkSealedStep(testContext(), plan)).toMatchObject({ timesOpened: 1, differences: [] });
    expect(events()).toEqual(['sealed', 'opened', 'recorded', 'checked']);
  });

  it('that comes after another one on the same truth says so, when it is sealed, opened and checked', async () => {
    await sealStep(plan);
    await openSealedStep(testContext(), plan);
    const second = plan.replace('.yaml', '-second.yaml');
    writeFileSync(second, readFileSync(plan, 'utf8').replaceAll('margin: 0.05', 'margin: 0.15'));
    const earlier = { plan: basename(plan), same: ['truth', 'predictions', 'reference'] };
    expect((await sealStep(second)).openedBefore).toContainEqual(expect.objectContaining(earlier));
    const { record } = await openSealedStep(testContext(), second);
    expect(record.openedBefore).toContainEqual(expect.objectContaining(earlier));
    const checked = await callCommandLine(['seal', second, '--check']);
    expect(checked.stdout.replaceAll('\n', ' ')).toContain(
      `This truth was seen before: ${basename(plan)} opened it at`,
    );
  });

  it('is refused where the plan, a file or the seal has changed', async () => {
    await expect(openSealedStep(testContext(), plan)).rejects.toMatchObject({ kind: 'usage', code: 'not-sealed' });
    await sealStep(plan);
    const before = readFileSync(plan, 'utf8');
    writeFileSync(plan, before.replace('margin: 0.05', 'margin: 0.10'));
    for (const step of [() => openSealedStep(testContext(), plan), () => sealStep(plan)])
      await expect(step()).rejects.toMatchObject({ kind: 'usage', code: 'plan-changed' });
    writeFileSync(plan, before);
    const labels = readFileSync(truth, 'utf8');
    appendFileSync(truth, 'i999,1,l999\n');
    await expect(openSealedStep(testContext(), plan)).rejects.toMatchObject({
      kind: 'data',
      code: 'sealed-input-changed',
      details: [expect.stringContaining('truth')],
    });
    writeFileSync(truth, labels);
    const { seal } = sealPaths(plan);
    const text = readFileSync(seal, 'utf8');
    writeFileSync(seal, text.replace(/"sealed": "20\d\d/, '"sealed": "1999'));
    await expect(openSealedStep(testContext(), plan)).rejects.toMatchObject({ kind: 'run', code: 'seal-changed' });
    expect(events()).toEqual(['sealed']);
    writeFileSync(seal, text);
    await openSealedStep(testContext(), plan);
  });

  it('tells a record that was changed', async () => {
    await sealStep(plan);
    const { file } = await openSealedStep(testContext(), plan);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"success": true', '"success": false').replace('"units": ', '"units": 1'),
    );
    await expect(checkSealedStep(testContext(), plan)).rejects.toMatchObject({ kind: 'run', code: 'record-changed' });
  });

  it('by the commands', async () => {
    expect(await callCommandLine(['evaluate', plan])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('lesionlab seal'),
    });
    expect((await callCommandLine(['seal', plan])).status).toBe(0);
    const opened = await callCommandLine(['evaluate', plan, '--sealed']);
    expect(opened).toMatchObject({ status: 0, stdout: expect.stringContaining('sensitivity (primary)') });
    expect(existsSync(sealPaths(plan).record)).toBe(true);
    expect(await callCommandLine(['seal', plan, '--check'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('every number comes out again'),
    });
    expect((await callCommandLine(['evaluate', truth, '--sealed'])).status).toBe(2);
  });
});
