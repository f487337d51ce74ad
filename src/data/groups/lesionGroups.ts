import { countClasses } from '../classWeights.js';
import type { ImageRecord } from '../dataset.js';

/** Images that must stay on one side of every split: those of one lesion, and lesions that share an image. */
export interface LesionGroup {
  /** Positions in the list of records, ascending. */
  readonly indices: readonly number[];
  /** Images by class, [K]; more than one class where a lesion has two diagnoses. */
  readonly counts: readonly number[];
  /** The class of most of its images, the first among equals. */
  readonly label: number;
}

/**
 * Groups records by lesion, in the order of each group's first record.
 * @param linked further sets of image ids that belong together (byte-identical images); ids without a record are ignored
 */
export function groupByLesion(
  records: readonly ImageRecord[],
  classCount: number,
  linked: readonly (readonly string[])[] = [],
): LesionGroup[] {
  // Union-find over records; the root of a set is its first record.
  const parent = records.map((_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root];
    parent[i] = root;
    return root;
  };
  const join = (a: number, b: number) => {
    const [low, high] = [rootOf(a), rootOf(b)].sort((x, y) => x - y);
    parent[high] = low;
  };

  const firstOfLesion = new Map<string, number>();
  const indexOf = new Map<string, number>();
  for (const [i, { lesionId, imageId }] of records.entries()) {
    indexOf.set(imageId, i);
    const first = firstOfLesion.get(lesionId);
    if (first === undefined) firstOfLesion.set(lesionId, i);
    else join(first, i);
  }
  for (const ids of linked) {
    const present = ids.flatMap((id) => indexOf.get(id) ?? []);
    for (const index of present.slice(1)) join(present[0], index);
  }

  const members = new Map<number, number[]>();
  for (let i = 0; i < records.length; i++) {
    const root = rootOf(i);
    const group = members.get(root);
    if (group) group.push(i);
    else members.set(root, [i]);
  }
  return [...members.values()].map((indices) => {
    const counts = countClasses(
      indices.map((i) => records[i]),
      classCount,
    );
    return { indices, counts, label: counts.indexOf(Math.max(...counts)) };
  });
}

/** Number of distinct lesions. */
export function countLesions(records: readonly Pick<ImageRecord, 'lesionId'>[]): number {
  return new Set(records.map(({ lesionId }) => lesionId)).size;
}
