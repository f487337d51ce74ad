import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import type { Direction } from '../../evaluation/judging/assembleAnswers.js';
import { type AnswersToTruth, keepListed, truthForAnswers } from '../../evaluation/judging/judgeAnswers.js';
import { isTablePath } from '../../evaluation/judging/openTruth.js';
import {
  type Answers,
  type PredictionTableChoices,
  readPredictionTable,
} from '../../evaluation/judging/predictionTable.js';
import { scoredTruth } from '../../evaluation/judging/splitTruth.js';
import type { TrainingList } from '../../evaluation/judging/trainingOverlap.js';
import type { Truth } from '../../evaluation/judging/truth.js';
import { type OpenTruth, readImageList, readTableFile } from '../dataset/openTruth.js';
import type { StepContext } from '../machine/stepContext.js';
import { type PredictDatasetOptions, predictDataset } from './predictDataset.js';

/** Whose answers are meant, and how they are read. */
export interface SourceOptions extends PredictionTableChoices, Pick<PredictDatasetOptions, 'network'> {
  /** A table of predictions, or an ONNX file. */
  readonly source: string;
  /** For messages: where the truth is from. */
  readonly truth: string;
  readonly direction?: Direction;
  /** List, table or dataset of the images that should have an answer. Default: all of the truth. */
  readonly expected?: string;
  /** What is fitted on; `validation`: the truth's own. */
  readonly calibrateOn?: string;
}

/** Answers with the truth that they are read against: that of the images which should have one. */
export interface SourceAnswers extends AnswersToTruth {
  /** Undefined where all images of the truth should have an answer. */
  readonly expected: TrainingList | undefined;
}

/**
 * Reads the answers of a table, or asks a network's file.
 * @throws LesionlabError as `readPredictionTable` and `predictDataset` do
 */
export async function answersOfSource(
  context: StepContext,
  options: SourceOptions,
  { truth: whole, dataset }: OpenTruth,
): Promise<SourceAnswers> {
  const expected = options.expected === undefined ? undefined : await readImageList(options.expected, 'tested');
  const truth = expected ? keepListed(whole, expected) : scoredTruth(whole, options.calibrateOn);
  return { truth, expected, answers: await readAnswers(context, options, truth, dataset) };
}

async function readAnswers(
  context: StepContext,
  options: SourceOptions,
  truth: Truth,
  dataset: Dataset | null,
): Promise<Answers> {
  const { source, network, classColumns, map, positive, excludeUnusable } = options;
  if (isTablePath(source)) return readPredictions(source, truth, options);
  const idle = (['idColumn', 'scoreColumn', 'values', 'direction'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (idle)
    throw usageError('option-of-table', `${idle} is about a table of predictions; ${source} is a network.`, {
      hint: 'Leave it out.',
    });
  if (!dataset)
    throw usageError(
      'no-images',
      `${source} is a network: to ask it, its images are needed, and ${options.truth} is a table.`,
      {
        hint: {
          terminal: 'Name the folder with images and table with --data <folder>.',
          page: 'Choose the folder with images and table.',
        },
      },
    );
  return predictDataset(context, source, dataset, truth, { network, classColumns, map, positive, excludeUnusable });
}

/** Reads a table of predictions against a truth. */
export async function readPredictions(path: string, truth: Truth, options: PredictionTableChoices): Promise<Answers> {
  return readPredictionTable(await readTableFile(path), ...truthForAnswers(truth), options);
}
