// A training that is watched by its events, interrupted by a signal, and gone on with.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, trainRun, writeSyntheticDataset } from 'lesionlab/node';

const folder = await mkdtemp(join(tmpdir(), 'lesionlab-example-'));
process.env.LESIONLAB_CACHE = join(folder, 'cache');
const data = join(folder, 'data');
const run = join(folder, 'run');
await writeSyntheticDataset(data, { images: 140, size: [64, 48] });
const options = { data, run, preset: 'demo', overrides: { imageSize: 32, batchSize: 8, epochs: 3 } };

// Every event is an object; its `type` says which: see `TrainEvent` of lesionlab/training.
const controller = new AbortController();
function onEvent(event) {
  if (event.type === 'start') console.log(`${event.epochs} epochs, ${event.steps} steps, from step ${event.firstStep}`);
  if (event.type === 'epoch') {
    const { epoch, validationLoss, validationBalancedAccuracy } = event.record;
    const scores = `loss ${validationLoss.toFixed(3)}, balanced accuracy ${validationBalancedAccuracy.toFixed(3)}`;
    console.log(
      `epoch ${epoch}: ${scores}, ${event.secondsLeft.toFixed(1)} s left${event.best ? ', the best so far' : ''}`,
    );
    if (epoch === 1) controller.abort();
  }
}

try {
  await trainRun(createContext({ seed: 0, onEvent, signal: controller.signal }), options);
} catch (error) {
  if (error.kind !== 'interrupted') throw error;
  console.log('interrupted; everything so far is saved');
}

// Ends with the same weights as a training that was not interrupted.
const { epochs, bestEpoch } = await trainRun(createContext({ seed: 0, onEvent }), { ...options, resume: true });
console.log(`${epochs.length} epochs, the best is ${bestEpoch}`);
await rm(folder, { recursive: true });
