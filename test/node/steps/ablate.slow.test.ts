import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareChoices } from '../../../src/evaluation/index.js';
import { writeSyntheticDataset } from '../../../src/node/dataset/writeSyntheticDataset.js';
import { ablateStep, type TrainedRow } from '../../../src/node/jobs/ablate.js';
import { readPredictions } from '../../../src/node/run/readPredictions.js';
import { readTrainedConfig, runFolderPaths } from '../../../src/node/run/runFolder.js';
import { openStudioRuns } from '../../../src/node/studio/studioRuns.js';
import { silentProgress } from '../../../src/progress.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-ablation-'));
const data = join(root, 'data');
const out = join(root, 'out');
const file = join(root, 'ablation.yaml');
const declared = `baseline: {extends: demo, imageSize: 24}
seeds: 2
splitSeed: 3
settings: {epochs: 2, batchSize: 8, ratios: [50, 30, 20]}
choices:
  - {id: plain, change: {training: {classWeights: none}}}
  - {id: focal, change: {training: {focalLoss: 2}}}
`;
const call = (...more: string[]) => callCommandLine(['ablate', file, data, '--run', out, '--threads', '1', ...more]);
const begun = (run: string) => readFileSync(join(out, run, 'config.json'), 'utf8');

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await writeSyntheticDataset(data, { images: 200, size: [40, 30], progress: silentProgress });
  writeFileSync(file, declared);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('lesionlab ablate', () => {
  it('says what would run, and does nothing', async () => {
    const { status, stdout } = await call('--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain('plain-seed-1');
    expect(existsSync(out)).toBe(false);
  });

  it('trains, evaluates on validation alone, and compares as the library does', async () => {
    const { status, stdout, stderr } = await call();
    expect(status).toBe(0);
    expect(stdout).toMatch(/^plain +\d\.\d{3} +[+−]\d\.\d{3} \([+−].* to [+−]/m);
    expect(stdout).toContain('No test image was looked at.');
    expect(stderr).toMatch(/^choice +seed +time +log loss +macro AUROC +balanced accuracy/m);
    expect(stderr).toMatch(/^focal +1 +/m);
    const result = JSON.parse(readFileSync(join(out, 'ablation.json'), 'utf8'));
    expect(result).toMatchObject({
      seeds: [0, 1],
      splitSeed: 3,
      figure: 'logLoss',
      recipe: { preset: 'demo', model: 'lenet' },
      baseline: { runs: ['baseline/seed-0', 'baseline/seed-1'], epochs: [2, 2] },
      choices: [
        { id: 'plain', changes: ['classWeights square-root, now none'] },
        { id: 'focal', changes: ['focalLoss 0, now 2'] },
      ],
    });
    const read = async (run: string) => {
      const folder = runFolderPaths(join(out, run));
      expect(existsSync(folder.evaluation('test').evaluation), run).toBe(false);
      const { trainedPrevalence } = await readTrainedConfig(folder);
      return { predictions: await readPredictions(folder, 'validation'), trainedPrevalence: trainedPrevalence! };
    };
    const choices = [];
    for (const id of ['baseline', 'plain', 'focal'])
      choices.push({ id, networks: [await read(`${id}/seed-0`), await read(`${id}/seed-1`)] });
    const [baseline, ...others] = choices;
    const compared = compareChoices(baseline, others);
    for (const [c, { figures }] of compared.choices.entries())
      expect(result.choices[c].figures.logLoss).toEqual(JSON.parse(JSON.stringify(figures.logLoss)));
    const page = readFileSync(join(out, 'ablation.html'), 'utf8');
    expect(page).toContain('Difference of log loss from the baseline');
    expect(page).not.toMatch(/(src|href)="https?:/);
  });

  it('goes on: nothing is trained again, and what was added to the file is', async () => {
    const before = begun('plain/seed-1');
    writeFileSync(file, declared.replace('seeds: 2', 'seeds: 3').replace(/ {2}- \{id: focal.*\n/, ''));
    const { status } = await call('--resume');
    expect(status).toBe(0);
    expect(begun('plain/seed-1')).toBe(before);
    const result = JSON.parse(readFileSync(join(out, 'ablation.json'), 'utf8'));
    expect(result.seeds).toEqual([0, 1, 2]);
    expect(result.choices.map(({ id }: { id: string }) => id)).toEqual(['plain']);
    const rows: TrainedRow[] = [];
    const again = await ablateStep(testContext(), {
      ...{ ablation: file, data, out, resume: true },
      onTrained: (row) => rows.push(row),
    });
    expect(again.choices).toEqual(result.choices);
    expect(rows).toEqual([]);
  });

  it('is refused where a choice was changed over its results, and leaves them alone', async () => {
    const before = begun('plain/seed-0');
    writeFileSync(file, declared.replace('classWeights: none', 'classWeights: inverse'));
    const { status, stderr } = await call('--resume');
    expect(status).toBe(2);
    expect(stderr).toContain('plain-seed-0: settings.recipe.changes.training.classWeights (none, now inverse)');
    expect(begun('plain/seed-0')).toBe(before);
    writeFileSync(file, declared);
    expect((await call()).status).toBe(4);
    writeFileSync(file, declared.replace('focalLoss', 'focalLos'));
    const unknown = await call('--resume', '--json');
    expect(unknown.status).toBe(2);
    expect(JSON.parse(unknown.stdout).error).toMatchObject({
      code: 'bad-ablation',
      message: expect.stringContaining('training.focalLos (line 7): there is no such setting; did you mean'),
    });
  });

  it('stands in the studio’s list with all its runs', async () => {
    const studio = await openStudioRuns(root);
    const { runs, problems, ablations } = await studio.list();
    expect(problems).toEqual([]);
    expect(ablations).toEqual(['out']);
    expect(readFileSync(await studio.ablationPage('out'), 'utf8')).toContain('What helps on');
    for (const id of ['out/baseline', '../out', 'data', 'out/..', '']) {
      const refused = studio.ablationPage(id);
      await expect(refused, id).rejects.toMatchObject({ code: 'no-file' });
    }
    expect(runs.map(({ id }) => id)).toEqual(expect.arrayContaining(['out/baseline/seed-0', 'out/plain/seed-2']));
  });
});
