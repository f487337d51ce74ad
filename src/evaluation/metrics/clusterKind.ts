import type { Predictions } from '../predictions/predictions.js';

/** The widest group of images that predictions know to belong together: what intervals resample. */
export type ClusterKind = 'image' | 'lesion' | 'patient';

/** What a resample of predictions draws: patients where some have several lesions, else lesions where some have several images. */
export function clusterKind({ clusterIds, lesionIds, imageIds }: Predictions): ClusterKind {
  if (clusterIds?.some((id, i) => id !== lesionIds[i])) return 'patient';
  return lesionIds.some((id, i) => id !== imageIds[i]) ? 'lesion' : 'image';
}
