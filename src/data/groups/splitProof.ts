import type { ImageRecord, LinkedImages, SplitName } from '../dataset.js';

/** How many groups of a kind there are among the images that were split, and how many of them are in more than one split: counted, not assumed. */
export interface GroupProof {
  readonly groups: number;
  readonly onTwoSides: number;
  /** Names of those on two sides (of a set of images its ids); left out where there are none. */
  readonly which?: readonly string[];
}

/** Proof for what images say of themselves, and how many don't. */
export interface IdProof extends GroupProof {
  readonly imagesWithout: number;
  /** Groups of two images or more, which the id keeps together; files of earlier versions lack it. */
  readonly ofSeveral?: number;
}

/** Proof that what belongs together is on one side, a kind of reason each. */
export interface SplitProof {
  readonly patients: IdProof;
  readonly lesions: IdProof;
  /** The dataset's own lists of duplicates. */
  readonly listed: GroupProof;
  readonly identical: GroupProof | NotLookedFor;
  readonly near: GroupProof | NotLookedFor;
}

/** What stands in place of a proof that nobody asked for. */
export type NotLookedFor = 'not looked for';

/** What a split is proved by. */
export interface SplitProofInput {
  readonly records: readonly ImageRecord[];
  /** One a record. */
  readonly splits: readonly SplitName[];
  readonly links: readonly LinkedImages[];
  readonly hasLesionIds: boolean;
  /** Kinds of links that were looked for; `listed` need no looking. */
  readonly lookedFor: readonly LinkedImages['kind'][];
}

/** Counts, for each reason why images belong together, the groups and those that a split divides. */
export function proveSplit({ records, splits, links, hasLesionIds, lookedFor }: SplitProofInput): SplitProof {
  const byId = (idOf: (record: ImageRecord) => string | undefined): IdProof => {
    const sides = new Map<string, Set<SplitName>>();
    const again = new Set<string>();
    let imagesWithout = 0;
    for (const [i, record] of records.entries()) {
      const id = idOf(record);
      if (id === undefined) {
        imagesWithout++;
        continue;
      }
      const before = sides.get(id);
      if (before) again.add(id);
      sides.set(id, (before ?? new Set()).add(splits[i]));
    }
    return { ...countDivided([...sides]), imagesWithout, ofSeveral: again.size };
  };
  const splitOf = new Map(records.map(({ imageId }, i) => [imageId, splits[i]] as const));
  const bySets = (kind: LinkedImages['kind']): GroupProof =>
    countDivided(
      links
        .filter((link) => link.kind === kind)
        .map(({ imageIds }) => imageIds.filter((id) => splitOf.has(id)))
        .filter(({ length }) => length > 1)
        .map((ids) => [ids.join(', '), new Set(ids.map((id) => splitOf.get(id)!))] as const),
    );
  const ifLooked = (kind: LinkedImages['kind']) => (lookedFor.includes(kind) ? bySets(kind) : 'not looked for');
  return {
    patients: byId(({ patientId }) => patientId),
    // Where an image has no lesion id, its own stands in place of one.
    lesions: byId(({ lesionId, imageId }) => (hasLesionIds && lesionId !== imageId ? lesionId : undefined)),
    listed: bySets('listed'),
    identical: ifLooked('identical'),
    near: ifLooked('near'),
  };
}

function countDivided(groups: readonly (readonly [name: string, sides: ReadonlySet<SplitName>])[]): GroupProof {
  const which = groups.filter(([, sides]) => sides.size > 1).map(([name]) => name);
  return { groups: groups.length, onTwoSides: which.length, ...(which.length > 0 && { which }) };
}
