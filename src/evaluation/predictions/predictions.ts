import { requireDistinct, requireLabels, requireLength, requireSome, unexpected, Words } from '../../checks.js';
import type { ClassInfo } from '../../data/dataset.js';

/** Predicted probabilities of one split or one external dataset. */
export interface Predictions {
  readonly classes: readonly ClassInfo[];
  readonly imageIds: readonly string[];
  /** Images of one lesion share it; equal to `imageIds` where nothing is known of lesions. */
  readonly lesionIds: readonly string[];
  /** Images that are not independent of each other share it, such as all of one patient; `lesionIds` where left out. Intervals resample by it. */
  readonly clusterIds?: readonly string[];
  /** [N], class indices of the truth. */
  readonly labels: Int32Array;
  /** [N, K] row by row, each row sums to 1. */
  readonly probabilities: Float32Array | Float64Array;
}

/** Truths and probabilities as whoever made them holds them: the least that metrics can be computed from. */
export interface PredictionArrays {
  /** [N], class indices of the truth, or ids of `classes`. */
  readonly labels: ArrayLike<number> | ArrayLike<string>;
  /** [N, K], one array an image, or all in one row by row; each image's sum to 1. */
  readonly probabilities: ArrayLike<number> | ArrayLike<ArrayLike<number>>;
  /** [K], ids such as `mel`, in the order of the probabilities; default `0`, `1`, ... */
  readonly classes?: readonly (string | ClassInfo)[];
  /** [N], the lesion (or patient) that each image is of: images that are not independent. Default each its own. */
  readonly groups?: ArrayLike<string | number>;
  /** [N], the patient that each image is of, where lesions of one patient are not independent either; intervals then resample patients. */
  readonly patients?: ArrayLike<string | number>;
  /** [N]; default `0`, `1`, ... */
  readonly imageIds?: readonly string[];
}

/** Predictions in either form. */
export type AnyPredictions = Predictions | PredictionArrays;

/** How far a row of probabilities may be from summing to 1 before it is an error and not rounding. */
export const sumTolerance = 1e-3;

/**
 * Predictions in the one form that all of the evaluation takes, whatever form they are given in.
 * @throws LesionlabError kind `usage` where lengths don't fit, a label is no class, or numbers of arrays are no probabilities
 */
export function toPredictions(given: AnyPredictions): Predictions {
  if (isPredictions(given)) {
    const { classes, imageIds, lesionIds, labels, probabilities } = given;
    const images = labels.length;
    // Whether nothing is a fault depends on who asks.
    if (images === 0) return given;
    requireClasses(classes);
    requireLength('imageIds', imageIds, images, `one for each of ${images} labels`);
    requireLength('lesionIds', lesionIds, images, `one for each of ${images} labels`);
    requireLength(
      'probabilities',
      probabilities,
      images * classes.length,
      `${images} images x ${classes.length} classes`,
    );
    if (given.clusterIds) requireLength('clusterIds', given.clusterIds, images, `one for each of ${images} labels`);
    requireLabels('labels', labels, classes.length);
    return given;
  }
  const images = given.labels?.length;
  requireSome('labels', given.labels, 'image');
  // Predictions that came by JSON, say, name their lesions as the other form does.
  const { groups = (given as Partial<Predictions>).lesionIds } = given;
  const { rows, width } = flatten(given.probabilities, images);
  const classes = (given.classes ?? Array.from({ length: width }, (_, k) => String(k))).map((entry) =>
    typeof entry === 'string' ? { id: entry, name: entry } : entry,
  );
  requireClasses(classes);
  requireLength('classes', classes, width, `one for each of ${width} probabilities of an image`);
  const imageIds = given.imageIds ?? Array.from({ length: images }, (_, i) => String(i));
  requireLength('imageIds', imageIds, images, `one for each of ${images} images`);
  requireDistinct('imageIds', imageIds);
  requireProbabilities(rows, width, (i, found) =>
    unexpected(`probabilities of image ${imageIds[i]}`, 'numbers from 0 to 1 that sum to 1', new Words(found)),
  );
  return {
    classes,
    imageIds,
    lesionIds: groups === undefined ? imageIds : readGroups('groups', groups, images),
    ...(given.patients && { clusterIds: readGroups('patients', given.patients, images) }),
    labels: readLabels(given.labels, classes),
    probabilities: rows,
  };
}

const isFloats = (values: unknown): values is Float32Array | Float64Array =>
  values instanceof Float32Array || values instanceof Float64Array;

const isPredictions = (given: AnyPredictions): given is Predictions =>
  'lesionIds' in given && given.labels instanceof Int32Array && isFloats(given.probabilities);

function requireClasses(classes: readonly ClassInfo[]): void {
  if (classes.length < 2)
    throw unexpected(
      'classes',
      'at least 2',
      new Words(String(classes.length)),
      'A probability p of a single class is the two of 1 - p and p.',
    );
  requireDistinct(
    'classes',
    classes.map(({ id }) => id),
  );
}

/** Probabilities row by row; the classes of an image follow from their number. */
function flatten(
  given: PredictionArrays['probabilities'],
  images: number,
): { rows: Float32Array | Float64Array; width: number } {
  requireSome('probabilities', given);
  if (typeof given[0] !== 'number') {
    const table = given as ArrayLike<ArrayLike<number>>;
    requireLength('probabilities', table, images, `one row for each of ${images} labels`);
    const width = table[0]?.length ?? 0;
    const rows = new Float64Array(images * width);
    for (let i = 0; i < images; i++) {
      requireLength(`probabilities[${i}]`, table[i], width, 'one a class as in the first row');
      rows.set(table[i], i * width);
    }
    return { rows, width };
  }
  const flat = given as ArrayLike<number>;
  const width = flat.length / images;
  if (!Number.isInteger(width))
    throw unexpected('probabilities', `as many for each of ${images} labels`, new Words(`${flat.length} in all`));
  return { rows: isFloats(flat) ? flat : Float64Array.from(flat), width };
}

function readLabels(labels: PredictionArrays['labels'], classes: readonly ClassInfo[]): Int32Array {
  const indexOf = new Map(classes.map(({ id }, k) => [id, k]));
  const indices = Array.from(labels as ArrayLike<number | string>, (label, i) => {
    const index = typeof label === 'string' ? indexOf.get(label) : label;
    if (index !== undefined) return index;
    throw unexpected(`labels[${i}]`, `a class index, or one of ${[...indexOf.keys()].join(', ')}`, label);
  });
  requireLabels('labels', indices, classes.length);
  return Int32Array.from(indices);
}

function readGroups(name: string, groups: ArrayLike<string | number>, images: number): string[] {
  requireLength(name, groups, images, `one for each of ${images} images`);
  return Array.from(groups, (group, i) => {
    if (typeof group === 'string' || Number.isFinite(group)) return String(group);
    throw unexpected(`${name}[${i}]`, `the name or number of a ${name === 'groups' ? 'lesion' : 'patient'}`, group);
  });
}

/**
 * Calls `fail` for the first row that is no distribution: a number below 0 or none, or a sum other than 1.
 * @throws what `fail` makes of it
 */
export function requireProbabilities(
  probabilities: ArrayLike<number>,
  classes: number,
  fail: (image: number, found: string) => Error,
): void {
  for (let first = 0; first < probabilities.length; first += classes) {
    let sum = 0;
    let negative = false;
    for (let k = first; k < first + classes; k++) {
      sum += probabilities[k];
      // Written so that NaN fails too.
      if (!(probabilities[k] >= 0)) negative = true;
    }
    if (negative || !(Math.abs(sum - 1) <= sumTolerance))
      throw fail(first / classes, Array.from({ length: classes }, (_, k) => probabilities[first + k]).join(', '));
  }
}

/** Memory for probabilities of the same precision. */
export const floatsLike = (values: Predictions['probabilities'], length: number): Predictions['probabilities'] =>
  values instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
