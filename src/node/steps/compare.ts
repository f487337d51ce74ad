import { usageError } from '../../errors.js';
import { comparePredictions, type PredictionComparison } from '../../evaluation/index.js';
import type { StepContext } from '../machine/stepContext.js';
import { readPredictions } from '../run/readPredictions.js';
import { openRunFolder } from '../run/runFolder.js';

/** Which runs are compared, and on what. */
export interface CompareStepOptions {
  /** Run folders, at least two; the others are compared with the first. */
  readonly runs: readonly string[];
  /** Which evaluation of each. Default `test`. */
  readonly split?: string;
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
  readonly comparisons: readonly RunComparison[];
}

/**
 * Compares the evaluations of runs on the same images: paired differences with intervals, and McNemar's test.
 * @throws LesionlabError kind `usage` for fewer than two runs; kind `run` where one wasn't evaluated or has other images
 */
export async function compareStep(
  context: StepContext,
  { runs, split = 'test', resamples }: CompareStepOptions,
): Promise<CompareStepResult> {
  const [reference, ...others] = runs;
  if (others.length === 0)
    throw usageError('one-run', 'A comparison needs at least two runs.', {
      hint: 'Name another run folder: lesionlab compare runs/first runs/second.',
    });
  const first = await readPredictions(await openRunFolder(reference), split);
  const comparisons: RunComparison[] = [];
  const task = context.progress.start('Comparing runs', others.length);
  try {
    for (const run of others) {
      const second = await readPredictions(await openRunFolder(run), split);
      comparisons.push({ run, ...comparePredictions(first, second, { seed: context.seed, resamples }) });
      task.update(comparisons.length);
    }
  } finally {
    task.end();
  }
  return { reference, split, comparisons };
}
