import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import type { DataOptions } from '../../data/dataset.js';
import type { JudgedEvaluation } from '../../evaluation/judging/judge.js';
import { type JudgeAnswersOptions, type JudgedAnswers, judgeAnswers } from '../../evaluation/judging/judgeAnswers.js';
import { judgedRun } from '../../evaluation/judging/judgedRun.js';
import { isTablePath } from '../../evaluation/judging/openTruth.js';
import { completeTrainingList } from '../../evaluation/judging/trainingOverlap.js';
import type { Truth } from '../../evaluation/judging/truth.js';
import type { JoinRule, Unit } from '../../evaluation/judging/units.js';
import { nodeRuntime } from '../../runtime/node.js';
import { type OpenTruth, openMaskedTruth, readImageList } from '../dataset/openTruth.js';
import { hashFile } from '../files/fileHash.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { answersOfSource, readPredictions, type SourceOptions } from '../prediction/answersOfSource.js';
import { type EvaluatedGroups, evaluateGroups } from '../run/evaluatedGroups.js';
import { writeEvaluation } from '../run/evaluationFiles.js';
import { holdNewRun } from '../run/holdRun.js';
import { discardUnconfigured } from '../run/removeRun.js';
import { checkRunFolder, createRunFolder, makeFolder, type RunFolder } from '../run/runFolder.js';
import { type EvaluateStepResult, logTestEvaluation } from '../run/testEvaluation.js';
import { reportStep } from './report.js';

/** Whose answers are judged, against which truth, and what is estimated. */
export interface JudgeStepOptions extends SourceOptions {
  /** A dataset that lesionlab reads, or a table of ids and labels; of an ONNX file, a dataset with images. */
  readonly truth: string;
  /** Folder for the results. Default: `runs/judged-<name of the source>`. */
  readonly run?: string;
  /** Replace a run that the folder holds. */
  readonly overwrite?: boolean;
  /** What the classifier is called. Default: the name of its file. */
  readonly name?: string;
  readonly unit?: Unit;
  readonly join?: JoinRule;
  /** `validation` (the truth's own), a table of predictions of other images, or a share to set aside. Nothing is fitted where left out. */
  readonly calibrateOn?: string;
  /** List, table or dataset of the images that the classifier learned from. */
  readonly trainedOn?: string;
  readonly threshold?: number;
  readonly prevalence?: number;
  /** Share of the truths not confirmed by histology that is taken as wrong. */
  readonly labelErrors?: number;
  readonly resamples?: number;
  /** Folder or zip of lesion masks of the truth's images. Default: those that the truth's own folder holds. */
  readonly masks?: string;
  /** Whether skin beside lesions is measured where there are masks. Default true. */
  readonly skinTone?: boolean;
  /** Which images of the truth are taken, and whether some may be missing. */
  readonly dataOptions?: DataOptions;
}

/** What a judgement found, and where it was written. */
export interface JudgeStepResult extends EvaluateStepResult {
  readonly evaluation: JudgedEvaluation;
  readonly run: string;
  /** report.html. */
  readonly report: string;
}

/**
 * Judges a classifier that somebody else made, by a table of its predictions or by its ONNX file, and writes a run folder like any other:
 * config.json, splits.csv, evaluation/test/, report and documents.
 * @throws LesionlabError kind `usage` where columns, classes or options can't be told or don't fit; kind `data` where predictions or truth
 *   can't be used; kind `run` where the folder can't be written
 */
export async function judgeStep(context: StepContext, options: JudgeStepOptions): Promise<JudgeStepResult> {
  const run = options.run ?? join('runs', `judged-${nameOf(options.source)}`);
  await checkRunFolder(run, { overwrite: options.overwrite });
  return await holdNewRun(context, run, 'judge', () => judgeHeld(context, run, options));
}

async function judgeHeld(context: StepContext, run: string, options: JudgeStepOptions): Promise<JudgeStepResult> {
  const opened = await openMaskedTruth(options.truth, options.masks, options.dataOptions);
  try {
    const judged = await judgeOpened(context, options, opened);
    const folder = await createRunFolder(run, { overwrite: options.overwrite });
    try {
      return await write(context, options, opened, judged, folder);
    } catch (error) {
      await discardUnconfigured(folder);
      throw error;
    }
  } finally {
    await opened.close();
  }
}

/** What was judged, and against the truth of which images. */
interface Judged extends JudgedAnswers {
  readonly sha256: string;
  readonly truth: Truth;
}

async function judgeOpened(context: StepContext, options: JudgeStepOptions, opened: OpenTruth): Promise<Judged> {
  const { source, trainedOn } = options;
  const sha256 = await hashFile(source);
  const found = await answersOfSource(context, options, opened);
  const { unit, join: rule, threshold, prevalence, labelErrors, resamples, direction } = options;
  const judged = judgeAnswers(found, {
    ...{ unit, join: rule, threshold, prevalence, labelErrors, resamples, direction },
    seed: context.seed,
    source: basename(source),
    expected: found.expected,
    trainedOn:
      trainedOn === undefined ? null : completeTrainingList(await readImageList(trainedOn, 'learned'), opened.truth),
    ...(await readCalibrationPart(options, opened.truth)),
  });
  return { ...judged, sha256, truth: found.truth };
}

/** @param truth all of it: what is calibrated on need not be what is scored */
async function readCalibrationPart(
  options: JudgeStepOptions,
  truth: Truth,
): Promise<Pick<JudgeAnswersOptions, 'calibrateOn' | 'calibrationSource'>> {
  const { calibrateOn: asked } = options;
  if (asked === undefined || asked === 'validation') return { calibrateOn: asked };
  if (/^[\d.]+%?$/.test(asked))
    return { calibrateOn: { share: asked.endsWith('%') ? Number(asked.slice(0, -1)) / 100 : Number(asked) } };
  return {
    calibrateOn: { answers: await readPredictions(asked, truth, options), truth },
    calibrationSource: basename(asked),
  };
}

async function write(
  context: StepContext,
  options: JudgeStepOptions,
  { dataset, sha256: truthSha256 }: OpenTruth,
  judged: Judged,
  folder: RunFolder,
): Promise<JudgeStepResult> {
  const { sha256 } = judged;
  const { seed, device, threads } = context;
  let skinTones: EvaluatedGroups['skinTones'] = null;
  const { config, splits, evaluation, predictions, subgroups, imagePredictions } = await judgedRun(
    judged.truth,
    judged,
    {
      ...{ seed, device, threads },
      lesionlab: packageInfo.version,
      created: new Date().toISOString(),
      name: options.name ?? nameOf(options.source),
      judged: {
        kind: isTablePath(options.source) ? 'table' : 'file',
        file: basename(options.source),
        sha256,
        truthSha256,
        options: givenOptions(options),
      },
      versions: { node: process.versions.node, onnxruntime: nodeRuntime.version },
      truthPath: resolve(options.truth),
      dataOptions: options.dataOptions,
      resamples: options.resamples,
      evaluateGroups: async (scored, groups) => {
        const found = await evaluateGroups(context, scored, {
          ...{ ...groups, dataset },
          ...{ resamples: options.resamples, skinTone: options.skinTone },
        });
        skinTones = found.skinTones;
        return found.subgroups;
      },
      hash: (text) => createHash('sha256').update(text).digest('hex'),
    },
  );
  await writeJson(folder.config, config);
  await writeFileWhole(folder.splitsCsv, splits);
  const paths = folder.evaluation('test');
  await makeFolder(paths.folder);
  const checkpoint = { name: 'judged' as const, epoch: null, sha256 };
  await logTestEvaluation(folder, checkpoint, evaluation);
  const files = await writeEvaluation(paths, {
    ...{ evaluation, predictions, seed },
    groups: { subgroups, skinTones },
    ...(imagePredictions !== null && { imagePredictions }),
    pictures: null,
    gridTitle: '',
    submission: undefined,
  });
  const { path: report } = await reportStep(context, folder.path, { data: dataset ? options.truth : undefined });
  return { evaluation, checkpoint, subgroups, files, run: folder.path, report };
}

/** Where things lie, or whose they are: said elsewhere in config.json, or nobody else's business. */
const unkept = new Set(['source', 'truth', 'run', 'overwrite', 'name', 'dataOptions']);
const pathNames = new Set(['calibrateOn', 'trainedOn', 'expected', 'masks']);

/** Options for config.json: those that were given, files without their folders. */
function givenOptions(options: JudgeStepOptions): Record<string, unknown> {
  const given = Object.entries(options).filter(([name, value]) => value !== undefined && !unkept.has(name));
  return Object.fromEntries(
    given.map(([name, value]) => [name, pathNames.has(name) ? basename(String(value)) : value]),
  );
}

const nameOf = (source: string): string => basename(source).replace(/\.[^.]+$/, '');
