import { splitNames } from '../../../../src/data/dataset.js';

/** The name of an evaluation where that is of external data; undefined where it is of a split of the run's own. */
export const externalName = (evaluation: string): string | undefined =>
  (splitNames as readonly string[]).includes(evaluation) ? undefined : evaluation;
