import type { SplitName } from '../../data/dataset.js';

/**
 * What readers must know where images that are predicted have the names of a run's own: a network's answers about images that it learned
 * from, or whose best epoch was chosen by them, say nothing about how it does on new ones.
 * @param splits of the run's image with the same id, for every image that is predicted; null where it has none
 * @returns undefined where nothing needs to be said
 */
export function describeLearnedImages(splits: readonly (SplitName | null)[]): string | undefined {
  const learned = splits.filter((split) => split === 'train' || split === 'validation').length;
  if (learned === 0) return undefined;
  if (splits.length === 1)
    return 'The image has the name of one that the network was trained or chosen on: the answer about it flatters the network.';
  return (
    `${learned.toLocaleString('en')} of ${splits.length.toLocaleString('en')} images ${learned === 1 ? 'has the name of one' : 'have the names of images'} ` +
    'that the network was trained or chosen on: answers about them flatter it.'
  );
}
