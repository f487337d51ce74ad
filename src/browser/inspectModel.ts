import type { ForeignPreprocessing } from '../data/preparation/foreignPreprocessing.js';
import { LesionlabError } from '../errors.js';
import { classOutputs } from '../models/foreign/readForeign.js';
import { readNetwork } from '../onnx/index.js';
import { type ForeignAnswers, readWithAnswers } from './foreignAnswers.js';
import { type BesideModel, type ModelSource, readModelSource } from './modelSource.js';

/** What a model's file says of itself, so that a page can ask for the rest before it opens the model. */
export type ModelInspection =
  | {
      /** It says all that predicting needs. */
      readonly kind: 'exported';
    }
  | ForeignInspection;

/** What somebody else's file says of itself. */
export interface ForeignInspection {
  readonly kind: 'foreign';
  /** Names of its outputs that may be its classes. */
  readonly outputs: readonly string[];
  /** The one that is taken; undefined where that has to be chosen first. */
  readonly output: string | undefined;
  /** Undefined where only a run of the network would tell. */
  readonly classCount: number | undefined;
  /** Names of the classes and where they are from. */
  readonly classNames: ForeignPreprocessing['classNames'];
  /** How it wants its images, as far as anything says. */
  readonly preprocessing: ForeignPreprocessing['preprocessing'];
  /** Where each value of `preprocessing` is from. */
  readonly sources: ForeignPreprocessing['sources'];
  /** What has to be said before it can be opened; empty where nothing has. */
  readonly missing: ForeignPreprocessing['missing'];
  /** What keeps it from being read before more is said: an output or a layout that has to be chosen, sources that contradict each other. */
  readonly problem: LesionlabError | undefined;
}

/** Problems that go away when more is said. */
const mendable = new Set([
  'several-outputs',
  'unknown-output',
  'layout-unknown',
  'foreign-preprocessing',
  'given-against-shape',
  'bad-crop',
]);

/**
 * Looks into a model's file without running it: whether lesionlab exported it, else what it says of its images and its classes, and what
 * `openPredictor` has to be told.
 * @param answers what is said already
 * @throws LesionlabError kind `run` where it can't be fetched or is no classifier of images
 */
export async function inspectModel(
  source: ModelSource,
  answers: BesideModel & ForeignAnswers = {},
): Promise<ModelInspection> {
  const read = await readModelSource(source, answers);
  if (read.exported) return { kind: 'exported' };
  const outputs = classOutputs(readNetwork(read.bytes, { name: read.name }));
  try {
    const { output, classCount, preprocessing: said } = readWithAnswers(read, answers);
    const { classNames, preprocessing, sources, missing } = said;
    const problem = undefined;
    return { kind: 'foreign', outputs, output, classCount, classNames, preprocessing, sources, missing, problem };
  } catch (problem) {
    if (!(problem instanceof LesionlabError) || !mendable.has(problem.code)) throw problem;
    return {
      kind: 'foreign',
      outputs,
      output: undefined,
      classCount: undefined,
      classNames: undefined,
      preprocessing: {},
      sources: {},
      // The rest is known when this is.
      missing: problem.code === 'layout-unknown' ? ['layout'] : [],
      problem,
    };
  }
}
