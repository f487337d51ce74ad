import type { Progress } from '../../progress.js';
import type { Dataset, ImageRecord, LinkedImages } from '../dataset.js';
import { findLikePairs, type LikePair, type Thumbnails } from '../likeness/findLikePairs.js';
import { poses } from '../likeness/poses.js';
import { type Interruption, throwIfInterrupted } from './identicalImages.js';

/** Two images that show the same as far as pixels can tell. They are kept on one side; what the table says of them is left as it is. */
export interface NearDuplicates extends LinkedImages {
  readonly kind: 'near';
  /** Correlations of what both show, -1 to 1: of brightness, and of its fine detail. */
  readonly likeness: { readonly whole: number; readonly detail: number };
  /** What the table says differently of the two: somebody ought to look at these. */
  readonly differ: readonly ('diagnosis' | 'lesion' | 'patient')[];
}

export interface FindNearOptions {
  readonly progress?: Progress;
  readonly signal?: Interruption;
  /** Lets others have a turn, so that the signal can be given; called now and then. */
  readonly pause?: () => Promise<void>;
}

/**
 * Looks for images of a dataset that are nearly the same. Pairs come in the order of the records.
 * @param thumbnails of images of the dataset, each [32, 32, 3]
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function findNearDuplicates(
  thumbnails: Thumbnails,
  { records, info, hasLesionIds }: Pick<Dataset, 'records' | 'info' | 'hasLesionIds'>,
  { progress, signal, pause }: FindNearOptions = {},
): Promise<NearDuplicates[]> {
  const byId = new Map(records.map((record) => [record.imageId, record] as const));
  const pairs = await findLikePairs(thumbnails, {
    progress,
    async pause() {
      await pause?.();
      throwIfInterrupted(signal, 'looking for near-duplicates');
    },
  });
  const recordAt = (index: number) => byId.get(thumbnails.imageIds[index])!;
  return pairs.map((pair) =>
    describePair(pair, recordAt(pair.first), recordAt(pair.second), info.classes, hasLesionIds),
  );
}

/** Pairs that the table tells apart, those with two diagnoses first: one of the two is wrong as a rule. */
export function doubtfulPairs(near: readonly NearDuplicates[]): NearDuplicates[] {
  const other = ({ differ }: NearDuplicates) => Number(differ.includes('diagnosis'));
  return near.filter(({ differ }) => differ.length > 0).sort((a, b) => other(b) - other(a));
}

function describePair(
  { likeness: { whole, detail }, pose }: LikePair,
  first: ImageRecord,
  second: ImageRecord,
  classes: Dataset['info']['classes'],
  hasLesionIds: boolean,
): NearDuplicates {
  const [one, other] = [first, second].map(({ label }) => classes[label].id);
  const differ = [
    ...(one === other ? [] : ['diagnosis' as const]),
    ...(hasLesionIds && first.lesionId !== second.lesionId ? ['lesion' as const] : []),
    ...(first.patientId !== undefined && second.patientId !== undefined && first.patientId !== second.patientId
      ? ['patient' as const]
      : []),
  ];
  const round = (value: number) => Math.round(value * 1e4) / 1e4;
  const turned = poses[pose].words;
  return {
    kind: 'near',
    imageIds: [first.imageId, second.imageId],
    because: `correlation ${whole.toFixed(3)}, of fine detail ${detail.toFixed(3)}${turned && `, the second ${turned}`}`,
    likeness: { whole: round(whole), detail: round(detail) },
    differ,
  };
}
