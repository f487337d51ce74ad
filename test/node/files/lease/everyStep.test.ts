import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beatPath, isLeaseName, leasePath } from '../../../../src/node/files/lease/leaseFile.js';
import { crossValidateStep } from '../../../../src/node/jobs/crossValidate.js';
import { leakStep } from '../../../../src/node/jobs/leak.js';
import { ensembleStep } from '../../../../src/node/steps/ensemble.js';
import { evaluateStep } from '../../../../src/node/steps/evaluate.js';
import { explainStep } from '../../../../src/node/steps/explain.js';
import { exportStep } from '../../../../src/node/steps/export.js';
import { exportInt8Step } from '../../../../src/node/steps/exportInt8.js';
import { judgeStep } from '../../../../src/node/steps/judge.js';
import { reportStep } from '../../../../src/node/steps/report.js';
import { runStep, trainRun } from '../../../../src/node/steps/run.js';
import { makeTinyRun, type TinyRun, testContext } from '../../tinyRun.js';

let tiny: TinyRun;
let other: string;
beforeAll(async () => {
  tiny = await makeTinyRun();
  other = mkdtempSync(join(tmpdir(), 'lesionlab-held-'));
});
afterAll(() => {
  tiny.remove();
  rmSync(other, { recursive: true, force: true });
});

/** As another machine would leave it at this moment. */
function holdElsewhere(folder: string): void {
  const token = '0123456789abcdef0123456789abcdef';
  const owner = { host: 'ward-9', boot: 'another', pids: 'pid:[1]', pid: 99, started: '1' };
  const record = { token, ...owner, command: 'train', since: '2026-01-02T03:04:05.678Z' };
  writeFileSync(leasePath(folder), JSON.stringify(record));
  writeFileSync(beatPath(folder, token), '');
}

const listed = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

test('every step that writes into a run folder is refused before it begins where another process has it', async () => {
  const { run, data } = tiny;
  holdElsewhere(run.path);
  holdElsewhere(other);
  const before = [listed(run.path), listed(other)];
  const context = testContext();
  const training = { data, run: run.path, preset: 'demo' } as const;
  const steps: Record<string, () => Promise<unknown>> = {
    train: () => trainRun(context, { ...training, resume: true }),
    'train --overwrite': () => trainRun(context, { ...training, overwrite: true }),
    run: () => runStep(context, { ...training, resume: true }),
    evaluate: () => evaluateStep(context, { run: run.path }),
    explain: () => explainStep(context, { run: run.path }),
    export: () => exportStep(context, { run: run.path }),
    'export --int8': () => exportInt8Step(context, { run: run.path }),
    report: () => reportStep(context, run.path),
    ensemble: () => ensembleStep(context, { run: run.path, members: ['a', 'b'], overwrite: true }),
    judge: () => judgeStep(context, { source: 'a.csv', truth: data, run: run.path, overwrite: true }),
    'cross-validate': () => crossValidateStep(context, { data, out: other, preset: 'demo' }),
    leak: () => leakStep(context, { data, out: other, preset: 'demo' }),
  };
  for (const [name, step] of Object.entries(steps)) {
    const error = await step().catch((thrown: unknown) => thrown);
    expect(error, name).toMatchObject({ code: 'run-in-use', exitStatus: 4 });
    expect((error as Error).message, name).toContain('"train" (process 99 on ward-9');
  }
  expect([listed(run.path), listed(other)]).toEqual(before);
  for (const folder of [run.path, other])
    for (const name of readdirSync(folder).filter(isLeaseName)) rmSync(join(folder, name));
});
