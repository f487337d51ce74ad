import type { BenchOptions } from './benchOptions.js';
import { benchPredict } from './benchPredict.js';
import { benchTrainStep } from './benchTrainStep.js';
import { peakMemory } from './peakMemory.js';

// A process of its own, started by `measurePeakMemory`: opens a network, takes the steps that warm it up and one more, prints its memory.
const [kind, text] = process.argv.slice(2);
const options: BenchOptions = { ...JSON.parse(text), seconds: 0 };
await (kind === 'train' ? benchTrainStep : benchPredict)(options);
process.stdout.write(`${peakMemory()}\n`);
