import type { DatasetInfo } from '../dataset.js';

/** Name of the file that marks a folder of images that lesionlab drew itself. */
export const syntheticMarker = 'SYNTHETIC.txt';

/** The record of a dataset whose images are drawn, so that nobody takes them for patients'. */
export function syntheticInfo({ id, classes }: DatasetInfo): DatasetInfo {
  return { id, classes, name: 'Synthetic images, drawn by lesionlab (no patients)', synthetic: true };
}
