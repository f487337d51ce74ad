import { basename } from 'node:path';
import type { SplitFile } from '../../data/groups/splitFile.js';
import { usageError } from '../../errors.js';
import { comparePredictions, type PredictionComparison } from '../../evaluation/comparison/comparePredictions.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { readSplitFile } from '../dataset/readSplitFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { readPredictions } from '../run/readPredictions.js';
import { openRunFolder } from '../run/runFolder.js';
import { testPartOf } from '../run/testPartOf.js';

/** Which runs are compared, and on what. */
export interface CompareStepOptions {
  /** Run folders, at least two; the others are compared with the first. */
  readonly runs: readonly string[];
  /** Which evaluation of each. Default `test`. */
  readonly split?: string;
  /** A split file: runs are compared on its test images, which none of them may have learned from. */
  readonly on?: string;
  /** Bootstrap resamples behind the intervals, 0 for none. Default 2,000. */
  readonly resamples?: number;
}

/** How a run differs from the reference. */
export interface RunComparison extends PredictionComparison {
  /** Run folder. */
  readonly run: string;
}

/** How runs differ from the first of them. */
export interface CompareStepResult {
  /** The run that the others are compared with. */
  readonly reference: string;
  readonly split: string;
  /** How many classes all of them have. */
  readonly classes: number;
  /** The split file whose test images were compared on; left out where none was named. */
  readonly on?: { readonly file: string; readonly sha256: string };
  /** What to mind. */
  readonly notes: readonly string[];
  readonly comparisons: readonly RunComparison[];
}

/**
 * Compares the evaluations of runs on the same images: paired differences with intervals, and McNemar's test.
 * @throws LesionlabError kind `usage` for fewer than two runs; kind `run` where one wasn't evaluated or has other images; as `readSplitFile` and `testPartOf` do
 */
export async function compareStep(
  context: StepContext,
  { runs, split = 'test', on, resamples }: CompareStepOptions,
): Promise<CompareStepResult> {
  const [reference, ...others] = runs;
  if (others.length === 0)
    throw usageError('one-run', 'A comparison needs at least two runs.', {
      hint: 'Name another run folder: lesionlab compare runs/first runs/second.',
    });
  const splitFile = on === undefined ? undefined : await readSplitFile(on);
  const notes: string[] = [];
  const first = await readCompared(reference, split, splitFile, notes);
  const comparisons: RunComparison[] = [];
  const task = context.progress.start('Comparing runs', others.length);
  try {
    for (const run of others) {
      const second = await readCompared(run, split, splitFile, notes);
      comparisons.push({ run, ...comparePredictions(first, second, { seed: context.seed, resamples }) });
      task.update(comparisons.length);
    }
  } finally {
    task.end();
  }
  return {
    reference,
    split,
    classes: first.classes.length,
    ...(on !== undefined && splitFile && { on: { file: basename(on), sha256: splitFile.sha256 } }),
    notes,
    comparisons,
  };
}

async function readCompared(
  run: string,
  split: string,
  splitFile: SplitFile | undefined,
  notes: string[],
): Promise<Predictions> {
  const folder = await openRunFolder(run);
  const predictions = await readPredictions(folder, split);
  if (!splitFile) return predictions;
  const part = await testPartOf(folder, predictions, splitFile);
  notes.push(...part.notes);
  return part.predictions;
}
