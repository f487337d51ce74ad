import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import type { DataOptions, ImageRecord } from '../../data/dataset.js';
import { splitsCsv } from '../../data/groups/splitsCsv.js';
import { usageError } from '../../errors.js';
import {
  type AssembledAnswers,
  assembleAnswers,
  evaluateSubgroups,
  type JoinRule,
  type JudgedEvaluation,
  type JudgeOptions,
  type JudgeResult,
  judgeInFull,
  type Predictions,
  type Truth,
  type Unit,
} from '../../evaluation/index.js';
import { takeRows } from '../../evaluation/predictions/takeRows.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { JudgedConfig } from '../../training/recipe/judgedConfig.js';
import { isTablePath, type OpenTruth, openTruth, readImageList } from '../dataset/openTruth.js';
import { hashFile } from '../files/fileHash.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { assembleSource, readPredictions, type SourceOptions } from '../prediction/assembleSource.js';
import { recordsById, writeEvaluation } from '../run/evaluationFiles.js';
import { holdNewRun } from '../run/holdRun.js';
import { checkRunFolder, createRunFolder, discardUnconfigured, makeFolder, type RunFolder } from '../run/runFolder.js';
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
  const opened = await openTruth(options.truth, options.dataOptions);
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

/** What was judged, before anything is written. */
interface Judged extends JudgeResult {
  readonly sha256: string;
  readonly assembled: AssembledAnswers;
  readonly words: readonly string[];
}

async function judgeOpened(context: StepContext, options: JudgeStepOptions, opened: OpenTruth): Promise<Judged> {
  const { source, calibrateOn, trainedOn } = options;
  const sha256 = await hashFile(source);
  const { truth, answers, assembled } = await assembleSource(context, options, opened);
  const calibration = await findCalibration(options, calibrateOn, truth, assembled);
  const { predictions, missing } = calibration.scored;
  const { unit, join: rule, threshold, prevalence, labelErrors, resamples } = options;
  const recordOf = recordsById(assembled.records);
  const result = judgeInFull(
    { ...predictions, confirmations: predictions.imageIds.map((id) => recordOf.get(id)?.dxType) } as Predictions,
    {
      ...{ unit, join: rule, threshold, prevalence, labelErrors, resamples, missing },
      seed: context.seed,
      calibrateOn: calibration.on,
      trainedOn: trainedOn === undefined ? null : await readImageList(trainedOn),
      orderOnly: answers.orderOnly,
    },
  );
  const words = [...truth.words, ...answers.words, ...assembled.words];
  if (answers.unusable.length > 0)
    words.push(
      `Rows or images without an answer that can be read: ${answers.unusable.length.toLocaleString('en-US')}.`,
    );
  return { ...result, sha256, assembled, words };
}

interface FoundCalibration {
  readonly scored: Pick<AssembledAnswers, 'predictions' | 'missing'>;
  readonly on: JudgeOptions['calibrateOn'];
}

/** What is fitted on, and what is left to score. */
async function findCalibration(
  options: JudgeStepOptions,
  asked: string | undefined,
  truth: Truth,
  { predictions, records, missing }: AssembledAnswers,
): Promise<FoundCalibration> {
  if (asked === undefined) return { scored: { predictions, missing }, on: undefined };
  if (/^[\d.]+%?$/.test(asked)) {
    const share = asked.endsWith('%') ? Number(asked.slice(0, -1)) / 100 : Number(asked);
    return { scored: { predictions, missing }, on: { share } };
  }
  if (asked === 'validation') {
    const rows = (wanted: boolean) =>
      [...records.keys()].filter((i) => (records[i].officialSplit === 'validation') === wanted);
    const [own, others] = [rows(true), rows(false)];
    if (own.length === 0 || others.length === 0)
      throw usageError(
        'no-validation',
        `${own.length === 0 ? 'No' : 'Every'} image with an answer is in the truth's own validation split.`,
        {
          hint: {
            terminal:
              'Set a share aside (--calibrate-on 0.3), or give a table of predictions of other images (--calibrate-on validation.csv); in a plain truth a column split says which images are of validation.',
            page: 'Set a share aside, or give a table of predictions of other images.',
          },
        },
      );
    const splitOf = new Map(truth.records.map(({ imageId, officialSplit }) => [imageId, officialSplit]));
    const kept = [...missing.imageIds.keys()].filter((i) => splitOf.get(missing.imageIds[i]) !== 'validation');
    return {
      scored: { predictions: takeRows(predictions, others), missing: takeMissing(missing, kept) },
      on: { predictions: takeRows(predictions, own), words: 'the truth’s own validation split' },
    };
  }
  const answers = await readPredictions(asked, truth, options);
  const ids = ({ classes }: Predictions) => classes.map(({ id }) => id).join(' ');
  const other = assembleAnswers(answers, truth, {
    source: basename(asked),
    expected: false,
    direction: options.direction,
  });
  if (ids(other.predictions) !== ids(predictions))
    throw usageError(
      'other-classes',
      `${asked} has other classes (${ids(other.predictions)}) than ${options.source} (${ids(predictions)}).`,
      {
        hint: 'Both tables have to be of the same classifier.',
      },
    );
  // Those images were never meant to be scored.
  const fitted = new Set(other.predictions.imageIds);
  const kept = [...missing.imageIds.keys()].filter((i) => !fitted.has(missing.imageIds[i]));
  return {
    scored: { predictions, missing: takeMissing(missing, kept) },
    on: { predictions: other.predictions, words: `${basename(asked)}, other images` },
  };
}

function takeMissing(
  { imageIds, labels, groups, patients }: AssembledAnswers['missing'],
  rows: readonly number[],
): AssembledAnswers['missing'] {
  return {
    imageIds: rows.map((i) => imageIds[i]),
    labels: rows.map((i) => labels[i]),
    ...(groups && { groups: rows.map((i) => String(groups[i])) }),
    ...(patients && { patients: rows.map((i) => String(patients[i])) }),
  };
}

async function write(
  context: StepContext,
  options: JudgeStepOptions,
  { truth, dataset, sha256: truthSha256 }: OpenTruth,
  judged: Judged,
  folder: RunFolder,
): Promise<JudgeStepResult> {
  const { scored, images, setAside, assembled, sha256 } = judged;
  const evaluation: JudgedEvaluation = {
    ...judged.evaluation,
    split: 'test',
    judgement: { ...judged.evaluation.judgement, words: judged.words },
  };
  const fitOn = new Set(setAside?.imageIds);
  const inPart = new Set([...images.imageIds, ...fitOn]);
  const records = assembled.records.filter(({ imageId }) => inPart.has(imageId));
  const labelOf = new Map(assembled.predictions.imageIds.map((id, i) => [id, assembled.predictions.labels[i]]));
  const mapped = records.map((record): ImageRecord => ({ ...record, label: labelOf.get(record.imageId)! }));
  const splits = splitsCsv(
    mapped,
    mapped.map(({ imageId }) => (fitOn.has(imageId) ? 'validation' : 'test')),
    scored.classes,
  );
  const config: JudgedConfig = {
    lesionlab: packageInfo.version,
    created: new Date().toISOString(),
    seed: context.seed,
    data: {
      folder: resolve(options.truth),
      metadataFile: truth.metadataFile,
      id: truth.info.id,
      name: truth.info.name,
      synthetic: truth.info.synthetic,
      licence: truth.info.licence,
      citation: truth.info.citation,
      classes: [...scored.classes],
      hasLesionIds: truth.hasLesionIds,
      images: mapped.length,
      lesions: new Set(mapped.map(({ lesionId }) => lesionId)).size,
      sha256: createHash('sha256').update(splits).digest('hex'),
      ...(options.dataOptions && { options: options.dataOptions }),
      limit: null,
      excluded: [],
    },
    model: { id: options.name ?? nameOf(options.source), parameters: null, weightsFile: null },
    judged: {
      kind: isTablePath(options.source) ? 'table' : 'file',
      file: basename(options.source),
      sha256,
      truthSha256,
      options: givenOptions(options),
    },
    device: context.device,
    threads: context.threads,
    versions: { node: process.versions.node, onnxruntime: nodeRuntime.version },
  };
  await writeJson(folder.config, config);
  await writeFileWhole(folder.splitsCsv, splits);
  const paths = folder.evaluation('test');
  await makeFolder(paths.folder);
  const checkpoint = { name: 'judged' as const, epoch: null, sha256 };
  await logTestEvaluation(folder, checkpoint, evaluation);
  const { seed } = context;
  const unit = evaluation.judgement.unit.of;
  const files = await writeEvaluation(paths, {
    evaluation,
    predictions: scored,
    ...(unit !== 'image' && { images }),
    subgroups: evaluateSubgroups(scored, recordsOfUnits(scored, mapped, unit), {
      seed,
      resamples: options.resamples,
      columns: truth.columns,
    }),
    pictures: null,
    seed,
    gridTitle: '',
    submission: undefined,
  });
  const { path: report } = await reportStep(context, folder.path, { data: dataset ? options.truth : undefined });
  return { evaluation, checkpoint, files, run: folder.path, report };
}

/** Metadata by the id of what is scored; of a lesion or patient that of its first image. */
function recordsOfUnits(
  { imageIds }: Predictions,
  records: readonly ImageRecord[],
  unit: Unit,
): Map<string, ImageRecord> {
  if (unit === 'image') return recordsById(records);
  const wanted = new Set(imageIds);
  const found = new Map<string, ImageRecord>();
  for (const record of records) {
    const id = unit === 'lesion' ? record.lesionId : (record.patientId ?? record.lesionId);
    if (wanted.has(id) && !found.has(id)) found.set(id, record);
  }
  return found;
}

/** Where things lie, or whose they are: said elsewhere in config.json, or nobody else's business. */
const unkept = new Set(['source', 'truth', 'run', 'overwrite', 'name', 'dataOptions']);
const pathNames = new Set(['calibrateOn', 'trainedOn', 'expected']);

/** Options for config.json: those that were given, files without their folders. */
function givenOptions(options: JudgeStepOptions): Record<string, unknown> {
  const given = Object.entries(options).filter(([name, value]) => value !== undefined && !unkept.has(name));
  return Object.fromEntries(
    given.map(([name, value]) => [name, pathNames.has(name) ? basename(String(value)) : value]),
  );
}

const nameOf = (source: string): string => basename(source).replace(/\.[^.]+$/, '');
