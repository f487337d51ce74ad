import { basename, join } from 'node:path';
import { type JudgedReaders, type JudgeReadersOptions, judgeReaders } from '../../evaluation/readers/judgeReaders.js';
import { readerPointsChart } from '../../report/charts/readerPoints.js';
import { renderReaders } from '../../report/readersPage.js';
import { openTruth, readTableFile } from '../dataset/openTruth.js';
import { readTextFile } from '../files/readTextFile.js';
import { writeFileWhole } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { plotDocument } from '../pictures/plotDocument.js';

/** Which reader study is analysed, and how. */
export interface ReadersStepOptions extends Omit<JudgeReadersOptions, 'seed'> {
  /** Table of what readers said: reader, image_id, answer or confidence, and condition, session, truth, lesion_id where known. */
  readonly table: string;
  /** A dataset, or a table with image ids and diagnoses; left out where the table has a column `truth`. */
  readonly truth?: string;
  /** Table of a model's predictions: predictions.csv of a run, or any with image ids and scores. */
  readonly model?: string;
  /** Folder for readers.json, readers.html and readers.svg; nothing is written where left out. */
  readonly out?: string;
}

/** A reader study's results, and how its table was understood. */
export interface ReadersStepResult extends JudgedReaders {
  /** Files written. */
  readonly files: readonly string[];
}

/**
 * Analyses a table of what readers said of images, beside a model's predictions where there are such.
 * @throws LesionlabError kind `data` where tables can't be used or don't fit together; kind `usage` for what only the caller can know; kind `run` where the folder can't be
 *   written
 */
export async function readersStep(context: StepContext, options: ReadersStepOptions): Promise<ReadersStepResult> {
  const { table, truth: truthPath, model, out, ...rest } = options;
  const opened = truthPath === undefined ? undefined : await openTruth(truthPath);
  await opened?.close();
  const result = judgeReaders(
    {
      readers: { text: await readTextFile(table), file: table },
      truth: opened?.truth,
      model: model === undefined ? undefined : { table: await readTableFile(model), name: basename(model) },
    },
    { ...rest, seed: context.seed },
  );
  const files: string[] = [];
  if (out !== undefined) {
    const document = plotDocument();
    const writtenBy = `lesionlab ${packageInfo.version}`;
    for (const [name, content] of [
      ['readers.json', `${JSON.stringify(result, undefined, 2)}\n`],
      ['readers.html', renderReaders({ ...result, source: basename(table), writtenBy }, { document })],
      ['readers.svg', readerPointsChart(result.analysis, result.question, { document })],
    ]) {
      files.push(join(out, name));
      await writeFileWhole(files.at(-1)!, content);
    }
  }
  return { ...result, files };
}
