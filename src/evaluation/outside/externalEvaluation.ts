import type { DataOptions, SplitName } from '../../data/dataset.js';
import type { SampleComparison } from '../comparison/compareSamples.js';
import type { Evaluation } from '../evaluate.js';
import type { FoundClass } from './classMap.js';

/** Scores as if only some of the classes could be answered, and how they differ from the test split's, restricted likewise. */
export interface RestrictedEvaluation extends Evaluation {
  readonly comparison: SampleComparison | null;
}

/** Where external data came from and what was made of it. */
export interface ExternalDescription {
  /** Folder or table, absolute. */
  readonly source: string;
  /** Name of the dataset. */
  readonly dataset: string;
  /** By the data's class id the run's; null for a class that was left out. */
  readonly map: Readonly<Record<string, string | null>>;
  readonly leftOut: readonly FoundClass[];
  /** Ids of the classes that `restricted` is about; null where that was not asked for. */
  readonly restricted: readonly string[] | null;
  /** Ids of images that can't be used. */
  readonly excluded: readonly string[];
  /** Whether lesion ids are real; false where each image counts as a lesion of its own. */
  readonly hasLesionIds: boolean;
  /** Images that the run has as well, by their files (null where those could not be compared) and by their ids. */
  readonly overlap: {
    readonly identical: Readonly<Record<SplitName, number>> | null;
    readonly sameId: Readonly<Record<SplitName, number>>;
  };
  /** Which of the data's images were meant; left out where nothing was asked for. */
  readonly options?: DataOptions;
  /** What to mind, sentences for readers. */
  readonly notes: readonly string[];
}

/** evaluation.json of external data: all that a split's has, over all of the run's classes, and more. */
export interface ExternalEvaluation extends Evaluation {
  readonly external: ExternalDescription;
  /** Differences to the run's test split; null where that was not evaluated with the same weights. */
  readonly comparison: SampleComparison | null;
  /** Null where it was not asked for. */
  readonly restricted: RestrictedEvaluation | null;
}

/** Whether an evaluation is of external data. */
export const isExternalEvaluation = (evaluation: Evaluation): evaluation is ExternalEvaluation =>
  'external' in evaluation;
