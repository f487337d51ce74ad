import { basename, join } from 'node:path';
import {
  type AnalyseReadersOptions,
  analyseReaders,
  type Direction,
  type OutputValues,
  type ReaderAnalysis,
  type ReaderColumn,
  readerTruth,
  readModelTable,
  readReaderTable,
} from '../../evaluation/index.js';
import { readerPointsChart } from '../../report/index.js';
import { openTruth, readTableFile } from '../dataset/openTruth.js';
import { readTextFile } from '../files/readTextFile.js';
import { writeFileWhole } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { plotDocument } from '../pictures/plotDocument.js';

/** Which reader study is analysed, and how. */
export interface ReadersStepOptions extends Omit<AnalyseReadersOptions, 'model' | 'seed'> {
  /** Table of what readers said: reader, image_id, answer or confidence, and condition, session, truth, lesion_id where known. */
  readonly table: string;
  /** A dataset, or a table with image ids and diagnoses; left out where the table has a column `truth`. */
  readonly truth?: string;
  /** Table of a model's predictions: predictions.csv of a run, or any with image ids and scores. */
  readonly model?: string;
  /** Ids of the classes that readers were to find. */
  readonly positive?: readonly string[];
  /** What a confidence is in; asked for where the table doesn't show it. */
  readonly confidenceIn?: 'positive' | 'answer';
  /** From this confidence on a reader counts as having said yes, where answers weren't asked for. */
  readonly answerFrom?: number;
  /** From this probability on the model counts as having said yes. */
  readonly modelFrom?: number;
  /** What the numbers of the model's table are; guessed where left out. */
  readonly values?: OutputValues;
  /** Which way a single score of the model points; asked for where it seems to point to no. */
  readonly direction?: Direction;
  /** The session that is analysed, where images were read again. */
  readonly session?: string;
  /** Names of the table's columns by what they hold. */
  readonly columns?: Partial<Readonly<Record<ReaderColumn, string>>>;
  /** Folder for readers.json and readers.svg; nothing is written where left out. */
  readonly out?: string;
}

/** A reader study's results, and how its table was understood. */
export interface ReadersStepResult {
  /** What readers were to find, in words. */
  readonly question: string;
  /** Ids of the classes that count as positive. */
  readonly positive: readonly string[];
  /** Whether it is known which images are of one lesion. */
  readonly hasLesions: boolean;
  readonly analysis: ReaderAnalysis;
  readonly notes: readonly string[];
  /** Files written. */
  readonly files: readonly string[];
}

/**
 * Analyses a table of what readers said of images, beside a model's predictions where there are such.
 * @throws LesionlabError kind `data` where tables can't be used or don't fit together; kind `usage` for what only the caller can know; kind `run` where the folder can't be
 *   written
 */
export async function readersStep(context: StepContext, options: ReadersStepOptions): Promise<ReadersStepResult> {
  const { table, out } = options;
  const opened = options.truth === undefined ? undefined : await openTruth(options.truth);
  await opened?.close();
  const truth = opened && readerTruth(opened.truth);
  const read = readReaderTable(await readTextFile(table), { ...options, file: table, truth });
  const { study, question, positive, hasLesions } = read;
  const model =
    options.model === undefined
      ? undefined
      : readModelTable(await readTableFile(options.model), {
          name: basename(options.model),
          imageIds: study.imageIds,
          truths: study.truths,
          classes: read.classes,
          positive,
          from: options.modelFrom,
          values: options.values,
          direction: options.direction,
        });
  const { random, covariance, together, resamples, level } = options;
  const analysis = analyseReaders(study, {
    random,
    covariance,
    together,
    resamples,
    level,
    seed: context.seed,
    model: model?.model,
  });
  const notes = [...read.notes, ...(model?.notes ?? []), ...analysis.notes];
  if (!hasLesions) notes.push('Nothing says which images are of one lesion, so each counts as a lesion of its own.');
  const result = { question, positive, hasLesions, analysis, notes };
  const files: string[] = [];
  if (out !== undefined) {
    const chart = readerPointsChart(analysis, question, { document: plotDocument() });
    for (const [name, content] of [
      ['readers.json', `${JSON.stringify(result, undefined, 2)}\n`],
      ['readers.svg', chart],
    ]) {
      files.push(join(out, name));
      await writeFileWhole(files.at(-1)!, content);
    }
  }
  return { ...result, files };
}
