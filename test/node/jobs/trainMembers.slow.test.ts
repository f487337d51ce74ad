import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { trainMembersStep } from '../../../src/node/jobs/trainMembers.js';
import type { RecipeChanges } from '../../../src/training/index.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { copyPaintedData } from '../paintedData.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-members-'));
const at = (...names: string[]) => join(root, ...names);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const recipe = {
  extends: 'demo',
  imageSize: 24,
  training: { epochs: 2, batchSize: 8 },
  members: [{ model: 'lenet' }, { model: 'lenet', imageSize: 32 }],
  weighting: 'validation',
} as RecipeChanges;

it('trains several networks, stops and goes on, and comes to what it would have come to', async () => {
  process.env.LESIONLAB_CACHE = at('cache');
  await copyPaintedData(at('data'), { images: 140, size: [40, 30] });
  const asked = { data: at('data'), recipe };
  const whole = await trainMembersStep(testContext(), { ...asked, run: at('whole'), complete: true });
  expect(whole.evaluation?.evaluation.images).toBeGreaterThan(10);
  expect(whole.config.ensemble).toMatchObject({
    weighting: 'validation',
    members: [{ run: 'members/lenet' }, { run: 'members/lenet-2' }],
  });

  const stopping = new AbortController();
  const stopped = testContext(stopping.signal);
  const run = at('stopped');
  const first = trainMembersStep(
    {
      ...stopped,
      onEvent: (event, folder) => void (event.type === 'step' && folder?.includes('lenet-2') && stopping.abort()),
    },
    { ...asked, run, complete: true },
  );
  await expect(first).rejects.toMatchObject({ kind: 'interrupted' });
  const { status } = await callCommandLine(['run', at('data'), '--run', run, '--resume', '--threads', '1']);
  expect(status).toBe(0);
  for (const name of [
    'evaluation/test/predictions.csv',
    'calibration.json',
    'members/lenet-2/checkpoints/best.safetensors',
  ])
    expect(readFileSync(at('stopped', name)).equals(readFileSync(at('whole', name))), name).toBe(true);

  // Done is done; a folder that holds it is refused otherwise.
  expect((await callCommandLine(['train', at('data'), '--run', run])).status).toBe(4);
  expect((await callCommandLine(['jobs', run])).stdout).toContain('6 of 6 jobs are done');
  expect((await callCommandLine(['predict', run, at('data')])).status).toBe(0);
}, 300_000);
