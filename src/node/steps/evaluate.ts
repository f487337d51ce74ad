import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SplitName } from '../../data/dataset.js';
import { runError } from '../../errors.js';
import {
  type Evaluation,
  evaluatePredictions,
  evaluateSubgroups,
  formatIsicSubmission,
  formatPredictionsCsv,
  mostProbable,
  type Predictions,
} from '../../evaluation/index.js';
import type { Raster } from '../../image/raster.js';
import { type Checkpoint, type CheckpointName, loadCheckpoint } from '../checkpointFile.js';
import { sharpCodec } from '../codec.js';
import { writeConfusionCharts } from '../confusionCharts.js';
import { recordsToExtract } from '../imageFeatures.js';
import { appendJsonLine, readJsonLines } from '../jsonLines.js';
import { chooseGridImages, drawPredictionGrid } from '../predictionGrid.js';
import { predictRecords } from '../predictRecords.js';
import { readEvaluation } from '../readRunFiles.js';
import { ensureCalibration } from '../runCalibration.js';
import { type OpenRunDataOptions, openRunData, type RunData } from '../runData.js';
import { openRunFolder, type RunFolder } from '../runFolder.js';
import { ensureOutOfDistribution, scoreSplit } from '../runOutOfDistribution.js';
import type { StepContext } from '../stepContext.js';
import { writeSubgroups } from '../subgroupFiles.js';
import { writeFileWhole, writeJson } from '../writeFile.js';

export interface EvaluateStepOptions extends OpenRunDataOptions {
  /** Run folder. */
  readonly run: string;
  /** Default `test`. */
  readonly split?: SplitName;
  /** Default `best`. */
  readonly checkpoint?: CheckpointName;
  /** Also write isic-submission.csv. */
  readonly submission?: boolean;
  /** Bootstrap resamples behind the intervals, 0 for none. Default 2,000. */
  readonly resamples?: number;
}

export interface EvaluateStepResult {
  readonly evaluation: Evaluation;
  readonly checkpoint: CheckpointDescription;
  /** Files written. */
  readonly files: readonly string[];
}

/** Which weights were used. */
export interface CheckpointDescription {
  readonly name: CheckpointName;
  readonly epoch: number | null;
  readonly sha256: string;
}

/** One line of evaluation/test/log.jsonl: every look at the test split counts. */
export interface EvaluationLogEntry {
  /** ISO 8601. */
  readonly time: string;
  readonly checkpoint: CheckpointName;
  /** Of the checkpoint file. */
  readonly sha256: string;
  readonly epoch: number | null;
  readonly images: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
}

/**
 * Predicts a split with a checkpoint, scores it (with a calibration fitted on the validation split, which is kept as calibration.json, and
 * on the test split with what tells foreign images, which is kept beside the checkpoint), and writes evaluation/<split>/: predictions.csv, evaluation.json, a grid of images with truth and prediction, and an ISIC submission where asked for. Evaluations of the test split are logged.
 * @throws LesionlabError kind `run` where the run or its checkpoint can't be used; kind `data` where its data is gone or
 *   changed; kind `interrupted`
 */
export async function evaluateStep(context: StepContext, options: EvaluateStepOptions): Promise<EvaluateStepResult> {
  const { run, split = 'test', submission = false, resamples } = options;
  const folder = await openRunFolder(run);
  const checkpoint = await loadCheckpoint(folder, options.checkpoint ?? 'best');
  const data = await openRunData(context, folder, options);
  try {
    const records = data.splits[split];
    if (records.length === 0)
      throw runError('empty-split', `The ${split} split of ${folder.path} has no images.`, {
        hint: 'Evaluate another split with --split, or make the run with other ratios.',
      });
    const predictions = await predictRecords(context, checkpoint, data, records, `Evaluating ${split} images`);
    const calibration = split === 'validation' ? null : await ensureCalibration(context, folder, checkpoint, data);
    // Training and validation images are what the statistics and the threshold are from: their false alarms would mean nothing.
    const statistics = split === 'test' ? await ensureOutOfDistribution(context, folder, checkpoint, data) : null;
    const outOfDistribution =
      statistics &&
      (await scoreSplit(
        context,
        checkpoint,
        statistics,
        recordsToExtract(data, records, `Looking at ${split} images`),
      ));
    // Before anything is written, since this may fail.
    const submissionText = submission ? formatIsicSubmission(predictions) : undefined;
    const evaluation = evaluatePredictions(predictions, {
      split,
      seed: context.seed,
      resamples,
      calibration,
      outOfDistribution,
    });
    const { name, epoch, sha256 } = checkpoint;
    const paths = folder.evaluation(split);
    const files = [paths.predictions, paths.evaluation];
    await writeFileWhole(paths.predictions, formatPredictionsCsv(predictions));
    await writeJson(paths.evaluation, evaluation);
    if (split === 'test') await logEvaluation(folder, { checkpoint: name, sha256, epoch }, evaluation);
    files.push(
      ...(await writeSubgroups(
        paths.folder,
        evaluateSubgroups(predictions, recordsById(records), { seed: context.seed, resamples }),
      )),
    );
    files.push(...(await writeConfusionCharts(paths.folder, evaluation)));
    files.push(...(await writeGrid(paths.folder, predictions, data, checkpoint, split)));
    if (submissionText !== undefined) {
      files.push(join(paths.folder, 'isic-submission.csv'));
      await writeFileWhole(files.at(-1)!, submissionText);
    }
    return { evaluation, checkpoint: { name, epoch, sha256 }, files };
  } finally {
    await data.close();
  }
}

/**
 * The evaluation of the test split that a run holds already, where it is of the best checkpoint as it is now: looking again
 * would tell nothing new.
 */
export async function readTestEvaluation(folder: RunFolder): Promise<EvaluateStepResult | null> {
  const paths = folder.evaluation('test');
  const last = (await readJsonLines<EvaluationLogEntry>(paths.log)).at(-1);
  const evaluation = await readEvaluation(paths.evaluation);
  if (!last || !evaluation || !existsSync(paths.predictions)) return null;
  const { name, epoch, sha256 } = await loadCheckpoint(folder, 'best');
  // An evaluation that was interrupted before its line in the log may have been of other weights.
  const logged = (['images', 'accuracy', 'balancedAccuracy'] as const).every((key) => last[key] === evaluation[key]);
  return logged && last.checkpoint === name && last.sha256 === sha256
    ? { evaluation, checkpoint: { name, epoch, sha256 }, files: [] }
    : null;
}

function logEvaluation(
  folder: RunFolder,
  checkpoint: Pick<EvaluationLogEntry, 'checkpoint' | 'sha256' | 'epoch'>,
  { images, accuracy, balancedAccuracy }: Evaluation,
): Promise<void> {
  const entry: EvaluationLogEntry = {
    time: new Date().toISOString(),
    ...checkpoint,
    images,
    accuracy,
    balancedAccuracy,
  };
  return appendJsonLine(folder.evaluation('test').log, entry);
}

const recordsById = (records: RunData['splits']['test']) => new Map(records.map((record) => [record.imageId, record]));

/** sample-grid.png, and in words sample-grid.json. */
async function writeGrid(
  folder: string,
  predictions: Predictions,
  data: RunData,
  { config }: Checkpoint,
  split: SplitName,
): Promise<string[]> {
  const { imageSize } = config.preprocessing;
  const { classes, imageIds, labels, probabilities } = predictions;
  const chosen = chooseGridImages(predictions, config.seed);
  const pictureOf = (i: number): Raster => {
    const pixels = new Uint8Array(imageSize * imageSize * 3);
    data.prepared.read(data.preparedIndex(imageIds[i]), pixels);
    return { width: imageSize, height: imageSize, channels: 3, data: pixels };
  };
  const title = `${config.data.synthetic ? 'Synthetic images: ' : ''}${split} images, the truth and what they were called`;
  const grid = drawPredictionGrid({ predictions, chosen, pictureOf, title });
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
