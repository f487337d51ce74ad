import { createHash } from 'node:crypto';
import { type SplitRow, splitsCsv } from '../../data/groups/splitsCsv.js';
import { dataError, runError } from '../../errors.js';
import { formatPredictionsCsv } from '../../evaluation/predictions/predictionsCsv.js';
import { nodeRuntime } from '../../runtime/node.js';
import { type EnsembleConfig, leadingMember } from '../../training/recipe/ensembleConfig.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import {
  type AskedMembers,
  copyExploration,
  describeMember,
  type OpenedMember,
  openMembers,
  refuseRepetition,
} from '../run/ensembleMembers.js';
import { holdNewRun } from '../run/holdRun.js';
import { readEvaluation } from '../run/readRunFiles.js';
import { discardUnconfigured } from '../run/removeRun.js';
import { checkRunFolder, createRunFolder, outOfFold, type RunFolder } from '../run/runFolder.js';
import { readRunSplits } from '../run/runSplits.js';
import { readTestEvaluation } from '../run/testEvaluation.js';
import type { EnsembleStepResult } from './ensemble.js';
import { poolRuns } from './poolFolds.js';

/** The folds of a cross-validation that are to answer together. */
export interface FoldsModelStepOptions extends AskedMembers {
  /** Replace the run that the folder holds. */
  readonly overwrite?: boolean;
  /** Bootstrap resamples behind the intervals, 0 for none. Default 2,000. */
  readonly resamples?: number;
}

/**
 * Makes a run folder that answers with the mean of the networks of a cross-validation, for data that none of them learned from. Of its own images every one taught
 * some of them, so that nothing can be fitted to or tested by the mean: what it has is the pooled evaluation, each image by the network that did not learn from its lesion.
 * @throws LesionlabError kind `usage` for fewer than two folds, or one given twice; kind `run` where a fold can't be used, was not evaluated as it is now, or the folds
 *   aren't those of one division
 */
export async function foldsModelStep(
  context: StepContext,
  options: FoldsModelStepOptions,
): Promise<EnsembleStepResult> {
  refuseRepetition(options);
  await checkRunFolder(options.run, options);
  return await holdNewRun(context, options.run, 'ensemble', () => foldsModelHeld(context, options));
}

async function foldsModelHeld(context: StepContext, options: FoldsModelStepOptions): Promise<EnsembleStepResult> {
  const { overwrite = false, resamples } = options;
  const members = await openMembers(options);
  const rows = await requireOneDivision(members);
  for (const { folder, checkpoint } of members)
    if (!(await readTestEvaluation(folder, checkpoint)))
      throw runError('not-evaluated', `${folder.path} has not been evaluated on its fold with these weights.`, {
        hint: `Evaluate it: \`lesionlab evaluate ${folder.path}${checkpoint.name === 'last' ? ' --checkpoint last' : ''}\``,
      });
  const runs = members.map(({ folder }) => folder.path);
  const { pooled, predictions } = await poolRuns(runs, { split: outOfFold, seed: context.seed, resamples });
  const folder = await createRunFolder(options.run, { overwrite });
  try {
    const [{ checkpoint: first }] = members;
    const { classes } = first.config.data;
    // None of them is left to test by: who looks for images that were learned from finds all of them here.
    const learned = splitsCsv(
      rows.map((row) => ({ ...row, label: classes.findIndex(({ id }) => id === row.dx) })),
      rows.map(() => 'train'),
      classes,
    );
    await writeFileWhole(folder.splitsCsv, learned);
    await copyExploration(folder, members);
    const paths = folder.evaluation(outOfFold);
    await writeFileWhole(paths.predictions, formatPredictionsCsv(predictions));
    await writeJson(paths.evaluation, pooled);
    const config = await describeFolds(context, folder, members, createHash('sha256').update(learned).digest('hex'));
    await writeJson(folder.config, config);
    return {
      run: folder.path,
      config,
      files: [folder.splitsCsv, paths.predictions, paths.evaluation, folder.config],
    };
  } catch (error) {
    await discardUnconfigured(folder);
    throw error;
  }
}

/** Folds of one division: the same images of the same data, each in the test part of one of them. @returns the rows of all images */
async function requireOneDivision(members: readonly OpenedMember[]): Promise<readonly SplitRow[]> {
  const [first, ...others] = members;
  const classesOf = ({ checkpoint }: OpenedMember) => checkpoint.config.data.classes.map(({ id }) => id).join(' ');
  for (const member of others) {
    const paths = `${first.folder.path} and ${member.folder.path}`;
    if (classesOf(member) !== classesOf(first))
      throw runError(
        'other-classes',
        `${paths} tell other classes apart: ${classesOf(first)}, and ${classesOf(member)}.`,
        { hint },
      );
    if (member.checkpoint.config.data.sha256 !== first.checkpoint.config.data.sha256)
      throw runError('other-images', `${paths} were trained on other image files.`, { hint });
  }
  const testedBy = new Map<string, string>();
  let rows: readonly SplitRow[] = [];
  for (const { folder } of members) {
    rows = await readRunSplits(folder);
    for (const { imageId, split } of rows) {
      if (split !== 'test') continue;
      const before = testedBy.get(imageId);
      if (before !== undefined)
        throw dataError(
          'image-in-two-folds',
          `Image ${imageId} is a test image of ${before} and of ${folder.path}: they are no folds of one division.`,
          {
            hint: 'Seeds of one split are put together without --for-new-data.',
          },
        );
      testedBy.set(imageId, folder.path);
    }
  }
  const untested = rows.filter(({ imageId }) => !testedBy.has(imageId));
  if (untested.length === 0 && testedBy.size === rows.length) return rows;
  throw runError(
    'folds-missing',
    `${untested.length} of the ${rows.length} images are test images of none of these ${members.length} runs, ${untested[0]?.imageId ?? 'others are of other data'} first: a fold is missing.`,
    { hint },
  );
}

const hint = 'Name the folder that `lesionlab cross-validate` wrote, or all of its folds.';

async function describeFolds(
  { seed, device, threads }: StepContext,
  folder: RunFolder,
  members: readonly OpenedMember[],
  splits: string,
): Promise<EnsembleConfig> {
  const described: EnsembleConfig['ensemble']['members'] = [];
  for (const member of members) {
    const { images, balancedAccuracy, loss } = (await readEvaluation(member.folder.evaluation('test').evaluation))!;
    const own = describeMember(folder, member, 1 / members.length);
    described.push({ ...own, outOfFold: { images, balancedAccuracy, loss } });
  }
  return {
    lesionlab: packageInfo.version,
    created: new Date().toISOString(),
    seed,
    data: members[0].checkpoint.config.data,
    preprocessing: leadingMember(described).preprocessing,
    model: {
      id: 'ensemble',
      parameters: described.reduce((sum, { parameters }) => sum + parameters, 0),
      weightsFile: null,
    },
    ensemble: {
      weighting: 'equal',
      method: 'all members alike',
      splits,
      folds: { count: members.length },
      members: described,
    },
    device,
    threads,
    versions: { node: process.versions.node, onnxruntime: nodeRuntime.version },
  };
}
