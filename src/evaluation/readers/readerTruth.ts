import type { ClassInfo } from '../../data/dataset.js';
import type { Truth } from '../judging/truth.js';

/** What is true of images, from a dataset or any table. */
export interface ReaderTruth {
  readonly classes: readonly ClassInfo[];
  readonly imageIds: readonly string[];
  /** [N], class indices. */
  readonly labels: ArrayLike<number>;
  /** [N], images of one lesion (or patient) share it; left out where nothing is known of that. */
  readonly lesionIds?: readonly string[];
}

/** A truth as readers are judged by it: what images have in common is the patient where patients are known, else the lesion. */
export function readerTruth({ info, records, hasLesionIds, hasPatientIds }: Truth): ReaderTruth {
  return {
    classes: info.classes,
    imageIds: records.map(({ imageId }) => imageId),
    labels: records.map(({ label }) => label),
    lesionIds:
      hasLesionIds || hasPatientIds
        ? records.map(({ patientId, lesionId }) => (hasPatientIds ? (patientId ?? lesionId) : lesionId))
        : undefined,
  };
}
