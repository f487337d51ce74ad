import type { ClassInfo } from '../../data/dataset.js';
import { composed } from '../../data/storedFile.js';
import { usageError } from '../../errors.js';
import type { FoundClass } from '../outside/classMap.js';
import { didYouMean, listed, sayWhich, squeeze, withoutOutput } from './outputWords.js';

/** What is said of a classifier's outputs (columns of a table, outputs of a file) and of the truth's classes. */
export interface ClassChoices {
  /** By output the class of the truth that it speaks for; several outputs of one class are added up. */
  readonly classColumns?: Readonly<Record<string, string>>;
  /** By a class of the truth the classifier's, empty to leave its images out; or by an output a class of the truth. */
  readonly map?: Readonly<Record<string, string>>;
  /** Classes of the truth for which yes is true: what a single score speaks for. */
  readonly positive?: readonly string[];
}

const word =
  'prob(?:a|ability|abilities)?|p|score|pred(?:iction|icted)?|logits?|out(?:put)?|softmax|sigmoid|class|conf(?:idence)?';
const before = new RegExp(`^(?:${word})(?:[\\s_.:-]+|(?=\\())(?:of[\\s_.:-]+)?`, 'i');
const after = new RegExp(`[\\s_.:-]+(?:${word})$`, 'i');

/** The class that an output is named for (`mel`, `Melanoma`, `prob_mel`, `p(mel)`, `mel_score`); -1 where it names none. */
export function classOfName(name: string, classes: readonly ClassInfo[]): number {
  const bare = name.replace(before, '');
  for (const spelling of [name, bare, name.replace(after, ''), bare.replace(after, '')]) {
    const key = squeeze(spelling);
    if (key === '') continue;
    const byId = classes.findIndex(({ id }) => squeeze(id) === key);
    if (byId >= 0) return byId;
    const byName = classes.findIndex((own) => squeeze(own.name) === key);
    if (byName >= 0) return byName;
  }
  return -1;
}

const same = (a: string, b: string) => composed(a).toLowerCase() === composed(b).toLowerCase();
const named = (classes: readonly ClassInfo[], id: string) => classes.findIndex((own) => same(own.id, id));

/** The place of a class of the truth, by its id. @throws LesionlabError kind `usage` where the truth has none of that id */
function requireClass(id: string, truth: readonly ClassInfo[]): number {
  const place = named(truth, id);
  if (place >= 0) return place;
  throw usageError('unknown-class', `The truth has no class ${id}.`, {
    hint: `${didYouMean(
      id,
      truth.map((own) => own.id),
    )}Its classes are ${listed(truth.map((own) => own.id))}.`,
  });
}

/** Choices sorted by what they are about: outputs, or classes of the truth. */
export interface SortedChoices {
  /** By place of an output the class of the truth, -1 for none. */
  readonly ofOutput: ReadonlyMap<number, number>;
  /** By class of the truth what it is taken for, as written; empty where it is left out. */
  readonly ofTruth: ReadonlyMap<number, string>;
}

/**
 * Sorts what was said. A pair of `map` is about a class of the truth where the truth has a class of that name, else about an output.
 * @throws LesionlabError kind `usage` for names that are neither
 */
export function sortChoices(
  outputs: readonly string[],
  truth: readonly ClassInfo[],
  { classColumns = {}, map = {} }: ClassChoices,
): SortedChoices {
  const ofOutput = new Map<number, number>();
  const ofTruth = new Map<number, string>();
  const outputOf = (name: string) => {
    const place = outputs.findIndex((own) => same(own, name));
    // Outputs of a file without names are counted from 0.
    return place < 0 && /^\d+$/.test(name) && Number(name) < outputs.length ? Number(name) : place;
  };
  const truthOf = (id: string) => requireClass(id, truth);
  for (const [output, id] of Object.entries(classColumns)) {
    const place = outputOf(output);
    if (place < 0)
      throw usageError('unknown-column', `There is no column or output ${output}.`, {
        hint: `${didYouMean(output, outputs)}There are ${listed(outputs)}.`,
      });
    ofOutput.set(place, id === '' ? -1 : truthOf(id));
  }
  for (const [left, right] of Object.entries(map)) {
    const ofClass = named(truth, left);
    if (ofClass >= 0) {
      ofTruth.set(ofClass, right);
      continue;
    }
    const place = outputOf(left);
    if (place < 0)
      throw usageError(
        'unknown-class',
        `The map of classes names ${left}, which is neither a class of the truth nor an output.`,
        {
          hint: `${didYouMean(left, [...truth.map(({ id }) => id), ...outputs])}The truth has ${listed(truth.map(({ id }) => id))}; the outputs are ${listed(outputs)}.`,
        },
      );
    ofOutput.set(place, right === '' ? -1 : truthOf(right));
  }
  return { ofOutput, ofTruth };
}

/** Which classes a classifier tells apart, and which of them each output and each class of the truth is. */
export interface ClassPlan {
  readonly classes: readonly ClassInfo[];
  /** [O], index into `classes`; -1 for an output that is left out. */
  readonly classOfOutput: readonly number[];
  /** [truth classes], index into `classes`; -1 for a class that is left out. */
  readonly labelOf: readonly number[];
  readonly leftOut: readonly FoundClass[];
  /** Sentences for readers. */
  readonly words: readonly string[];
}

/**
 * Which class each output and each class of the truth is. Outputs that are named for no class of the truth are classes of their own.
 * @param outputs names @param found classes of the truth with their images
 * @param noun what outputs are called: `column`, `output` @param unused other columns of the table, which may have been meant
 * @throws LesionlabError kind `usage` for names that nothing has; kind `data` for classes of the truth that no output is for, with their images
 */
export function planClasses(
  outputs: readonly string[],
  truth: readonly ClassInfo[],
  found: readonly FoundClass[],
  choices: ClassChoices,
  noun: 'column' | 'output' = 'output',
  unused: readonly string[] = [],
): ClassPlan {
  const { ofOutput, ofTruth } = sortChoices(outputs, truth, choices);
  const truthOfOutput = outputs.map((name, o) => ofOutput.get(o) ?? classOfName(name, truth));
  const dropped = outputs.map((_, o) => ofOutput.get(o) === -1);
  const known = [...new Set(truthOfOutput.filter((k) => k >= 0))].sort((a, b) => a - b);
  const positive = new Set((choices.positive ?? []).map((id) => requireClass(id, truth)));
  const own = [...outputs.keys()].filter((o) => truthOfOutput[o] < 0 && !dropped[o]);
  const classes: ClassInfo[] = [
    ...known.map((k) => ({ ...truth[k], ...(positive.size > 0 && { positive: positive.has(k) }) })),
    ...own.map((o) => ({ id: outputs[o], name: outputs[o], ...(positive.size > 0 && { positive: false }) })),
  ];
  if (classes.length < 2)
    throw usageError('one-output', `Only ${classes.length} of the ${noun}s is of a class: ${listed(outputs)}.`, {
      hint: {
        terminal: sayWhich(noun),
        page: `Say which ${noun} is of which class.`,
      },
    });
  const classOfOutput = outputs.map((_, o) =>
    dropped[o] ? -1 : truthOfOutput[o] >= 0 ? known.indexOf(truthOfOutput[o]) : known.length + own.indexOf(o),
  );
  const labelOf = truth.map((_, k) => {
    const target = ofTruth.get(k);
    if (target === '') return -1;
    if (target === undefined) return known.indexOf(k);
    const place = named(classes, target);
    if (place >= 0) return place;
    throw usageError(
      'unknown-class',
      `The map of classes makes ${truth[k].id} the class ${target}, which the classifier does not know.`,
      {
        hint: `${didYouMean(
          target,
          classes.map(({ id }) => id),
        )}Its classes are ${listed(classes.map(({ id }) => id))}; with nothing after = the class is left out.`,
      },
    );
  });
  const images = new Map(found.map(({ id, images: count }) => [id, count]));
  const lost = truth.filter(({ id }, k) => labelOf[k] < 0 && ofTruth.get(k) !== '' && (images.get(id) ?? 0) > 0);
  if (lost.length > 0) {
    const candidates = [...own.map((o) => outputs[o]), ...unused];
    throw withoutOutput(lost, {
      images,
      noun,
      outputs,
      candidates,
      all: known.length === 0 || labelOf.every((k) => k < 0),
    });
  }
  const leftOut = truth.flatMap(({ id }, k) => (ofTruth.get(k) === '' ? [{ id, images: images.get(id) ?? 0 }] : []));
  const strange = outputs.filter((name, o) => truthOfOutput[o] >= 0 && !same(name, truth[truthOfOutput[o]].id));
  const words = [
    ...(strange.length > 0
      ? [`Taken as: ${listed(strange.map((name) => `${name} as ${truth[truthOfOutput[outputs.indexOf(name)]].id}`))}.`]
      : []),
    ...(own.length > 0
      ? [`The truth has no class ${listed(own.map((o) => outputs[o]))}: answers of it are wrong for every image.`]
      : []),
    ...[...ofTruth].flatMap(([k, target]) => (target === '' ? [] : [`Images of ${truth[k].id} count as ${target}.`])),
    ...leftOut.map(({ id, images: count }) => `Left out: ${count} images of the class ${id}.`),
    ...(dropped.some(Boolean)
      ? [
          `Left out of the answers: ${listed(outputs.filter((_, o) => dropped[o]))}; the others were divided by their sum.`,
        ]
      : []),
  ];
  return { classes, classOfOutput, labelOf, leftOut, words };
}

/** Classes of a single score: yes and no. @throws LesionlabError kind `usage` where nothing says what yes is */
export function planScore(
  score: string,
  truth: readonly ClassInfo[],
  found: readonly FoundClass[],
  choices: ClassChoices,
): ClassPlan {
  const given = choices.positive ?? guessPositive(score, truth);
  if (!given)
    throw usageError(
      'no-positive',
      `${score} is one score, and nothing says for which of the classes ${listed(truth.map(({ id }) => id))} it is high.`,
      {
        hint: { terminal: 'Say so with --positive mel,bcc.', page: 'Choose the classes that mean yes.' },
      },
    );
  const { ofTruth } = sortChoices([], truth, { map: choices.map });
  const yes = given.map((id) => requireClass(id, truth));
  const taken = [...ofTruth].find(([, target]) => target !== '');
  if (taken)
    throw usageError(
      'map-of-score',
      `With one score, classes of the truth are yes or no: ${truth[taken[0]].id} can't be ${taken[1]}.`,
      {
        hint: {
          terminal: 'Name the classes that mean yes with --positive; --map x= leaves a class out.',
          page: 'Name the classes that mean yes.',
        },
      },
    );
  const labelOf = truth.map((_, k) => (ofTruth.get(k) === '' ? -1 : yes.includes(k) ? 1 : 0));
  const no = truth.filter((_, k) => labelOf[k] === 0);
  const infoOf = (own: readonly ClassInfo[], id: string, name: string): ClassInfo =>
    own.length === 1 ? own[0] : { id, name };
  const positives = yes.map((k) => truth[k]);
  const classes: ClassInfo[] = [
    { ...infoOf(no, 'other', 'Any other'), positive: false },
    {
      ...infoOf(positives, positives.map(({ id }) => id).join('+'), listed(positives.map(({ name }) => name))),
      positive: true,
    },
  ];
  const images = new Map(found.map(({ id, images: count }) => [id, count]));
  const leftOut = truth.flatMap(({ id }, k) => (labelOf[k] < 0 ? [{ id, images: images.get(id) ?? 0 }] : []));
  return {
    classes,
    classOfOutput: [0, 1],
    labelOf,
    leftOut,
    words: [
      `The score in the column ${score || '(without a name)'} speaks for ${listed(positives.map(({ id }) => id))}${choices.positive ? '' : ' (guessed)'}; all others mean no.`,
    ],
  };
}

/** Ids of the classes that a score is high for, by its name or by how two classes are called; undefined where neither says it. */
export function guessPositive(score: string, truth: readonly ClassInfo[]): readonly string[] | undefined {
  const own = classOfName(score, truth);
  if (own >= 0 && !/^\d+$/.test(truth[own].id)) return [truth[own].id];
  const malignant = truth.filter((info) => info.malignant);
  if (/malign|cancer/i.test(score) && malignant.length > 0) return malignant.map(({ id }) => id);
  if (truth.length !== 2) return undefined;
  const yes = ['1', 'malignant', 'melanoma', 'mel', 'positive', 'pos', 'yes', 'true', 'cancer'];
  const found = truth.filter(({ id }) => yes.includes(id.toLowerCase()));
  return found.length === 1 ? [found[0].id] : undefined;
}
