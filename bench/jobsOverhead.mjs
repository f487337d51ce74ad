// What a plan costs beside the sum of its trainings: `node bench/jobsOverhead.mjs [--jobs 50] [--on here] [--beside 1]`.
// Paints a small dataset, trains once in a process of its own as often as asked (the sum), then as a plan, each with one thread.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeSyntheticDataset } from '../dist/node/index.js';
import { silentProgress } from '../dist/progress.js';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '50' },
    on: { type: 'string', default: 'here' },
    beside: { type: 'string' },
    // Trainings that are timed alone, for the sum.
    alone: { type: 'string', default: '10' },
    // Where a shared folder is needed.
    folder: { type: 'string', default: tmpdir() },
  },
});
const count = Number(values.jobs);
const root = mkdtempSync(join(values.folder, 'lesionlab-overhead-'));
const binary = resolve(import.meta.dirname, '../bin/lesionlab.js');
const environment = { ...process.env, LESIONLAB_CACHE: join(root, 'cache') };

function seconds(...words) {
  const began = performance.now();
  const options = { cwd: root, env: environment, encoding: 'utf8' };
  const { status, stderr, stdout } = spawnSync(process.execPath, [binary, ...words, '--quiet'], options);
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}${stdout}`);
  return (performance.now() - began) / 1000;
}

try {
  await writeSyntheticDataset(join(root, 'data'), { images: 150, size: [40, 30], progress: silentProgress });
  const training = { imageSize: 24, epochs: 1, batchSize: 8 };
  const options = ['--preset', 'demo', '--image-size', '24', '--epochs', '1', '--batch-size', '8', '--threads', '1'];
  const once = (name) => seconds('train', 'data', '--run', name, '--split-seed', '0', ...options);
  once('warm');
  const alone = Array.from({ length: Number(values.alone) }, (_, i) => once(`alone-${i}`));
  const each = alone.reduce((sum, value) => sum + value, 0) / alone.length;
  const jobs = Array.from({ length: count }, (_, i) => ({ id: `seed-${i}`, seed: i }));
  const settings = { train: { preset: 'demo', splitSeed: 0, overrides: training } };
  writeFileSync(join(root, 'plan.yaml'), JSON.stringify({ data: 'data', threads: 1, settings, jobs }));
  const where = ['--on', values.on, ...(values.beside ? ['--beside', values.beside] : [])];
  const whole = seconds('jobs', 'plan.yaml', '--run', 'plan', '--resume', ...where);
  console.log(
    JSON.stringify({
      ...{ jobs: count, on: values.on, beside: values.beside ?? null },
      secondsAlone: Number(each.toFixed(3)),
      sum: Number((count * each).toFixed(1)),
      plan: Number(whole.toFixed(1)),
      share: Number((whole / (count * each)).toFixed(2)),
    }),
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}
