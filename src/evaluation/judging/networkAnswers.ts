import type { MetadataEncoding } from '../../data/preparation/metadataInput.js';
import { describeTold } from '../answers/toldMetadata.js';
import { truthForAnswers } from './judgeAnswers.js';
import { type ClassChoices, type ClassPlan, planClasses } from './outputClasses.js';
import { type Answers, sumByClass } from './predictionTable.js';
import type { Truth } from './truth.js';

/**
 * Which class each output of a network speaks for, and which images of the truth it is to be asked about.
 * @param outputs names of its classes
 * @throws LesionlabError as `planClasses` does
 */
export function planNetwork(
  outputs: readonly string[],
  truth: Truth,
  has: (imageId: string) => boolean,
  choices: ClassChoices,
): { readonly plan: ClassPlan; readonly imageIds: readonly string[] } {
  const [{ classes }, found] = truthForAnswers(truth);
  const plan = planClasses(outputs, classes, found, choices, 'output');
  return {
    plan,
    imageIds: truth.records
      .filter(({ label, imageId }) => plan.labelOf[label] >= 0 && has(imageId))
      .map(({ imageId }) => imageId),
  };
}

/** What a network was asked, and what it said. */
export interface AskedNetwork {
  /** Names of its classes, O of them. */
  readonly outputs: readonly string[];
  /** [M], images that it answered. */
  readonly ids: readonly string[];
  /** [M, O] row by row, each row sums to 1. */
  readonly raw: Float64Array;
  /** Images that can't be read. */
  readonly unusable: readonly string[];
  /** What it can be told of an image beside the pixels, and whether it was. Default: nothing. */
  readonly metadata?: MetadataEncoding & { readonly told: boolean };
  /** Of the dataset. */
  readonly dataName: string;
}

/** The answers of a network to images, over the classes of the truth. */
export function networkAnswers(
  { outputs, ids, raw, unusable, metadata, dataName }: AskedNetwork,
  plan: ClassPlan,
): Answers {
  return {
    ids,
    plan,
    probabilities: sumByClass(raw, outputs.length, plan),
    orderOnly: false,
    isScore: false,
    words: [
      `${ids.length.toLocaleString('en-US')} images of ${dataName} were shown to the network, whose outputs are ${outputs.join(', ')}.`,
      ...(metadata ? describeTold(metadata, metadata.told) : []),
      ...plan.words,
    ],
    unusable,
  };
}
