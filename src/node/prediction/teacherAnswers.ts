import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Dataset, SplitName } from '../../data/dataset.js';
import { dataError, runError, usageError } from '../../errors.js';
import { tellFromRecords } from '../../evaluation/answers/toldMetadata.js';
import { requireUntaught, type TaughtImage } from '../../evaluation/outside/taughtImages.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { formatPredictionsCsv, parsePredictionsCsv } from '../../evaluation/predictions/predictionsCsv.js';
import { shiftPrevalence } from '../../training/recipe/classBalance.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { readImageList } from '../dataset/openTruth.js';
import { hashFile } from '../files/fileHash.js';
import { writeFileWhole } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import type { RunFolder } from '../run/runFolder.js';
import { readRunSplits } from '../run/runSplits.js';
import type { TeacherOptions } from '../training/planRun.js';
import { columnsOf } from './networkAnswers.js';
import { type OpenModel, openModel } from './openModel.js';
import { predictFiles } from './predictImages.js';

/** What is trained, for a teacher to be asked about. */
export interface TaughtData {
  readonly run: RunFolder;
  readonly dataset: Dataset;
  /** Of each record. */
  readonly splits: readonly SplitName[];
  readonly classes: RunConfig['data']['classes'];
  readonly trainedPrevalence: readonly number[] | undefined;
}

type Described = NonNullable<RunConfig['teacher']>;

/**
 * Asks a teacher about every training image as it is, once, telling it what it is told of images, and writes its answers into the run folder (teacher.csv), where a training that is gone on with finds
 * them. Answers are those for the class frequencies that the student is trained for, where those of the teacher are known.
 * @throws LesionlabError kind `data` where the teacher knows images of the validation or test split; kind `usage` for other classes, or a file of which nobody says what it learned from
 */
export async function askTeacher(
  context: StepContext,
  { source, trainedOn }: TeacherOptions,
  data: TaughtData,
): Promise<Described> {
  const { run, dataset, splits, classes } = data;
  const model = await openModel(context, source, undefined);
  try {
    const order = classes.map(({ id }) => model.classes.findIndex((other) => other.id === id));
    if (order.includes(-1) || model.classes.length !== classes.length)
      throw usageError(
        'teacher-classes',
        `The teacher ${source} answers with ${model.classes.map(({ id }) => id).join(', ')}; the data has ${classes.map(({ id }) => id).join(', ')}.`,
        { hint: 'Take a teacher with the same classes.' },
      );
    const { own } = requireUntaught(
      dataset.records,
      splits,
      await taughtImages(model, { source, trainedOn }, dataset),
      source,
    );
    const rows = dataset.records.filter((_, i) => splits[i] === 'train');
    const { images } = dataset;
    const files = rows.map(({ imageId }) => ({
      name: imageId,
      location: images.location(imageId),
      read: () => images.read(imageId),
    }));
    const { images: answers, unusable } = await predictFiles(
      context,
      model,
      files,
      tellFromRecords(rows, columnsOf(model)),
    );
    if (unusable.length > 0)
      throw dataError('unusable-images', `${unusable.length} of ${files.length} images can't be read.`, {
        details: unusable.map(({ file, reason }) => `${file}: ${reason}`),
      });
    const probabilities = Float32Array.from(answers.flatMap((answer) => order.map((k) => answer.probabilities[k])));
    const from = teacherPrevalence(model, order);
    const shifted = from !== undefined && data.trainedPrevalence !== undefined;
    const predictions: Predictions = {
      classes,
      imageIds: rows.map(({ imageId }) => imageId),
      lesionIds: rows.map(({ lesionId }) => lesionId),
      labels: Int32Array.from(rows, ({ label }) => label),
      probabilities: shifted
        ? Float32Array.from(shiftPrevalence(probabilities, from, data.trainedPrevalence!))
        : probabilities,
    };
    await writeFileWhole(run.teacher, formatPredictionsCsv(predictions));
    return {
      source: resolve(source),
      model: model.id,
      networks: model.networks.length,
      sha256: model.runModel?.sha256 ?? (await hashFile(source)),
      answersSha256: await hashFile(run.teacher),
      images: rows.length,
      learnedFrom: own,
      prevalence: shifted ? 'shifted' : 'as-it-is',
    };
  } finally {
    await model.close();
  }
}

/** The answers that a run folder holds. @returns [training images, K] @throws LesionlabError kind `run` where they are gone, or others */
export async function readTeacher(
  run: RunFolder,
  { answersSha256 }: Described,
  classes: TaughtData['classes'],
): Promise<Float32Array> {
  const hint = 'Put the file back, or train again with --overwrite.';
  const text = await readFile(run.teacher, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw runError('no-teacher', `Cannot read ${run.teacher}, the answers of the teacher: ${cause.message}`, {
      hint,
      cause,
    });
  });
  if ((await hashFile(run.teacher)) !== answersSha256)
    throw runError('teacher-changed', `${run.teacher} has other contents than when the run began.`, { hint });
  return Float32Array.from(parsePredictionsCsv(text, { file: run.teacher, classes }).probabilities);
}

/** Images that the teacher learned from or was chosen by; of an ensemble those of all members, which share a split. */
async function taughtImages(
  model: OpenModel,
  { source, trainedOn }: TeacherOptions,
  dataset: Dataset,
): Promise<TaughtImage[]> {
  if (model.folder && model.runModel) {
    if (trainedOn !== undefined)
      throw usageError('teacher-known', `The run ${source} says itself what it learned from.`, {
        hint: 'Leave --teacher-trained-on out.',
      });
    // Ids of lesions mean the same only within a dataset.
    const same = model.runModel.config.data.id === dataset.info.id;
    const rows = (
      await Promise.all([model.folder, ...model.runModel.members.map(({ folder }) => folder)].map(readRunSplits))
    ).flat();
    const final = model.runModel.members.some(
      ({ checkpoint }) => checkpoint.config.recipe.training.trainOn !== 'train',
    );
    return rows.map(({ imageId, lesionId, patientId, split: written }) => {
      const split = final && written === 'validation' ? 'train' : written;
      return same ? { imageId, lesionId, patientId, split } : { imageId, split };
    });
  }
  if (trainedOn === undefined)
    throw usageError(
      'teacher-unknown',
      `${source} does not say which images it learned from: it may know those that the network is tested on.`,
      {
        hint: 'Name a run folder as the teacher, or say what it learned from with --teacher-trained-on <list or data>.',
      },
    );
  const { imageIds, lesionIds, patientIds } = await readImageList(trainedOn, 'learned');
  const lists = [
    ...[...imageIds].map((imageId) => ({ imageId })),
    ...[...lesionIds].map((lesionId) => ({ imageId: '', lesionId })),
    ...[...patientIds].map((patientId) => ({ imageId: '', patientId })),
  ];
  return lists.map((image) => ({ ...image, split: 'train' }));
}

/** Class frequencies that a run answers for, of an ensemble the mean of its members'; undefined where one doesn't say. */
function teacherPrevalence({ runModel }: OpenModel, order: readonly number[]): number[] | undefined {
  const parts =
    runModel?.members.map(({ checkpoint, weight }) => ({ weight, own: checkpoint.config.trainedPrevalence })) ?? [];
  if (parts.length === 0 || parts.some(({ own }) => own === undefined)) return undefined;
  return order.map((k) => parts.reduce((sum, { weight, own }) => sum + weight * own![k], 0));
}
