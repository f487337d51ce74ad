import { dataError, usageError } from '../../errors.js';
import { Random } from '../../random.js';
import { type ClassInfo, type ImageRecord, type JoinedSource, type SplitName, splitNames } from '../dataset.js';
import { composed } from '../storedFile.js';
import { groupImages, type ImageGroup } from './imageGroups.js';
import type { Mend } from './mends.js';
import { defaultRatios, partition, type SplitOptions } from './split.js';
import type { SplitFile } from './splitFile.js';
import { findByImage } from './splitsCsv.js';

/** How a split that others made is taken over. */
export interface GivenSplitOptions extends SplitOptions {
  /** Refused where undefined and the split divides a group. */
  readonly mend?: Mend;
  /** What the split is, for messages: `The official split`. */
  readonly what: string;
}

/**
 * Takes over a split that somebody made: parts that have no images at all (validation, as a rule) are drawn by whole groups from the training part, and what
 * is in no part trains.
 * @param given the part of each record; undefined where it is in none
 * @returns the part of each record; null for images that leave, so that no group is on two sides
 * @throws LesionlabError kind `data` where it divides a group and `mend` is undefined, listing each of them, and where there is nothing to train on; as
 *   `splitDataset` for parts that are drawn
 */
export function splitAsGiven(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  given: readonly (SplitName | undefined)[],
  { mend, what, ratios = defaultRatios, seed, links, file }: GivenSplitOptions,
): (SplitName | null)[] {
  const sides: (SplitName | null)[] = given.map((side) => side ?? 'train');
  const divided = groupImages(records, classes.length, { links }).filter(
    ({ indices }) => new Set(indices.map((i) => sides[i])).size > 1,
  );
  if (divided.length > 0 && mend === undefined) throw divides(what, records, sides, divided, file);
  if (mend === 'drop-from-train')
    for (const { indices } of divided) {
      const last = splitNames.findLast((name) => indices.some((i) => sides[i] === name))!;
      for (const i of indices) if (sides[i] !== last) sides[i] = null;
    }
  const missing = splitNames.filter((name) => name !== 'train' && !sides.includes(name));
  const pool = [...sides.keys()].filter((i) => sides[i] === 'train');
  if (pool.length === 0)
    throw dataError('nothing-to-train-on', `${what} leaves no image to train on.`, {
      hint:
        divided.length > 0
          ? 'Every training image is of a group that is in another part too: take data with other images along.'
          : 'Take data along that has a training part, or split anew.',
    });
  if (missing.length === 0) return sides;
  const drawn: readonly SplitName[] = ['train', ...missing];
  const parts = partition(
    pool.map((i) => records[i]),
    classes,
    {
      ratios: drawn.map((name) => ratios[splitNames.indexOf(name)]),
      random: new Random(seed, 'split'),
      links,
      file,
      what: 'splits',
    },
  );
  for (const [at, part] of parts.entries()) sides[pool[at]] = drawn[part];
  return sides;
}

/**
 * The part that the dataset's makers put each record into, taken over by `splitAsGiven`. Test images that don't count in the dataset's own score (weight 0)
 * are in no part.
 * @throws LesionlabError kind `usage` where the dataset has no official split; as `splitAsGiven` does
 */
export function officialSplit(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  options: Omit<GivenSplitOptions, 'what'>,
): (SplitName | null)[] {
  const given = records.map(({ officialSplit }) => officialSplit);
  if (given.every((side) => side === undefined))
    throw usageError('no-official-split', `${options.file ?? 'The data'} has no official split.`, {
      hint: {
        terminal: 'Leave --split out: lesionlab draws one, by whole patients and lesions.',
        page: 'Have a split drawn, by whole patients and lesions.',
      },
    });
  const counts = ({ scoreWeight, officialSplit }: ImageRecord) => officialSplit !== 'test' || scoreWeight !== 0;
  const scored = [...records.keys()].filter((i) => counts(records[i]));
  return splitSome(records, classes, given, scored, { ...options, what: 'The official split' });
}

/** Some of the records divided as given, the others in no part. */
function splitSome(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  given: readonly (SplitName | undefined)[],
  taken: readonly number[],
  options: GivenSplitOptions,
): (SplitName | null)[] {
  const sides = splitAsGiven(
    taken.map((i) => records[i]),
    classes,
    taken.map((i) => given[i]),
    options,
  );
  const result = new Array<SplitName | null>(records.length).fill(null);
  for (const [at, i] of taken.entries()) result[i] = sides[at];
  return result;
}

/**
 * The part that a split file puts each record into, taken over by `splitAsGiven`. Images of the data that the file doesn't name are in no part.
 * @param name of the file, for messages
 * @throws LesionlabError kind `data` where images of the file are missing among the records or have another diagnosis there, each of them listed; as
 *   `splitAsGiven` does
 */
export function splitByFile(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  { rows }: Pick<SplitFile, 'rows'>,
  name: string,
  options: Omit<GivenSplitOptions, 'what'>,
): (SplitName | null)[] {
  const find = findByImage(rows);
  const own = records.map(({ imageId }) => find(imageId));
  const found = new Set(own);
  const gone = rows.filter((row) => !found.has(row)).map(({ imageId }) => imageId);
  const data = options.file ?? 'the data';
  if (gone.length > 0)
    throw dataError(
      'split-of-other-data',
      `${name} lists ${gone.length} of ${rows.length} images that ${data} lacks, ${gone[0]} first.`,
      {
        hint: 'A split is taken over whole, or results on it could not be compared: take all of the data that it was made from, without leaving images out.',
        details: gone,
      },
    );
  const other = own.flatMap((row, i) => {
    const dx = classes[records[i].label].id;
    return row && composed(row.dx) !== composed(dx) ? [`${row.imageId} is ${row.dx} there and ${dx} here`] : [];
  });
  if (other.length > 0)
    throw dataError('split-of-other-labels', `${name} has other diagnoses than ${data}: ${other[0]}.`, {
      hint: 'Take the version of the data that the split was made from.',
      details: other,
    });
  const taken = [...own.keys()].filter((i) => own[i]);
  const given = own.map((row) => row?.split);
  return splitSome(records, classes, given, taken, { ...options, what: `The split of ${name}` });
}

/**
 * All images of one of several joined datasets are the test split; the others train and validate. Images of these whose patient, lesion or copy is among
 * the tested are in no part, unless they are to be kept.
 * @throws LesionlabError kind `usage` where no image is of that dataset; as `splitAsGiven` does
 */
export function testOnSource(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  source: string,
  { sources, ...options }: Omit<GivenSplitOptions, 'what'> & { readonly sources?: readonly JoinedSource[] },
): (SplitName | null)[] {
  const found = [...new Set(records.map((record) => record.source))].filter((name) => name !== undefined);
  if (found.length === 0)
    throw usageError(
      'one-source',
      `Testing on ${source} takes several datasets: there is one, with nothing beside it to train on.`,
      {
        hint: 'Give the datasets to train on as well.',
      },
    );
  const shared = sources?.find(({ name }) => name === source);
  if (shared && !found.includes(source))
    throw usageError(
      'no-source-of-its-own',
      `All ${shared.images} images of ${source} are in a dataset given before it too, and were taken from there: none is left to test on.`,
      { hint: `Name ${source} before the others: images that several have are of the first one.` },
    );
  if (!found.includes(source))
    throw usageError('unknown-source', `No image is of a dataset "${source}".`, {
      hint: `The datasets are ${(sources?.map(({ name }) => name) ?? found).join(', ')}.`,
    });
  const given = records.map((record): SplitName => (record.source === source ? 'test' : 'train'));
  return splitAsGiven(records, classes, given, {
    mend: 'drop-from-train',
    ...options,
    what: `Testing on ${source}`,
  });
}

function divides(
  what: string,
  records: readonly ImageRecord[],
  sides: readonly (SplitName | null)[],
  divided: readonly ImageGroup[],
  file: string | undefined,
): Error {
  const details = divided.map(({ indices }) => {
    const own = indices.map((i) => records[i]);
    const patient = own.find(({ patientId }) => patientId !== undefined)?.patientId;
    const lesion = own.find(({ lesionId, imageId }) => lesionId !== imageId)?.lesionId;
    const name = patient !== undefined ? `patient ${patient}` : lesion !== undefined ? `lesion ${lesion}` : 'images';
    const parts = splitNames.flatMap((side) => {
      const there = indices.filter((i) => sides[i] === side).map((i) => records[i].imageId);
      return there.length > 0 ? [`${side} ${there.join(', ')}`] : [];
    });
    return `${name}: ${parts.join('; ')}`;
  });
  const between = (one: SplitName, other: SplitName) =>
    divided.filter(({ indices }) => [one, other].every((side) => indices.some((i) => sides[i] === side))).length;
  const pairs = [
    ['train', 'test'],
    ['train', 'validation'],
    ['validation', 'test'],
  ] as const;
  const words = pairs.flatMap(([one, other]) => {
    const count = between(one, other);
    return count > 0 ? [`${count} between ${one} and ${other}`] : [];
  });
  return dataError(
    'split-leaks',
    `${what}${file === undefined ? '' : ` of ${file}`} has ${divided.length} ${divided.length === 1 ? 'group' : 'groups'} of images that belong together on two sides: ${words.join(', ')}.`,
    {
      hint: {
        terminal:
          '--mend drop-from-train leaves out, of each, the training (and validation) images that are also on a later side; --mend keep takes the split as it is, and splits.json says so.',
        page: 'Leave out the training images that are also on a later side, or take the split as it is.',
      },
      details,
    },
  );
}
