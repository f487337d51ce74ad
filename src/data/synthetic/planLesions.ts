import { usageError } from '../../errors.js';
import { Random } from '../../random.js';

/** One lesion of a synthetic dataset, before anything is drawn. */
export interface PlannedLesion {
  readonly lesion: number;
  readonly classId: string;
  /** Number of pictures of it. */
  readonly pictures: number;
  readonly dxType: string;
  readonly age: number | null;
  readonly sex: string;
  readonly localization: string;
}

interface ClassStatistics {
  /** Images and lesions in HAM10000. */
  readonly images: number;
  readonly lesions: number;
  /** Mean and standard deviation, years. */
  readonly age: readonly [number, number];
  /** Relative frequencies. */
  readonly dxType: Readonly<Record<string, number>>;
  readonly male: number;
  readonly localization: Readonly<Record<string, number>>;
}

/** Counts over HAM10000's own metadata, rounded: they make the synthetic table as lopsided as the real one. */
const statistics: Readonly<Record<string, ClassStatistics>> = {
  akiec: {
    images: 327,
    lesions: 228,
    age: [66, 11],
    dxType: { histo: 1 },
    male: 0.68,
    localization: {
      face: 35,
      'lower extremity': 20,
      'upper extremity': 19,
      back: 9,
      scalp: 4,
      hand: 4,
      chest: 4,
      neck: 3,
    },
  },
  bcc: {
    images: 514,
    lesions: 327,
    age: [67, 14],
    dxType: { histo: 1 },
    male: 0.62,
    localization: {
      back: 36,
      face: 20,
      'lower extremity': 11,
      'upper extremity': 10,
      chest: 9,
      scalp: 4,
      abdomen: 4,
      neck: 3,
      unknown: 1,
    },
  },
  bkl: {
    images: 1099,
    lesions: 727,
    age: [64, 14],
    dxType: { histo: 70, consensus: 24, confocal: 6 },
    male: 0.57,
    localization: {
      face: 29,
      back: 18,
      'lower extremity': 16,
      'upper extremity': 9,
      chest: 7,
      trunk: 7,
      abdomen: 4,
      scalp: 3,
      neck: 3,
      unknown: 2,
      hand: 1,
    },
  },
  df: {
    images: 115,
    lesions: 73,
    age: [53, 14],
    dxType: { consensus: 52, histo: 48 },
    male: 0.55,
    localization: { 'lower extremity': 71, 'upper extremity': 21, abdomen: 3, back: 2, foot: 2, genital: 1 },
  },
  mel: {
    images: 1113,
    lesions: 614,
    age: [61, 15],
    dxType: { histo: 1 },
    male: 0.62,
    localization: {
      back: 29,
      'upper extremity': 19,
      'lower extremity': 17,
      face: 9,
      chest: 6,
      abdomen: 6,
      trunk: 4,
      neck: 3,
      foot: 3,
      ear: 2,
      scalp: 1,
      unknown: 1,
    },
  },
  nv: {
    images: 6705,
    lesions: 5403,
    age: [46, 15],
    dxType: { follow_up: 55, histo: 37, consensus: 8 },
    male: 0.51,
    localization: {
      'lower extremity': 22,
      back: 21,
      trunk: 19,
      abdomen: 13,
      'upper extremity': 10,
      foot: 4,
      chest: 3,
      unknown: 3,
      face: 1.5,
      neck: 1,
      hand: 1,
      genital: 1,
      scalp: 0.7,
      ear: 0.4,
      acral: 0.2,
    },
  },
  vasc: {
    images: 142,
    lesions: 98,
    age: [51, 21],
    dxType: { consensus: 53, histo: 47 },
    male: 0.49,
    localization: {
      trunk: 22,
      'lower extremity': 19,
      abdomen: 19,
      back: 15,
      'upper extremity': 8,
      face: 6,
      chest: 4,
      hand: 4,
      neck: 2,
      scalp: 1,
    },
  },
};

/** A class keeps this many lesions however rare it is, so that every split gets some. */
const fewestLesions = 12;
const mostPictures = 4;

/**
 * Decides how many lesions each class gets, how many pictures each lesion, and each one's row of metadata.
 * @param images number of images in all; the result has exactly as many
 * @throws LesionlabError kind `usage` where there are fewer images than classes, or an unknown class
 */
export function planLesions(images: number, seed: number, classIds: readonly string[]): PlannedLesion[] {
  for (const id of classIds) {
    if (!statistics[id])
      throw usageError('unknown-class', `There is no synthetic class "${id}".`, {
        hint: `Choose from ${Object.keys(statistics).join(', ')}.`,
      });
  }
  if (classIds.length === 0 || !Number.isInteger(images) || images < classIds.length)
    throw usageError('too-few-images', `${images} images are too few for ${classIds.length} classes.`, {
      hint: 'Ask for at least one image a class; 200 or more make a dataset that can be split.',
    });
  const random = new Random(seed, 'synthetic plan');
  const lesions: PlannedLesion[] = [];
  for (const [classId, count] of countImages(images, classIds)) {
    for (const pictures of countPictures(count, images / classIds.length, statistics[classId], random)) {
      lesions.push({ lesion: 0, classId, pictures, ...drawPatient(statistics[classId], random) });
    }
  }
  random.shuffle(lesions);
  return lesions.map((lesion, index) => ({ ...lesion, lesion: index + 1 }));
}

/** Images a class: HAM10000's shares, but enough of the rare ones; the most frequent class gives and takes the rest. */
function countImages(images: number, classIds: readonly string[]): Map<string, number> {
  const total = classIds.reduce((sum, id) => sum + statistics[id].images, 0);
  const fewest = Math.min(Math.ceil(fewestLesions * 1.4), Math.floor(images / classIds.length));
  const counts = new Map(
    classIds.map((id) => [id, Math.max(fewest, Math.round((images * statistics[id].images) / total))]),
  );
  const spare = () => images - [...counts.values()].reduce((sum, count) => sum + count, 0);
  const frequent = [...classIds].sort((a, b) => statistics[b].images - statistics[a].images);
  for (let rest = spare(); rest !== 0; rest = spare()) {
    const id = rest > 0 ? frequent[0] : frequent.find((candidate) => counts.get(candidate)! > fewest)!;
    counts.set(id, Math.max(fewest, counts.get(id)! + rest));
  }
  return counts;
}

/** Pictures a lesion, which add up to `count`. */
function countPictures(count: number, evenShare: number, known: ClassStatistics, random: Random): number[] {
  const fewest = Math.min(fewestLesions, Math.floor(evenShare), count);
  const lesions = Math.max(fewest, Math.round((count * known.lesions) / known.images), Math.ceil(count / mostPictures));
  const pictures = new Array<number>(lesions).fill(1);
  for (let rest = count - lesions; rest > 0; ) {
    const index = random.integer(lesions);
    if (pictures[index] >= mostPictures) continue;
    pictures[index]++;
    rest--;
  }
  return pictures;
}

function drawPatient(
  known: ClassStatistics,
  random: Random,
): Pick<PlannedLesion, 'dxType' | 'age' | 'sex' | 'localization'> {
  const years = Math.round(random.normal(...known.age) / 5) * 5;
  return {
    dxType: pick(known.dxType, random),
    age: random.next() < 0.01 ? null : Math.min(85, Math.max(5, years)),
    sex: random.next() < 0.008 ? 'unknown' : random.next() < known.male ? 'male' : 'female',
    localization: pick(known.localization, random),
  };
}

function pick(weights: Readonly<Record<string, number>>, random: Random): string {
  const entries = Object.entries(weights);
  let left = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) {
    left -= weight;
    if (left < 0) return name;
  }
  return entries[entries.length - 1][0];
}
