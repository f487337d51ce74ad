import type { Dataset } from '../../data/dataset.js';
import { accuracy, balancedAccuracy, macroAuroc } from '../metrics/metrics.js';
import { scoreImages } from '../metrics/scoredImages.js';
import type { Predictions } from '../predictions/predictions.js';
import { takeRows } from '../predictions/takeRows.js';

/** Images that a classifier learned from, as far as somebody lists them. */
export interface TrainingList {
  /** Where the list is from. */
  readonly source: string;
  readonly imageIds: ReadonlySet<string>;
  /** Lesions and patients of these images, where the list knows them. */
  readonly lesionIds: ReadonlySet<string>;
  readonly patientIds: ReadonlySet<string>;
  /** Listed images of which neither the list nor the truth names a lesion: other photographs of theirs can't be told. Left out where nobody looked. */
  readonly withoutLesion?: number;
}

/** A list with what the truth knows of its images: ids alone don't tell that another photograph of the same lesion was learned from. */
export function completeTrainingList(
  list: TrainingList,
  { records, hasLesionIds, hasPatientIds }: Pick<Dataset, 'records' | 'hasLesionIds' | 'hasPatientIds'>,
): TrainingList {
  const listed = new Set([...list.imageIds].map((id) => id.toLowerCase()));
  const known = records.filter(({ imageId }) => listed.has(imageId.toLowerCase()));
  const lesions = hasLesionIds ? known.map(({ lesionId }) => lesionId) : [];
  const patients = hasPatientIds ? known.flatMap(({ patientId }) => patientId ?? []) : [];
  return {
    ...list,
    lesionIds: new Set([...list.lesionIds, ...lesions]),
    patientIds: new Set([...list.patientIds, ...patients]),
    withoutLesion: list.lesionIds.size > 0 ? 0 : listed.size - lesions.length,
  };
}

/** How many of the scored images a classifier learned from, and how it does on the others. */
export interface TrainingOverlap {
  readonly source: string;
  /** Images listed. */
  readonly listed: number;
  /** Scored images that are listed themselves, by their ids. */
  readonly images: number;
  /** Listed images whose lesion nothing names, so that other photographs of these can't be told; 0 where the list has lesions. */
  readonly withoutLesion?: number;
  /** Others of a lesion, and others of a patient, with a listed image. */
  readonly sameLesion: number;
  readonly samePatient: number;
  /** On the images with none of these; null where none is left, or all are. */
  readonly withoutThem: {
    readonly images: number;
    readonly accuracy: number;
    readonly balancedAccuracy: number;
    readonly macroAuroc: number | null;
  } | null;
}

/** @param predictions of images, not joined */
export function findTrainingOverlap(predictions: Predictions, list: TrainingList): TrainingOverlap {
  const { imageIds, lesionIds, clusterIds } = predictions;
  const key = (id: string) => id.toLowerCase();
  const listed = new Set([...list.imageIds].map(key));
  const kinds = imageIds.map((id, i) => {
    if (listed.has(key(id))) return 'image';
    if (lesionIds[i] !== id && list.lesionIds.has(lesionIds[i])) return 'lesion';
    return clusterIds && list.patientIds.has(clusterIds[i]) ? 'patient' : undefined;
  });
  const count = (kind: string) => kinds.filter((own) => own === kind).length;
  const rows = [...kinds.keys()].filter((i) => kinds[i] === undefined);
  const others = rows.length > 0 && rows.length < imageIds.length ? scoreImages(takeRows(predictions, rows)) : null;
  const area = others ? macroAuroc(others) : Number.NaN;
  return {
    source: list.source,
    listed: list.imageIds.size,
    ...(list.withoutLesion !== undefined && { withoutLesion: list.withoutLesion }),
    images: count('image'),
    sameLesion: count('lesion'),
    samePatient: count('patient'),
    withoutThem: others && {
      images: rows.length,
      accuracy: accuracy(others),
      balancedAccuracy: balancedAccuracy(others),
      macroAuroc: Number.isNaN(area) ? null : area,
    },
  };
}
