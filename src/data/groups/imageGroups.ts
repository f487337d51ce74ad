import { countClasses } from '../classWeights.js';
import type { ImageRecord, LinkedImages } from '../dataset.js';

/** Images that must stay on one side of every split: those of one patient, of one lesion, and whatever is linked to them. */
export interface ImageGroup {
  /** Positions in the list of records, ascending. */
  readonly indices: readonly number[];
  /** Images by class, [K]; more than one class where a lesion has two diagnoses or a patient several lesions. */
  readonly counts: readonly number[];
  /** The class of most of its images, the first among equals. */
  readonly label: number;
}

/** What belongs together beside the images of a lesion. */
export interface GroupOptions {
  /** Images that belong together for other reasons; ids without a record are ignored. */
  readonly links?: readonly LinkedImages[];
  /** Whether lesions of one patient belong together, where patients are known. Default true. */
  readonly patients?: boolean;
}

/**
 * Groups records: connected components over patients, lesions and links, in the order of each group's first record.
 */
export function groupImages(
  records: readonly ImageRecord[],
  classCount: number,
  { links = [], patients = true }: GroupOptions = {},
): ImageGroup[] {
  const sets = new DisjointSets(records.length);
  const joinBy = (keyOf: (record: ImageRecord) => string | undefined) => {
    const first = new Map<string, number>();
    for (const [i, record] of records.entries()) {
      const key = keyOf(record);
      if (key === undefined) continue;
      const before = first.get(key);
      if (before === undefined) first.set(key, i);
      else sets.join(before, i);
    }
  };
  joinBy(({ lesionId }) => lesionId);
  if (patients) joinBy(({ patientId }) => patientId);
  const indexOf = links.length > 0 ? new Map(records.map(({ imageId }, i) => [imageId, i] as const)) : undefined;
  for (const { imageIds } of links) {
    const present = imageIds.flatMap((id) => indexOf?.get(id) ?? []);
    for (const index of present.slice(1)) sets.join(present[0], index);
  }
  return sets.members().map((indices) => {
    const counts = countClasses(
      indices.map((i) => records[i]),
      classCount,
    );
    return { indices, counts, label: counts.indexOf(Math.max(...counts)) };
  });
}

/** Union-find over 0 to n - 1; the root of a set is its smallest member. */
class DisjointSets {
  readonly #parent: Int32Array;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i);
  }

  #rootOf(i: number): number {
    const parent = this.#parent;
    let root = i;
    while (parent[root] !== root) root = parent[root];
    // Whatever was passed on the way points to the root from now on.
    for (let at = i; at !== root; ) {
      const next = parent[at];
      parent[at] = root;
      at = next;
    }
    return root;
  }

  join(a: number, b: number): void {
    const [one, other] = [this.#rootOf(a), this.#rootOf(b)];
    this.#parent[Math.max(one, other)] = Math.min(one, other);
  }

  /** Sets in the order of their smallest members, members ascending. */
  members(): number[][] {
    const byRoot = new Map<number, number[]>();
    for (let i = 0; i < this.#parent.length; i++) {
      const root = this.#rootOf(i);
      const own = byRoot.get(root);
      if (own) own.push(i);
      else byRoot.set(root, [i]);
    }
    return [...byRoot.values()];
  }
}

/** Number of distinct lesions. */
export function countLesions(records: readonly Pick<ImageRecord, 'lesionId'>[]): number {
  return new Set(records.map(({ lesionId }) => lesionId)).size;
}
