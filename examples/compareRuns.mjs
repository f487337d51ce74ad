// Two trainings compared on the same test images: paired differences with intervals, and McNemar's test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareStep, createContext, evaluateStep, trainRun, writeSyntheticDataset } from 'lesionlab/node';

const folder = await mkdtemp(join(tmpdir(), 'lesionlab-example-'));
process.env.LESIONLAB_CACHE = join(folder, 'cache');
const data = join(folder, 'data');
await writeSyntheticDataset(data, { images: 140, size: [64, 48] });

const context = createContext({ seed: 0 });
const runs = [];
for (const [name, epochs] of [
  ['short', 1],
  ['longer', 4],
]) {
  const run = join(folder, name);
  // The seed and the data decide the split: both networks have the same test images.
  await trainRun(context, { data, run, preset: 'demo', overrides: { imageSize: 32, batchSize: 8, epochs } });
  const { evaluation } = await evaluateStep(context, { run, scoresOnly: true });
  const [low, high] = evaluation.intervals.balancedAccuracy;
  const interval = `95% interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
  console.log(`${name}: balanced accuracy ${evaluation.balancedAccuracy.toFixed(3)}, ${interval}`);
  runs.push(run);
}

const { comparisons } = await compareStep(context, { runs });
const [{ metrics, mcNemar }] = comparisons;
for (const { metric, difference, interval } of metrics)
  console.log(`${metric}: ${difference.toFixed(3)} (${interval.map((end) => end.toFixed(3)).join(' to ')})`);
console.log(`McNemar's test: p = ${mcNemar.pValue.toFixed(3)}`);
await rm(folder, { recursive: true });
