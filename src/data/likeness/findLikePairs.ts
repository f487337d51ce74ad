import { type Progress, silentProgress } from '../../progress.js';
import { compareAligned, type Likeness, makeTemplate, type Template, takeDetail } from './alignPictures.js';
import { HashIndex } from './hashIndex.js';
import { brightness, markPicture, thumbnailSize, viewCount } from './imageHash.js';
import { poses, turnSquare } from './poses.js';

/** Small pictures of images by position, [32, 32, 3] bytes each: the whole image, squashed. */
export interface Thumbnails {
  readonly imageIds: readonly string[];
  /** Puts the picture of an image into `target`. */
  read(index: number, target: Uint8Array): void;
}

/** Two images that show the same, as far as pixels can tell. */
export interface LikePair {
  /** Positions, the first before the second. */
  readonly first: number;
  readonly second: number;
  readonly likeness: Likeness;
  /** Position in `poses` of the way in which the first lies as the second does. */
  readonly pose: number;
}

/** Where two pictures count as the same. */
export interface LikenessThresholds {
  /** Bits of 63 in which hashes of candidates may differ, by how many images there are: candidates grow with their square. */
  hashDistance(images: number): number;
  /** Candidates of an image that are laid on it: the most alike by their slow waves. */
  readonly candidates: number;
  /** Least correlation of their slow waves, for a candidate. */
  readonly waves: number;
  /** Least correlations of what is aligned: of brightness, and of its fine detail. */
  readonly whole: number;
  readonly detail: number;
}

/** Chosen by measurement: docs/decisions/0015-near-duplicates.md */
export const likenessThresholds: LikenessThresholds = {
  hashDistance: (images) => (images <= 30_000 ? 15 : 11),
  candidates: 3,
  waves: 0.8,
  whole: 0.8,
  detail: 0.8,
};

export interface FindLikePairsOptions {
  readonly thresholds?: LikenessThresholds;
  readonly progress?: Progress;
  /** Called now and then, so that a signal can end it. */
  readonly pause?: () => Promise<void>;
}

interface Candidate {
  position: number;
  pose: number;
  /** Scalar product of the waves. */
  likeness: number;
}

/**
 * Finds images that show the same though their files differ: saved anew, resized, cut by a few per cent, turned by quarters or mirrored, brightened, or
 * photographed twice from nearly the same place. Candidates are pairs whose perceptual hashes differ in few bits in any of the eight poses; the most alike
 * are laid on each other and their pixels compared. Takes about 200 bytes of memory an image beside the thumbnails' own.
 */
export async function findLikePairs(
  thumbnails: Thumbnails,
  { thresholds = likenessThresholds, progress = silentProgress, pause }: FindLikePairsOptions = {},
): Promise<LikePair[]> {
  const count = thumbnails.imageIds.length;
  const pixels = new Uint8Array(thumbnailSize ** 2 * 3);
  const greyOf = (index: number) => {
    thumbnails.read(index, pixels);
    return brightness(pixels);
  };
  const task = progress.start('Looking for near-duplicates', 2 * count);
  try {
    const marks = await markAll(count, greyOf, async (done) => {
      task.update(done);
      await pause?.();
    });
    const findCandidates = candidateSearch(marks, thresholds);
    const pairs: LikePair[] = [];
    for (let first = 0; first < count; first++) {
      const grey = greyOf(first);
      const templates = new Map<number, Template>();
      const found = new Set<number>();
      for (const { position, pose } of findCandidates(first, grey)) {
        if (found.has(position)) continue;
        const turned = () => makeTemplate(takeDetail(turnSquare(grey, thumbnailSize, poses[pose]), thumbnailSize));
        const template = templates.get(pose) ?? turned();
        templates.set(pose, template);
        const likeness = compareAligned(template, takeDetail(greyOf(position), thumbnailSize));
        if (!likeness || likeness.whole < thresholds.whole || likeness.detail < thresholds.detail) continue;
        pairs.push({ first, second: position, likeness, pose });
        found.add(position);
      }
      if (first % 64 === 0) {
        task.update(count + first);
        await pause?.();
      }
    }
    task.update(2 * count);
    return pairs;
  } finally {
    task.end();
  }
}

/** Hashes and waves of all pictures as they lie, by view. */
interface Marks {
  readonly count: number;
  readonly high: readonly Uint32Array[];
  readonly low: readonly Uint32Array[];
  readonly waves: readonly Int8Array[];
}

async function markAll(
  count: number,
  greyOf: (index: number) => Float32Array,
  pause: (done: number) => Promise<void>,
): Promise<Marks> {
  const byView = <T>(make: () => T) => Array.from({ length: viewCount }, make);
  const high = byView(() => new Uint32Array(count));
  const low = byView(() => new Uint32Array(count));
  const waves = byView(() => new Int8Array(count * 64));
  for (let i = 0; i < count; i++) {
    for (const [view, [asItIs]] of markPicture(greyOf(i)).entries()) {
      high[view][i] = asItIs.hash.high;
      low[view][i] = asItIs.hash.low;
      waves[view].set(asItIs.waves, 64 * i);
    }
    if (i % 256 === 0) await pause(i);
  }
  return { count, high, low, waves };
}

/** @returns of a picture the candidates behind it, the most alike first */
function candidateSearch(
  { count, high, low, waves }: Marks,
  { hashDistance, candidates, waves: least }: LikenessThresholds,
) {
  const leastProduct = least * 127 ** 2;
  const indices = high.map((_, view) => new HashIndex(high[view], low[view], hashDistance(count)));
  return (first: number, grey: Float32Array): readonly Candidate[] => {
    const best: Candidate[] = [];
    const offer = (position: number, pose: number, likeness: number) => {
      if (best.length === candidates && likeness <= best[best.length - 1].likeness) return;
      const same = best.findIndex((other) => other.position === position && other.pose === pose);
      if (same >= 0) {
        if (best[same].likeness >= likeness) return;
        best.splice(same, 1);
      } else if (best.length === candidates) best.pop();
      const at = best.findIndex((other) => other.likeness < likeness);
      best.splice(at < 0 ? best.length : at, 0, { position, pose, likeness });
    };
    for (const [view, marks] of markPicture(grey).entries())
      for (const [pose, { hash, waves: own }] of marks.entries()) {
        const others = waves[view];
        indices[view].query(hash, first, (position) => {
          let product = 0;
          for (let k = 1, at = 64 * position + 1; k < 64; k++, at++) product += own[k] * others[at];
          if (product >= leastProduct) offer(position, pose, product);
        });
      }
    return best;
  };
}
