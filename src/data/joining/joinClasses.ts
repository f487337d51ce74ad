import type { ClassInfo } from '../dataset.js';
import { type Concept, conceptOf, conceptOfDiagnoses, concepts } from './taxonomy.js';

/** What a class of a dataset, or an image that several datasets say something of, can be: diagnoses of the taxonomy, or a class that it doesn't know. */
export type Meaning = ReadonlySet<string>;

/** What a class of a dataset means. @param dataset `DatasetInfo.id` */
export function meaningOf(info: ClassInfo, dataset: string): Meaning {
  const concept = conceptOf(info, dataset);
  // A class that nobody else knows is itself; of the same id in several datasets it is one.
  return new Set<string>(concept ? concept.diagnoses : [`class ${info.id.toLowerCase()}`]);
}

/** What a dataset says of an image, among all that it could have said. */
export interface Saying {
  readonly meaning: Meaning;
  /** Of each of the dataset's classes. */
  readonly among: readonly Meaning[];
}

/**
 * What two datasets together say of an image: what the one says that divides the other's class (ISIC 2019 divides HAM10000's akiec), or else what both
 * allow.
 * @returns undefined where they can't both be right
 */
export function bothMeanings(one: Saying, other: Saying): Meaning | undefined {
  const both = new Set([...one.meaning].filter((diagnosis) => other.meaning.has(diagnosis)));
  if (both.size === 0) return undefined;
  const parts = (of: Meaning, { among }: Saying) =>
    among.filter((meaning) => [...meaning].some((diagnosis) => of.has(diagnosis))).length;
  const [ofOne, ofOther] = [parts(one.meaning, other), parts(other.meaning, one)];
  if (ofOne === ofOther) return both;
  return ofOne > ofOther ? other.meaning : one.meaning;
}

/** Classes of joined datasets, and which of them a meaning is. */
export interface JoinedClasses {
  readonly classes: readonly ClassInfo[];
  /** Class index. */
  labelOf(meaning: Meaning): number;
}

/**
 * The finest classes into which every meaning fits as a whole: meanings that overlap become one class. Classes are named by the taxonomy, in its order;
 * those that it doesn't know come last.
 * @param meanings all that occur, with a class of a dataset that each came from
 */
export function joinClasses(
  meanings: readonly { readonly meaning: Meaning; readonly info: ClassInfo }[],
): JoinedClasses {
  const merged: { readonly diagnoses: Set<string>; readonly infos: ClassInfo[] }[] = [];
  for (const { meaning, info } of differentOnes(meanings)) {
    const touching = merged.filter(({ diagnoses }) => [...meaning].some((diagnosis) => diagnoses.has(diagnosis)));
    const together = {
      diagnoses: new Set([...meaning, ...touching.flatMap(({ diagnoses }) => [...diagnoses])]),
      infos: [...touching.flatMap(({ infos }) => infos), info],
    };
    for (const part of touching) merged.splice(merged.indexOf(part), 1);
    merged.push(together);
  }
  const named = merged.map(({ diagnoses, infos }) => ({ diagnoses, ...nameClass(diagnoses, infos) }));
  const rank = (concept: Concept | undefined) => (concept ? concepts.indexOf(concept) : concepts.length);
  named.sort((a, b) => rank(a.concept) - rank(b.concept));
  return {
    classes: named.map(({ info }) => info),
    labelOf: (meaning) =>
      named.findIndex(({ diagnoses }) => [...meaning].every((diagnosis) => diagnoses.has(diagnosis))),
  };
}

/** Each meaning with each class that it came from once: there are as many as images, of a few dozen kinds. */
function differentOnes<T extends { readonly meaning: Meaning; readonly info: ClassInfo }>(meanings: readonly T[]): T[] {
  const seen = new Map<ClassInfo, Set<string>>();
  return meanings.filter(({ meaning, info }) => {
    const known = seen.get(info) ?? new Set();
    seen.set(info, known);
    const key = [...meaning].sort().join('\n');
    return !known.has(key) && known.add(key);
  });
}

function nameClass(
  diagnoses: ReadonlySet<string>,
  infos: readonly ClassInfo[],
): { info: ClassInfo; concept?: Concept } {
  const concept = conceptOfDiagnoses(diagnoses);
  if (concept) return { info: concept.info, concept };
  const distinct = [...new Map(infos.map((info) => [info.id.toLowerCase(), info])).values()];
  if (distinct.length === 1) return { info: distinct[0] };
  // The whole that they are all parts of has no name: theirs, together.
  const parts = concepts.filter(
    (part) => part.diagnoses.every((one) => diagnoses.has(one)) && infos.some((info) => conceptOf(info, '') === part),
  );
  const [first] = parts;
  const known = parts.length > 0 ? parts.map(({ info }) => info) : distinct;
  return {
    info: {
      id: known.map(({ id }) => id).join('-'),
      name: known.map(({ name }) => name).join(' or '),
      ...(known.every(({ malignant }) => malignant === known[0].malignant) && { malignant: known[0].malignant }),
    },
    ...(first && { concept: first }),
  };
}
