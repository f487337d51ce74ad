import { nameImages } from '../../data/reading/imageIds.js';
import { composed } from '../../data/storedFile.js';
import { dataError } from '../../errors.js';

/** Which answers belong to which images of the truth. */
export interface MatchedIds {
  /** Places of an answer and of its image in the truth, in the order of the truth. */
  readonly pairs: readonly (readonly [answer: number, image: number])[];
  /** Places of answers that the truth knows nothing of. */
  readonly strangers: readonly number[];
  /** Places of images without an answer. */
  readonly missing: readonly number[];
  /** How the ids were made alike, for readers; undefined where they are alike as they stand. */
  readonly words?: string;
}

/** How ids may be made alike, from what changes least. */
const ways: readonly { readonly words?: string; readonly keys: (ids: readonly string[]) => string[] }[] = [
  { keys: (ids) => ids.map((id) => composed(id.trim())) },
  {
    words: 'Ids were matched without folders and endings of files',
    keys: (ids) => nameImages(ids).map(({ imageId }) => imageId),
  },
  {
    words: 'Ids were matched without folders and endings of files, in whatever case',
    keys: (ids) => nameImages(ids).map(({ imageId }) => imageId.toLowerCase()),
  },
];

/** Ids that a message shows of each side. */
const shown = 3;
const some = (ids: readonly string[]) =>
  `${ids.slice(0, shown).join(', ')}${ids.length > shown ? ` and ${(ids.length - shown).toLocaleString('en-US')} more` : ''}`;

/**
 * Finds the image of each answer by its id; where ids are not alike as they stand, without folders and endings, then in whatever case.
 * @param answers ids of answers, each once @param images ids of the truth, each once @param source of the answers, for messages
 * @throws LesionlabError kind `data` where no id is on both sides, with what they look like on each
 */
export function matchIds(answers: readonly string[], images: readonly string[], source: string): MatchedIds {
  let best:
    | { readonly way: (typeof ways)[number]; readonly of: ReadonlyMap<string, number>; readonly keys: string[] }
    | undefined;
  let most = 0;
  for (const way of ways) {
    const [own, theirs] = [way.keys(answers), way.keys(images)];
    // What makes two ids one is no way.
    if (new Set(own).size < own.length || new Set(theirs).size < theirs.length) continue;
    const of = new Map(own.map((key, i) => [key, i]));
    const found = theirs.filter((key) => of.has(key)).length;
    if (found > most) [best, most] = [{ way, of, keys: theirs }, found];
  }
  if (!best)
    throw dataError(
      'ids-differ',
      `None of the ${answers.length.toLocaleString('en-US')} ids of ${source} is among the ${images.length.toLocaleString('en-US')} of the truth: there they are ${some(images)}, here ${some(answers)}.`,
      {
        hint: {
          terminal:
            'Name the column that holds the images’ ids with --id-column, or give the truth of these images with --truth.',
          page: 'Choose the column that holds the images’ ids, or the truth of these images.',
        },
        details: [`truth: ${some(images)}`, `predictions: ${some(answers)}`],
      },
    );
  const used = new Set<number>();
  const pairs: [number, number][] = [];
  const missing: number[] = [];
  for (const [i, key] of best.keys.entries()) {
    const answer = best.of.get(key);
    if (answer === undefined) missing.push(i);
    else {
      pairs.push([answer, i]);
      used.add(answer);
    }
  }
  const strangers = [...answers.keys()].filter((i) => !used.has(i));
  const [first] = pairs;
  const words = best.way.words && `${best.way.words}: ${answers[first[0]]} is ${images[first[1]]}.`;
  return { pairs, strangers, missing, words };
}

/** What does not match, sentences for readers; empty where all does. */
export function describeUnmatched(
  { strangers, missing }: Pick<MatchedIds, 'strangers' | 'missing'>,
  answers: readonly string[],
  images: readonly string[],
): string[] {
  const count = (n: number, one: string, many: string) => `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
  return [
    ...(strangers.length > 0
      ? [
          `${count(strangers.length, 'prediction is of an image', 'predictions are of images')} that the truth does not have, and left out: ${some(strangers.map((i) => answers[i]))}.`,
        ]
      : []),
    ...(missing.length > 0
      ? [
          `${count(missing.length, 'image of the truth has', 'images of the truth have')} no prediction: ${some(missing.map((i) => images[i]))}.`,
        ]
      : []),
  ];
}
