import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runError } from '../../errors.js';
import { fitCalibration } from '../../evaluation/certainty/fitCalibration.js';
import { fitEnsembleWeights } from '../../evaluation/comparison/ensembleWeights.js';
import { evaluatePredictions } from '../../evaluation/evaluate.js';
import { scoreImages } from '../../evaluation/metrics/scoredImages.js';
import { averagePredictions } from '../../evaluation/predictions/averagePredictions.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { nodeRuntime } from '../../runtime/node.js';
import {
  type EnsembleConfig,
  type EnsembleMember,
  leadingMember,
  type Weighting,
} from '../../training/recipe/ensembleConfig.js';
import { type DataPaths, pathsOf } from '../dataset/openDatasets.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { predictByMember } from '../prediction/predictRecords.js';
import type { CheckpointName } from '../run/checkpointFile.js';
import {
  copyExploration,
  describeMember,
  type OpenedMember,
  openMembers,
  refuseRepetition,
} from '../run/ensembleMembers.js';
import { holdNewRun } from '../run/holdRun.js';
import { discardUnconfigured } from '../run/removeRun.js';
import { openRunData } from '../run/runData.js';
import { checkRunFolder, createRunFolder, type RunFolder } from '../run/runFolder.js';
import { hashMembers } from '../run/runModel.js';

/** Which runs answer together, and how they count. */
export interface EnsembleStepOptions {
  /** Run folders, at least two, trained on the same split. */
  readonly members: readonly string[];
  /** Run folder to make. */
  readonly run: string;
  /** Default `equal`. */
  readonly weighting?: Weighting;
  /** Which of each member's checkpoints. Default `best`. */
  readonly checkpoint?: CheckpointName;
  /** Where the data lies now, if it has been moved. */
  readonly data?: DataPaths;
  /** Replace the run that the folder holds. */
  readonly overwrite?: boolean;
}

/** The run folder that was made. */
export interface EnsembleStepResult {
  /** Absolute path of the folder. */
  readonly run: string;
  readonly config: EnsembleConfig;
  /** Files written. */
  readonly files: readonly string[];
}

/**
 * Makes a run folder that answers with the weighted mean of several runs' probabilities: config.json with the members and their weights, the
 * split, and a calibration of the mean on the validation split. Nothing is copied from the members but the split and the exploration; test images
 * are not looked at.
 * @throws LesionlabError kind `usage` for fewer than two members, or one given twice; kind `run` where members can't be used, or differ in classes, data
 *   or split; kind `data` where the data is gone; kind `interrupted`
 */
export async function ensembleStep(context: StepContext, options: EnsembleStepOptions): Promise<EnsembleStepResult> {
  refuseRepetition(options);
  await checkRunFolder(options.run, options);
  return await holdNewRun(context, options.run, 'ensemble', () => ensembleHeld(context, options));
}

async function ensembleHeld(context: StepContext, options: EnsembleStepOptions): Promise<EnsembleStepResult> {
  const { weighting = 'equal', overwrite = false, data: dataFolder } = options;
  const members = await openMembers(options);
  const splits = await requireSameMaterial(members);
  const { predicted, source } = await predictValidation(context, members, dataFolder);
  const weights =
    weighting === 'validation' ? fitEnsembleWeights(predicted).weights : members.map(() => 1 / members.length);
  const mean = averagePredictions(predicted, weights);
  const folder = await createRunFolder(options.run, { overwrite });
  try {
    const config = describeEnsemble(context, { folder, members, splits, predicted, weights, weighting, source });
    const files = [folder.splitsCsv, folder.splitsJson];
    const [{ folder: first }] = members;
    await writeFileWhole(folder.splitsCsv, await readFile(first.splitsCsv));
    await writeFileWhole(folder.splitsJson, await readFile(first.splitsJson));
    await copyExploration(folder, members);
    const sha256 = hashMembers(config.ensemble.members);
    await writeJson(folder.calibration, { sha256, ...fitCalibration(mean) });
    await writeJson(folder.config, config);
    files.push(folder.calibration, folder.config);
    return { run: folder.path, config, files };
  } catch (error) {
    await discardUnconfigured(folder);
    throw error;
  }
}

/**
 * Members must have learned from the same images: else a test image of one may be a training image of another.
 * @returns SHA-256 of their splits.csv
 */
async function requireSameMaterial(members: readonly OpenedMember[]): Promise<string> {
  const [first] = members;
  const final = members.find(({ checkpoint }) => checkpoint.config.recipe.training.trainOn !== 'train');
  if (final)
    throw runError(
      'validation-learned',
      `${final.folder.path} learned from its validation images, too: nothing is left to weight and calibrate an ensemble by.`,
      {
        hint: 'Make the ensemble of runs that learned from the training images alone.',
      },
    );
  const ids = ({ checkpoint }: OpenedMember) => checkpoint.config.data.classes.map(({ id }) => id).join(' ');
  const splits = await hashSplits(first.folder);
  for (const member of members.slice(1)) {
    const paths = `${first.folder.path} and ${member.folder.path}`;
    if (ids(member) !== ids(first))
      throw runError('other-classes', `${paths} tell other classes apart: ${ids(first)}, and ${ids(member)}.`, {
        hint: 'An ensemble is made of runs on the same dataset.',
      });
    const others = await hashSplits(member.folder);
    if (others !== splits)
      throw runError(
        'other-split',
        `${paths} were split differently (SHA-256 of splits.csv: ${splits.slice(0, 12)}…, and ${others.slice(0, 12)}…): test images of one may have trained the other.`,
        {
          hint: 'Train the members on one split: with other seeds, give all of them the same --split-seed (and --ratios and --limit).',
        },
      );
    if (member.checkpoint.config.data.sha256 !== first.checkpoint.config.data.sha256)
      throw runError(
        'other-images',
        `${paths} have the same image ids, but were trained on image files of other contents.`,
        {
          hint: 'An ensemble is made of runs on the same image files.',
        },
      );
  }
  return splits;
}

async function hashSplits({ path, splitsCsv }: RunFolder): Promise<string> {
  const bytes = await readFile(splitsCsv).catch((cause: Error) => {
    throw runError('no-splits', `${splitsCsv} can't be read: ${cause.message}`, {
      hint: `Without it nobody knows which images ${path} was trained on; leave that run out.`,
      cause,
    });
  });
  return createHash('sha256').update(bytes).digest('hex');
}

async function predictValidation(
  context: StepContext,
  members: readonly OpenedMember[],
  moved: DataPaths | undefined,
): Promise<{ predicted: Predictions[]; source: EnsembleParts['source'] }> {
  const data = await openRunData(context, members[0].folder, { data: moved });
  try {
    const records = data.splits.validation;
    if (records.length === 0)
      throw runError('empty-split', `The validation split of ${members[0].folder.path} has no images.`, {
        hint: 'Members are judged, and their mean calibrated, on validation images: make runs with other ratios.',
      });
    const { parts: predicted } = await predictByMember(context, members, data, records, 'Predicting validation images');
    const { config, dataset } = data;
    const now = moved === undefined ? undefined : pathsOf(moved).map((path) => resolve(path));
    const folder = now === undefined ? config.data.folder : now[0];
    return {
      predicted,
      source: { folder, ...(now && now.length > 1 && { folders: now }), metadataFile: dataset.metadataFile },
    };
  } finally {
    await data.close();
  }
}

interface EnsembleParts {
  readonly folder: RunFolder;
  readonly members: readonly OpenedMember[];
  readonly splits: string;
  /** Of the validation split, by each member. */
  readonly predicted: readonly Predictions[];
  readonly weights: readonly number[];
  readonly weighting: Weighting;
  /** Where the data lies. */
  readonly source: Pick<EnsembleConfig['data'], 'folder' | 'folders' | 'metadataFile'>;
}

function describeEnsemble({ seed, device, threads }: StepContext, parts: EnsembleParts): EnsembleConfig {
  const { folder, members, splits, predicted, weights, weighting } = parts;
  const [{ checkpoint: first }] = members;
  const described = members.map((member, m) => ({
    ...describeMember(folder, member, weights[m]),
    validation: scoreOf(predicted[m]),
  }));
  const equal = averagePredictions(
    predicted,
    members.map(() => 1 / members.length),
  );
  const { images, lesions } = scoreImages(predicted[0]);
  const used = described.filter(({ weight }) => weight > 0);
  return {
    lesionlab: packageInfo.version,
    created: new Date().toISOString(),
    seed,
    data: { ...first.config.data, ...parts.source },
    split: first.config.split,
    preprocessing: leadingMember(described).preprocessing,
    model: { id: 'ensemble', parameters: used.reduce((sum, { parameters }) => sum + parameters, 0), weightsFile: null },
    ensemble: {
      weighting,
      method: methods[weighting],
      splits,
      validation: {
        images,
        lesions,
        equal: scoreOf(equal),
        weighted: scoreOf(averagePredictions(predicted, weights)),
      },
      members: described,
    },
    device,
    threads,
    versions: { node: process.versions.node, onnxruntime: nodeRuntime.version },
  };
}

const methods: Readonly<Record<Weighting, string>> = {
  equal: 'all members alike',
  validation:
    'those under which the validation images are most likely, every diagnosis counting alike (EM for mixture weights, Smyth and Wolpert 1999)',
};

function scoreOf(predictions: Predictions): NonNullable<EnsembleMember['validation']> {
  const { balancedAccuracy, loss } = evaluatePredictions(predictions, { split: 'validation', seed: 0, resamples: 0 });
  return { balancedAccuracy, loss };
}
