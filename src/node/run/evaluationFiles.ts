import { basename, join } from 'node:path';
import type { Evaluation } from '../../evaluation/evaluate.js';
import { mostProbable } from '../../evaluation/predictions/mostProbable.js';
import { patientsCsv } from '../../evaluation/predictions/patientsCsv.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { formatPredictionsCsv } from '../../evaluation/predictions/predictionsCsv.js';
import type { PatientRow } from '../../evaluation/predictions/withPatients.js';
import type { Raster } from '../../image/raster.js';
import { sharpCodec } from '../files/codec.js';
import { removeWhole, writeFileWhole, writeJson } from '../files/writeFile.js';
import { writeConfusionCharts } from '../pictures/confusionCharts.js';
import { chooseGridImages, drawPredictionGrid } from '../pictures/predictionGrid.js';
import { type EvaluatedGroups, writeGroups } from './evaluatedGroups.js';
import type { RunData } from './runData.js';
import type { EvaluationPaths } from './runFolder.js';

/** What is written of an evaluation. */
export interface EvaluationFiles {
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
  /** Of image-predictions.csv, where what is scored are not images. */
  readonly imagePredictions?: string;
  /** Of patients.csv, where splits.csv doesn't say whose the images are. */
  readonly patients?: readonly PatientRow[];
}

/**
 * Writes predictions.csv, whose the images are, subgroups, confusion charts, a grid of images and a submission, and at the end evaluation.json: where it stands, and is of the
 * weights in question, nothing is missing beside it.
 * @returns the paths written
 * @throws LesionlabError kind `run` where the folder can't be written
 */
export async function writeEvaluation(
  { folder, predictions, evaluation, patients }: EvaluationPaths,
  content: EvaluationFiles,
): Promise<string[]> {
  await writeFileWhole(predictions, formatPredictionsCsv(content.predictions));
  const files = [predictions];
  const write = async (name: string, text: string) => {
    files.push(join(folder, name));
    await writeFileWhole(files.at(-1)!, text);
  };
  const whose = patientsCsv(content.patients ?? []);
  if (whose === null) await removeWhole(patients);
  else await write(basename(patients), whose);
  if (content.imagePredictions !== undefined) await write('image-predictions.csv', content.imagePredictions);
  files.push(
    ...(await writeGroups(folder, content.groups)),
    ...(await writeConfusionCharts(folder, content.evaluation)),
    ...(await writeGrid(folder, content)),
  );
  // One of an earlier evaluation would be of other answers.
  if (content.submission === undefined) await removeWhole(join(folder, 'isic-submission.csv'));
  else await write('isic-submission.csv', content.submission);
  await writeJson(evaluation, content.evaluation);
  return [...files, evaluation];
}

/** sample-grid.png, and in words sample-grid.json. */
async function writeGrid(
  folder: string,
  { predictions, pictures, seed, gridTitle }: EvaluationFiles,
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
