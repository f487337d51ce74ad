import type { ClusterKind } from './clusterKind.js';

/** How the intervals of an evaluation were made, for readers. @param cluster the widest group of images that is known to belong together */
export function describeIntervals(resamples: number, level: number, cluster: ClusterKind): string {
  const grouped = cluster !== 'image';
  const drawn = grouped
    ? `resamples clustered by ${cluster}: ${cluster}s are drawn with replacement, each with all its images.`
    : 'resamples of images, drawn with replacement: nothing says which images are of one lesion.';
  return (
    `Percentile bootstrap of ${resamples.toLocaleString('en-US')} ${drawn} ${Number((100 * level).toPrecision(6))}% of the resamples lie within. ` +
    'Where all or none of the images behind a sensitivity, precision, specificity, negative predictive value or accuracy count, resampling shows no spread: ' +
    `there it is the Wilson score interval, with as many trials as ${cluster}s. Other numbers without spread have no interval (–).`
  );
}

/** What to mind about a class with few lesions, or images where nothing is known of lesions. */
export function noteFewLesions(
  { dx, name, lesions }: { readonly dx: string; readonly name: string; readonly lesions: number },
  grouped: boolean,
): string {
  const subject = name === dx ? dx : `${name} (${dx})`;
  const [one, many] = grouped ? ['lesion', 'lesions'] : ['image', 'images'];
  if (lesions === 0) return `${subject}: no ${many} here, so nothing is known about this class.`;
  if (lesions === 1) return `${subject}: a single ${one}, which says next to nothing about this class.`;
  return `${subject}: only ${lesions} ${many}, so its numbers and their intervals are rough.`;
}
