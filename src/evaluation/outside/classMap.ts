import type { ClassInfo } from '../../data/dataset.js';
import { composed } from '../../data/storedFile.js';
import { dataError, usageError } from '../../errors.js';

/** A class of external data. */
export interface FoundClass {
  readonly id: string;
  readonly images: number;
}

/** Which class of a network the classes of external data are. */
export interface ClassMap {
  /** By the data's class id the network's; null for a class that is left out. Only classes that have images. */
  readonly map: Readonly<Record<string, string | null>>;
  readonly leftOut: readonly FoundClass[];
}

/**
 * Reads pairs as users write them: `melanoma=mel,nevus=nv`, with nothing after `=` for a class that is to be left out.
 * @returns by the data's class id the network's, empty for a class that is to be left out
 * @throws LesionlabError kind `usage` for what is no pair, and for a class that is given twice
 */
export function parseClassMap(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const part of splitPairs(composed(text))) {
    // The last one: an id of the data may hold anything.
    const at = part.lastIndexOf('=');
    const [theirs, ours] = [part.slice(0, Math.max(at, 0)).trim(), part.slice(at + 1).trim()];
    if (theirs === '')
      throw usageError('bad-map', `"${part.trim()}" says of no class of the data which one of the run's it is.`, {
        hint: {
          terminal:
            'Expected --map theirs=ours,..., for example --map melanoma=mel,nevus=nv; --map theirs= leaves a class out.',
          page: 'Expected theirs=ours,..., for example melanoma=mel,nevus=nv; nothing after = leaves a class out.',
        },
      });
    if ((pairs.get(theirs) ?? ours) !== ours)
      throw usageError('bad-map', `The map of classes gives ${theirs} twice, as ${pairs.get(theirs)} and as ${ours}.`);
    pairs.set(theirs, ours);
  }
  return pairs;
}

/** Parts between commas; one without `=` is the beginning of an id with a comma in it. */
function splitPairs(text: string): string[] {
  const parts: string[] = [];
  let begun = '';
  for (const part of text.split(',')) {
    begun += part;
    if (part.includes('=')) {
      parts.push(begun);
      begun = '';
    } else begun += ',';
  }
  // What is left is no pair, and is said to be none.
  return begun === '' ? parts : [...parts, begun.slice(0, -1)];
}

const list = (ids: readonly string[]) => ids.join(', ');
const alike = (a: string, b: string) => composed(a).toLowerCase() === composed(b).toLowerCase();

/** The entries of a name: those spelled so, else those that differ in case only. */
function named<T extends { readonly id: string }>(entries: readonly T[], name: string): T[] {
  const exact = entries.filter(({ id }) => id === name);
  return exact.length > 0 ? exact : entries.filter(({ id }) => alike(id, name));
}

/**
 * Finds the network's class for each class of external data: the one given, else the one of the same id (in whatever case).
 * @param found all classes of the data, with the images that they have
 * @param given as `parseClassMap` returns it
 * @param source of the data, for messages
 * @throws LesionlabError kind `usage` where a pair names a class that there is not; kind `data` that lists, with their images, the classes
 *   that are none of the network's, and where nothing is left
 */
export function resolveClassMap(
  found: readonly FoundClass[],
  classes: readonly ClassInfo[],
  given: ReadonlyMap<string, string>,
  source: string,
): ClassMap {
  const ours = classes.map(({ id }) => id);
  const pairs: { readonly id: string; readonly own: string | null }[] = [];
  for (const [theirs, target] of given) {
    if (named(found, theirs).length === 0)
      throw usageError('unknown-class', `The map of classes names ${theirs}, which ${source} does not have.`, {
        hint: `Its classes are ${list(found.map(({ id }) => id))}.`,
      });
    const [own] = named(classes, target);
    if (target !== '' && !own)
      throw usageError(
        'unknown-class',
        `The map of classes makes ${theirs} the class ${target}, which the run does not know.`,
        {
          hint: `The run's classes are ${list(ours)}; with nothing after = the class is left out.`,
        },
      );
    pairs.push({ id: theirs, own: own?.id ?? null });
  }
  const present = found.filter(({ images }) => images > 0);
  const targets = present.map(({ id }) => {
    // A pair holds for other spellings too, as long as they have none of their own.
    const [pair] = named(pairs, id);
    return pair ? pair.own : named(classes, id)[0]?.id;
  });
  const unmapped = present.filter((_, i) => targets[i] === undefined);
  if (unmapped.length > 0) throw unmappedError(unmapped, ours, source);
  const leftOut = present.filter((_, i) => targets[i] === null);
  if (leftOut.length === present.length)
    throw dataError('no-images-left', `The map of classes leaves out every class that has images in ${source}.`, {
      hint: `Map at least one of ${list(present.map(({ id }) => id))} to a class of the run: ${list(ours)}.`,
    });
  return { map: Object.fromEntries(present.map(({ id }, i) => [id, targets[i] ?? null])), leftOut };
}

function unmappedError(unmapped: readonly FoundClass[], ours: readonly string[], source: string): Error {
  const words = unmapped.map(({ id, images }) => `${id} (${images} ${images === 1 ? 'image' : 'images'})`);
  const pairs = unmapped.map(({ id }) => `${id}=...`).join(',');
  return dataError(
    'unmapped-classes',
    `${source} has ${unmapped.length === 1 ? 'a class that is' : 'classes that are'} none of the run's: ${list(words)}.`,
    {
      details: words,
      hint: {
        terminal: `Say with --map "${pairs}" which of ${list(ours)} each is; with nothing after = the class is left out.`,
        page: `Say which of ${list(ours)} each is (${pairs}); with nothing after = the class is left out.`,
      },
    },
  );
}
