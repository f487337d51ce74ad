import { basename } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import {
  type Answers,
  type AssembledAnswers,
  assembleAnswers,
  countTruth,
  type Direction,
  type PredictionTableChoices,
  readPredictionTable,
  type TrainingList,
  type Truth,
} from '../../evaluation/index.js';
import { isTablePath, type OpenTruth, readImageList, readTableFile } from '../dataset/openTruth.js';
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

/**
 * Reads the answers of a table, or asks a network's file, and puts them beside the truth.
 * @throws LesionlabError as `readPredictionTable`, `predictDataset` and `assembleAnswers` do
 */
export async function assembleSource(
  context: StepContext,
  options: SourceOptions,
  { truth: whole, dataset }: OpenTruth,
): Promise<{ readonly truth: Truth; readonly answers: Answers; readonly assembled: AssembledAnswers }> {
  const { source, expected, direction, calibrateOn } = options;
  const truth =
    expected !== undefined
      ? keepListed(whole, await readImageList(expected, 'tested'), expected)
      : whole.splitFile !== undefined && calibrateOn !== 'validation'
        ? { ...whole, records: whole.records.filter(({ officialSplit }) => officialSplit === 'test') }
        : whole;
  const answers = await readAnswers(context, options, truth, dataset);
  const of = { source: basename(source), expected: expected !== undefined, direction };
  return { truth, answers, assembled: assembleAnswers(answers, truth, of) };
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
  const table = await readTableFile(path);
  const ids = truth.records.map(({ imageId }) => imageId);
  return readPredictionTable(table, { classes: truth.info.classes, ids }, countTruth(truth), options);
}

/** The truth of the listed images alone. @throws LesionlabError kind `usage` where it has none of them */
function keepListed(truth: Truth, list: TrainingList, path: string): Truth {
  const wanted = new Set([...list.imageIds].map((id) => id.toLowerCase()));
  const records = truth.records.filter(({ imageId }) => wanted.has(imageId.toLowerCase()));
  if (records.length === 0)
    throw usageError('none-expected', `None of the ${wanted.size} ids in ${path} is in the truth.`, {
      hint: `There they are ${truth.records
        .slice(0, 3)
        .map(({ imageId }) => imageId)
        .join(', ')}.`,
    });
  const unknown = wanted.size - records.length;
  const words = `An answer is expected for ${records.length.toLocaleString('en-US')} images, by ${basename(path)}${unknown > 0 ? ` (${unknown.toLocaleString('en-US')} more are not in the truth)` : ''}.`;
  return { ...truth, records, words: [...truth.words, words] };
}
