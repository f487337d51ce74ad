import { formatCount } from '../node/machine/formatQuantity.js';

/** Longest list of images in text; config.json and `--json` have all of them. */
const shownImages = 20;

/** What was left out by `--exclude-unusable`, as lines of text: none where nothing was. */
export function listExcluded(imageIds: readonly string[]): string[] {
  if (imageIds.length === 0) return [];
  const shown = imageIds.slice(0, shownImages).join(', ');
  const more = imageIds.length > shownImages ? ` and ${formatCount(imageIds.length - shownImages)} more` : '';
  const what = imageIds.length === 1 ? 'image' : 'images';
  return [`Left out as unusable: ${formatCount(imageIds.length)} ${what}: ${shown}${more}.`, ''];
}
