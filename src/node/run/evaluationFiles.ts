import { join } from 'node:path';
import { type Evaluation, formatPredictionsCsv, mostProbable, type Predictions } from '../../evaluation/index.js';
import type { Raster } from '../../image/raster.js';
import { sharpCodec } from '../files/codec.js';
import { removeWhole, writeFileWhole, writeJson } from '../files/writeFile.js';
import { writeConfusionCharts } from '../pictures/confusionCharts.js';
import { chooseGridImages, drawPredictionGrid } from '../pictures/predictionGrid.js';
import { type EvaluatedGroups, writeGroups } from './evaluatedGroups.js';
import type { RunData } from './runData.js';
import type { EvaluationPaths } from './runFolder.js';

/** Writes predictions.csv and evaluation.json. @returns the paths written @throws LesionlabError kind `run` */
export async function writeScores(
  paths: EvaluationPaths,
  predictions: Predictions,
  evaluation: Evaluation,
): Promise<string[]> {
  await writeFileWhole(paths.predictions, formatPredictionsCsv(predictions));
  await writeJson(paths.evaluation, evaluation);
  return [paths.predictions, paths.evaluation];
}

export interface EvaluationExtras {
  readonly evaluation: Evaluation;
  readonly predictions: Predictions;
  readonly groups: EvaluatedGroups;
  /** Null where there are no images to show. */
  readonly pictures: Pick<RunData, 'prepared' | 'preparedIndex'> | null;
  /** Decides which images the grid shows. */
  readonly seed: number;
  /** Above the grid. */
  readonly gridTitle: string;
  /** Of isic-submission.csv, where it was asked for. */
  readonly submission: string | undefined;
}

/**
 * Writes what stands beside the scores: groups, confusion charts, a grid of images, a submission.
 * @returns the paths written
 * @throws LesionlabError kind `run` where the folder can't be written
 */
export async function writeExtras({ folder }: EvaluationPaths, extras: EvaluationExtras): Promise<string[]> {
  const files = [
    ...(await writeGroups(folder, extras.groups)),
    ...(await writeConfusionCharts(folder, extras.evaluation)),
    ...(await writeGrid(folder, extras)),
  ];
  const submission = join(folder, 'isic-submission.csv');
  // One of an earlier evaluation would be of other answers.
  if (extras.submission === undefined) await removeWhole(submission);
  else {
    files.push(submission);
    await writeFileWhole(submission, extras.submission);
  }
  return files;
}

/** sample-grid.png, and in words sample-grid.json. */
async function writeGrid(
  folder: string,
  { predictions, pictures, seed, gridTitle }: EvaluationExtras,
): Promise<string[]> {
  if (!pictures) return [];
  const { prepared, preparedIndex } = pictures;
  const { imageSize } = prepared;
  const { classes, imageIds, labels, probabilities } = predictions;
  const chosen = chooseGridImages(predictions, seed);
  const pictureOf = (i: number): Raster => {
    const pixels = new Uint8Array(imageSize * imageSize * 3);
    prepared.read(preparedIndex(imageIds[i]), pixels);
    return { width: imageSize, height: imageSize, channels: 3, data: pixels };
  };
  const grid = drawPredictionGrid({ predictions, chosen, pictureOf, title: gridTitle });
  const winners = mostProbable(probabilities, classes.length);
  const paths = [join(folder, 'sample-grid.png'), join(folder, 'sample-grid.json')];
  await writeFileWhole(paths[0], await sharpCodec.encodePng(grid));
  await writeJson(
    paths[1],
    chosen.map((i) => ({
      imageId: imageIds[i],
      dx: classes[labels[i]].id,
      predicted: classes[winners[i]].id,
      confidence: probabilities[i * classes.length + winners[i]],
    })),
  );
  return paths;
}
