import { join } from 'node:path';
import type { Evaluation, Interval } from '../../evaluation/index.js';
import { evaluatePredictions, takeRows } from '../../evaluation/index.js';
import { leakChart } from '../../report/index.js';
import type { RunOptions } from '../planRun.js';
import { plotDocument } from '../plotDocument.js';
import { readPredictions } from '../readPredictions.js';
import { type RunFolder, runFolderPaths } from '../runFolder.js';
import { readRunSplits } from '../runSplits.js';
import type { StepContext } from '../stepContext.js';
import { writeFileWhole, writeJson } from '../writeFile.js';
import { evaluateStep, readTestEvaluation } from './evaluate.js';
import { trainRun } from './run.js';

export interface LeakStepOptions extends Omit<RunOptions, 'run' | 'splitRule'> {
  /** Folder for both runs and what they show together. */
  readonly out: string;
}

/** A number under both splits. */
export interface LeakNumber {
  readonly byImage: number | null;
  readonly byImageInterval: Interval;
  readonly byLesion: number | null;
  readonly byLesionInterval: Interval;
  /** `byImage - byLesion`; null where one of them is. */
  readonly flattery: number | null;
}

/** leak.json */
export interface LeakResult {
  readonly model: string;
  readonly accuracy: LeakNumber;
  readonly balancedAccuracy: LeakNumber;
  readonly macroAuroc: LeakNumber;
  /** Sensitivity by class. */
  readonly classes: readonly (LeakNumber & { readonly dx: string; readonly name: string })[];
  /** What the split by image was tested on: images of lesions that were trained on, and of others. */
  readonly seen: SeenImages;
  readonly unseen: SeenImages;
  /** Files and folders written. */
  readonly files: readonly string[];
}

export interface SeenImages {
  readonly images: number;
  readonly accuracy: number | null;
  readonly interval: Interval;
}

/**
 * Trains the same network twice, with a split by image and with one by lesion, and shows how much the first flatters. The dataset, the
 * recipe and the seed are the same; only the split differs.
 * @throws LesionlabError as `trainRun` and `evaluateStep` do
 */
export async function leakStep(context: StepContext, { out, ...options }: LeakStepOptions): Promise<LeakResult> {
  const [imageRun, lesionRun] = (['images', 'lesions'] as const).map((kind) => ({
    kind,
    run: join(out, kind === 'images' ? 'by-image' : 'by-lesion'),
  }));
  const evaluations: Evaluation[] = [];
  let model = '';
  for (const { kind, run } of [imageRun, lesionRun]) {
    context.progress.note(`Training with a split by ${kind === 'images' ? 'image' : 'lesion'} into ${run}.`);
    const { config } = await trainRun(context, { ...options, run, splitRule: { kind } });
    model = config.model.id;
    const done = await readTestEvaluation(runFolderPaths(run));
    evaluations.push((done ?? (await evaluateStep(context, { run }))).evaluation);
  }
  const [byImage, byLesion] = evaluations;
  const { seen, unseen } = await divideBySight(context, runFolderPaths(imageRun.run));
  const result = { model, ...pairNumbers(byImage, byLesion), seen, unseen };
  const paths = [join(out, 'leak.json'), join(out, 'leak.svg')];
  await writeJson(paths[0], result);
  await writeFileWhole(paths[1], leakChart(result.classes, { document: plotDocument() }));
  return { ...result, files: [...paths, imageRun.run, lesionRun.run] };
}

function pairNumbers(byImage: Evaluation, byLesion: Evaluation) {
  const pair = (value: (e: Evaluation) => number | null, interval: (e: Evaluation) => Interval | undefined) => {
    const [a, b] = [value(byImage), value(byLesion)];
    return {
      byImage: a,
      byImageInterval: interval(byImage) ?? null,
      byLesion: b,
      byLesionInterval: interval(byLesion) ?? null,
      flattery: a === null || b === null ? null : a - b,
    };
  };
  return {
    accuracy: pair(
      (e) => e.accuracy,
      (e) => e.intervals?.accuracy,
    ),
    balancedAccuracy: pair(
      (e) => e.balancedAccuracy,
      (e) => e.intervals?.balancedAccuracy,
    ),
    macroAuroc: pair(
      (e) => e.auroc.macro,
      (e) => e.intervals?.auroc.macro,
    ),
    classes: byImage.perClass.map(({ dx, name }, k) => ({
      dx,
      name,
      ...pair(
        ({ perClass }) => (perClass[k].support > 0 ? perClass[k].recall : null),
        ({ intervals }) => intervals?.perClass[k].recall,
      ),
    })),
  };
}

/** Test images whose lesion was trained on, and those whose was not. */
async function divideBySight(
  { seed }: Pick<StepContext, 'seed'>,
  folder: RunFolder,
): Promise<{ seen: SeenImages; unseen: SeenImages }> {
  const predictions = await readPredictions(folder, 'test');
  const trained = new Set(
    (await readRunSplits(folder)).filter(({ split }) => split === 'train').map(({ lesionId }) => lesionId),
  );
  const score = (known: boolean): SeenImages => {
    const rows = predictions.lesionIds.flatMap((id, i) => (trained.has(id) === known ? [i] : []));
    if (rows.length === 0) return { images: 0, accuracy: null, interval: null };
    const { images, accuracy, intervals } = evaluatePredictions(takeRows(predictions, rows), { split: 'test', seed });
    return { images, accuracy, interval: intervals?.accuracy ?? null };
  };
  return { seen: score(true), unseen: score(false) };
}
