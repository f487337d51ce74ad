import type { Predictions } from './predictions.js';

/** An image with whose it is. */
export interface PatientRow {
  readonly imageId: string;
  readonly lesionId: string;
  /** Undefined where nobody knows. */
  readonly patientId?: string;
}

/**
 * Predictions with the patients that a table beside them names, so that intervals resample them: predictions.csv itself names lesions alone.
 * @param predictions of images, of lesions or of patients, each by its id
 * @param rows of splits.csv, or of patients.csv of other data; the predictions come back as they are where none names a patient
 */
export function withPatients(predictions: Predictions, rows: readonly PatientRow[]): Predictions {
  if (rows.every(({ patientId }) => patientId === undefined)) return predictions;
  const patientOf = new Map<string, string>();
  const byLesion = new Map<string, string>();
  for (const { imageId, lesionId, patientId } of rows) {
    if (patientId === undefined) continue;
    patientOf.set(imageId, patientId);
    byLesion.set(lesionId, patientId);
  }
  const { imageIds, lesionIds } = predictions;
  // An id of a patient is among neither, and stands for itself.
  return {
    ...predictions,
    clusterIds: imageIds.map((id, i) => patientOf.get(id) ?? byLesion.get(lesionIds[i]) ?? lesionIds[i]),
  };
}
