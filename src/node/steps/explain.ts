import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { requireInteger } from '../../checks.js';
import type { ClassInfo, ImageRecord } from '../../data/dataset.js';
import { composed } from '../../data/storedFile.js';
import { usageError } from '../../errors.js';
import { mostProbable } from '../../evaluation/predictions/mostProbable.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { parsePredictionsCsv } from '../../evaluation/predictions/predictionsCsv.js';
import type { Baseline } from '../../explain/baseline.js';
import type { ExplanationMethod } from '../../explain/explainers/explainer.js';
import { findExplainer, requireOwnOptions } from '../../explain/explainers/registry.js';
import { readJsonLines } from '../files/jsonLines.js';
import { checkLease } from '../files/lease/heldFolders.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { checkExplanations } from '../prediction/checkExplanations.js';
import { findClass } from '../prediction/explainImage.js';
import { type AskedRecord, type ExplainedRecord, type Explainer, openExplainer } from '../prediction/explainImages.js';
import {
  drawExplanation,
  type ExplanationPictures,
  explanationFileNames,
  isExplanationPicture,
} from '../prediction/explanationPictures.js';
import {
  type LocalisedRecord,
  localiseRecord,
  type MaskLeftOut,
  measureLocalisation,
} from '../prediction/measureLocalisation.js';
import { predictRecords } from '../prediction/predictRecords.js';
import type { CheckpointName } from '../run/checkpointFile.js';
import { holdRun } from '../run/holdRun.js';
import { type OpenRunDataOptions, openRunData, type RunData } from '../run/runData.js';
import { type RunFolder, refuseFolds } from '../run/runFolder.js';
import { loadRunModel, type RunModel } from '../run/runModel.js';
import { evaluationLogLine } from '../run/testEvaluation.js';
import type { ExplanationEntry, ExplanationsFile } from './explanationsFile.js';

/** Which of a run's images are explained, and how. */
export interface ExplainStepOptions extends OpenRunDataOptions {
  /** Run folder. */
  readonly run: string;
  /** Grad-CAM and HiResCAM: layer to look at; default the model's own choice. */
  readonly layer?: string;
  /** Default `grad-cam`. */
  readonly method?: ExplanationMethod;
  /** Integrated gradients and occlusion: what stands for an image without evidence. Default `mean`. */
  readonly baseline?: Baseline;
  /** Image ids to explain besides one test image a class. */
  readonly images?: readonly string[];
  /** Class id to explain in all images; default each image's own answer. */
  readonly explainClass?: string;
  /** Default `best`. */
  readonly checkpoint?: CheckpointName;
  /** Most test images with a mask whose heat is measured. Default 200; 20 by methods that take many passes an image. */
  readonly localised?: number;
  /** Test images over which it is checked whether the maps are worth anything. Default none. */
  readonly check?: number;
}

/** What explanations.json holds, and what was written. */
export interface ExplainStepResult extends ExplanationsFile {
  /** Files written. */
  readonly written: readonly string[];
}

/**
 * Shows where the model looks, before and after training, for one test image a class and for any image named;
 * where there are lesion masks, measures how much of the heat lies inside the lesion. Writes explanations/.
 * @throws LesionlabError kind `usage` for an unknown layer, class or image; kinds `run`, `data`, `interrupted`
 */
export async function explainStep(context: StepContext, options: ExplainStepOptions): Promise<ExplainStepResult> {
  return await holdRun(context, options.run, 'explain', (folder) => explainHeld(context, folder, options));
}

async function explainHeld(
  context: StepContext,
  folder: RunFolder,
  options: ExplainStepOptions,
): Promise<ExplainStepResult> {
  const { method = 'grad-cam', images: named = [], layer, baseline, check } = options;
  const { looksAt } = findExplainer(method);
  const localised = options.localised ?? mostLocalised[looksAt];
  requireOwnOptions(method, { layer, baseline });
  if (check !== undefined) requireInteger('check', check, { min: 1 });
  const model = await loadRunModel(folder, options.checkpoint);
  const { classes } = model.config.data;
  const explainClass = options.explainClass === undefined ? undefined : findClass(classes, options.explainClass);
  refuseFolds(folder, model.config);
  const data = await openRunData(context, folder, options);
  let explainer: Explainer | undefined;
  try {
    const namedRecords = findRecords(data, named);
    explainer = await openExplainer(context, model, data, { layer, method, baseline });
    const test = await testPredictions(context, folder, model, data);
    const extra = namedRecords.length > 0 ? await predictRecords(context, model, data, namedRecords) : undefined;
    const chosen = [
      ...namedRecords.map((record, i) => answerOf(extra!, i, record, 'named' as const)),
      ...chooseExamples(test.predictions).map((i) => answerOf(test.predictions, i, test.records[i], 'class' as const)),
    ].filter(({ record }, i, all) => all.findIndex((other) => other.record === record) === i);

    const asked = chosen.map(({ record, predicted }) => ({ record, classIndex: explainClass ?? predicted }));
    const found = await explainUnderBar(context, explainer, asked);
    const entries: ExplanationEntry[] = [];
    const masksLeftOut: MaskLeftOut[] = [];
    const pictures = new Map<string, Uint8Array>();
    for (const [i, answer] of chosen.entries()) {
      const files = explanationFileNames(answer.record.imageId, i);
      for (const [part, png] of Object.entries(await drawExplanation(found[i], data, method)))
        pictures.set(files[part as keyof typeof files], png);
      const own = await localiseRecord(found[i], data);
      if (own && 'reason' in own) masksLeftOut.push(own);
      entries.push(describe(answer, found[i], files, classes, own && 'after' in own ? own : null));
    }
    const measured = await measureLocalisation(context, explainer, data, { ...test, explainClass, most: localised });
    const listed = new Set(masksLeftOut.map(({ imageId }) => imageId));
    masksLeftOut.push(...measured.leftOut.filter(({ imageId }) => !listed.has(imageId)));
    const { seed } = data.config;
    const checked =
      check === undefined
        ? undefined
        : await checkExplanations(context, model, explainer, { ...test, method, explainClass, most: check, seed });
    const { name, epoch, sha256 } = model;
    const completenessError = summariseCompleteness(found);
    const content: ExplanationsFile = {
      layer: explainer.layer,
      method,
      ...(looksAt === 'input' && { baseline: baseline ?? 'mean' }),
      ...(completenessError !== undefined && { completenessError }),
      checkpoint: { name, epoch, sha256 },
      images: entries,
      localisation: measured.localisation,
      masksLeftOut,
      ...(checked && { check: checked }),
    };
    const written = [...pictures.keys()].map((file) => join(folder.explanations, file));
    for (const [file, png] of pictures) await writeFileWhole(join(folder.explanations, file), png);
    await writeJson(folder.explanationsJson, content);
    checkLease(folder.path);
    // What earlier calls made, those that were killed too.
    for (const file of await readdir(folder.explanations))
      if (isExplanationPicture(file) && !pictures.has(file)) await rm(join(folder.explanations, file), { force: true });
    return { ...content, written: [...written, folder.explanationsJson] };
  } finally {
    await explainer?.close();
    await data.close();
  }
}

/** Most images whose heat is measured, by the cost of a map. */
const mostLocalised = { layer: 200, input: 20 };

async function explainUnderBar(
  { progress }: StepContext,
  explainer: Explainer,
  asked: readonly AskedRecord[],
): Promise<ExplainedRecord[]> {
  const task = progress.start('Explaining images', asked.length);
  try {
    return await explainer.explain(asked, (done) => task.update(done));
  } finally {
    task.end();
  }
}

/** Over the trained network's maps; undefined where they don't say. */
function summariseCompleteness(found: readonly ExplainedRecord[]): number | undefined {
  const known = found.flatMap(({ after }) => after.completeness ?? []);
  const sum = (read: (own: (typeof known)[number]) => number) => known.reduce((total, own) => total + read(own), 0);
  const difference = sum((own) => Math.abs(own.difference));
  return difference > 0 ? sum((own) => Math.abs(own.attributed - own.difference)) / difference : undefined;
}

interface Answer {
  readonly record: ImageRecord;
  readonly predicted: number;
  /** [K]. */
  readonly probabilities: ArrayLike<number>;
  readonly reason: ExplanationEntry['reason'];
}

interface TestPredictions {
  readonly records: readonly ImageRecord[];
  readonly predictions: Predictions;
}

function findRecords({ dataset }: RunData, imageIds: readonly string[]): ImageRecord[] {
  const byId = new Map(dataset.records.map((record) => [record.imageId, record] as const));
  const unknown = imageIds.filter((imageId) => !byId.has(composed(imageId)));
  if (unknown.length > 0)
    throw usageError('unknown-image', `The run's data has no image ${unknown.join(', ')}.`, {
      hint: 'Name image ids as they stand in splits.csv, without file ending.',
    });
  return imageIds.map((imageId) => byId.get(composed(imageId))!);
}

/** Those that evaluation wrote, where it used these very weights; else they are made again (and not kept). */
async function testPredictions(
  context: StepContext,
  folder: RunFolder,
  model: RunModel,
  data: RunData,
): Promise<TestPredictions> {
  const records = data.splits.test;
  const paths = folder.evaluation('test');
  const log = await readJsonLines(paths.log, evaluationLogLine).catch(() => []);
  const last = log.at(-1);
  if (last?.sha256 === model.sha256) {
    try {
      const { classes } = model.config.data;
      const predictions = parsePredictionsCsv(await readFile(paths.predictions, 'utf8'), {
        file: paths.predictions,
        classes,
      });
      const known = new Set(predictions.imageIds);
      const byId = new Map(records.map((record) => [record.imageId, record] as const));
      const winners = mostProbable(predictions.probabilities, classes.length);
      const right = predictions.labels.filter((label, i) => winners[i] === label).length;
      // They are of other weights where an evaluation was interrupted after its line in the log.
      const logged = Math.abs(last.accuracy - right / records.length) < 1e-9;
      if (logged && known.size === records.length && records.every(({ imageId }) => known.has(imageId)))
        return { records: predictions.imageIds.map((imageId) => byId.get(imageId)!), predictions };
    } catch {
      // Missing or changed by hand: predicting again costs little.
    }
  }
  return { records, predictions: await predictRecords(context, model, data, records, 'Predicting test images') };
}

/** One image a class: the most confident right one, else the one that came nearest. @returns positions, in class order */
export function chooseExamples({ classes, labels, probabilities }: Predictions): number[] {
  const winners = mostProbable(probabilities, classes.length);
  return classes.flatMap((_, label) => {
    const own = Array.from(labels.keys()).filter((i) => labels[i] === label);
    const score = (i: number) => Number(winners[i] === label) + probabilities[i * classes.length + label];
    const best = Math.max(...own.map(score));
    return own.filter((i) => score(i) === best).slice(0, 1);
  });
}

function answerOf(
  { classes, probabilities }: Predictions,
  index: number,
  record: ImageRecord,
  reason: Answer['reason'],
): Answer {
  const own = probabilities.slice(index * classes.length, (index + 1) * classes.length);
  return { record, predicted: mostProbable(own, classes.length)[0], probabilities: own, reason };
}

function describe(
  { record, predicted, probabilities, reason }: Answer,
  { classIndex, before, after }: ExplainedRecord,
  files: ExplanationPictures<string>,
  classes: readonly ClassInfo[],
  localisation: LocalisedRecord | null,
): ExplanationEntry {
  return {
    imageId: record.imageId,
    lesionId: record.lesionId,
    dx: classes[record.label].id,
    predicted: classes[predicted].id,
    confidence: probabilities[predicted],
    probabilities: Object.fromEntries(classes.map(({ id }, k) => [id, probabilities[k]])),
    explained: classes[classIndex].id,
    reason,
    files,
    empty: { before: before.empty, after: after.empty },
    localisation: localisation?.after ?? null,
    localisationBefore: localisation?.before ?? null,
  };
}
