import { type AnyConfig, countFolds } from '../training/recipe/ensembleConfig.js';
import { formatCountOf } from './format.js';

/**
 * What the numbers of folds that answer together are of, a few sentences; null of any other run. None of its own images can test what it answers with: what is
 * shown is each image as the one network answered that did not learn from its lesion.
 */
export function describeOutOfFold(config: AnyConfig): string | null {
  const folds = countFolds(config);
  if (folds === null) return null;
  return (
    `These numbers are out of fold: each image was answered by the one of ${formatCountOf(folds, 'network')} that had not learned from its lesion. ` +
    `This run answers with the mean of all ${folds}, which can’t be tested on these images: each of them was learned from, or chose an epoch, for the others. On other data it has to be tested before anything is known of it.`
  );
}

/** How the data of such a run were divided. @param folds how many there are */
export const describeFolds = (folds: number): string =>
  `The data were divided into ${folds} folds, whole patients and lesions together. Each network was tested on one of them, had its epoch chosen on another, and learned from the rest; so every image is a test image once.`;
