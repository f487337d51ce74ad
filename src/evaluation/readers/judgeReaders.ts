import type { MetadataTable } from '../../data/reading/metadataTable.js';
import type { Direction } from '../judging/assembleAnswers.js';
import type { OutputValues } from '../judging/outputValues.js';
import type { Truth } from '../judging/truth.js';
import { type AnalyseReadersOptions, analyseReaders, type ReaderAnalysis } from './analyseReaders.js';
import type { ReaderColumn } from './readerColumns.js';
import { readerTruth } from './readerTruth.js';
import { readModelTable } from './readModelTable.js';
import { readReaderTable } from './readReaderTable.js';

/** How tables of a reader study are read, and how it is analysed. */
export interface JudgeReadersOptions extends Omit<AnalyseReadersOptions, 'model'> {
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
}

/** Tables of a reader study. */
export interface ReaderTables {
  /** What readers said: the text of the table, and the name of its file. */
  readonly readers: { readonly text: string; readonly file: string };
  /** Left out where that table has a column `truth`. */
  readonly truth?: Truth;
  /** A model's answers to the same images, and what it is called. */
  readonly model?: { readonly table: MetadataTable; readonly name: string };
}

/** A reader study's results, and how its tables were understood. */
export interface JudgedReaders {
  /** What readers were to find, in words. */
  readonly question: string;
  /** Ids of the classes that count as positive. */
  readonly positive: readonly string[];
  /** Whether it is known which images are of one lesion. */
  readonly hasLesions: boolean;
  readonly analysis: ReaderAnalysis;
  readonly notes: readonly string[];
}

/**
 * Analyses a table of what readers said of images, beside a model's predictions where there are such: the same in the terminal and in a page.
 * @throws LesionlabError kind `data` where tables can't be used or don't fit together; kind `usage` for what only the caller can know
 */
export function judgeReaders(tables: ReaderTables, options: JudgeReadersOptions = {}): JudgedReaders {
  const { readers, truth, model: given } = tables;
  const read = readReaderTable(readers.text, { ...options, file: readers.file, truth: truth && readerTruth(truth) });
  const { study, question, positive, hasLesions } = read;
  const model =
    given &&
    readModelTable(given.table, {
      name: given.name,
      imageIds: study.imageIds,
      truths: study.truths,
      classes: read.classes,
      positive,
      named: options.positive !== undefined,
      from: options.modelFrom,
      values: options.values,
      direction: options.direction,
    });
  const { random, covariance, together, resamples, level, seed } = options;
  const analysis = analyseReaders(study, {
    ...{ random, covariance, together, resamples, level, seed },
    model: model?.model,
  });
  const notes = [...read.notes, ...(model?.notes ?? []), ...analysis.notes];
  if (!hasLesions) notes.push('Nothing says which images are of one lesion, so each counts as a lesion of its own.');
  return { question, positive, hasLesions, analysis, notes };
}
