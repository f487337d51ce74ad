import type { ImageRecord, SplitName } from '../../data/dataset.js';
import { runError } from '../../errors.js';
import { evaluatePredictions } from '../../evaluation/evaluate.js';
import type { ChallengeId } from '../../evaluation/official/challenges.js';
import { formatIsicSubmission } from '../../evaluation/official/isicSubmission.js';
import { isEnsemble } from '../../training/recipe/ensembleConfig.js';
import { withMasks } from '../dataset/openMasks.js';
import type { StepContext } from '../machine/stepContext.js';
import { gainOverMembers } from '../prediction/ensembleGain.js';
import type { FirstLook, WantedOfLooks } from '../prediction/keepLooks.js';
import { gainOfMetadata, otherTellings } from '../prediction/metadataGain.js';
import { averageOfMembers, predictByMember } from '../prediction/predictRecords.js';
import { ensureCalibration } from '../prediction/runCalibration.js';
import { ensureOutOfDistribution, scoreSplit } from '../prediction/runOutOfDistribution.js';
import { gainOfViews } from '../prediction/viewsGain.js';
import type { CheckpointName } from '../run/checkpointFile.js';
import { evaluateGroups } from '../run/evaluatedGroups.js';
import { writeEvaluation } from '../run/evaluationFiles.js';
import { type ExternalOptions, openIfExternal } from '../run/externalData.js';
import { holdRun } from '../run/holdRun.js';
import { type OpenRunDataOptions, openRunData } from '../run/runData.js';
import { type RunFolder, refuseFolds } from '../run/runFolder.js';
import { loadRunModel } from '../run/runModel.js';
import { type EvaluateStepResult, logTestEvaluation } from '../run/testEvaluation.js';
import { type ExternalStepResult, evaluateExternal } from './evaluateExternal.js';

export {
  type CheckpointDescription,
  type EvaluateStepResult,
  type EvaluationLogEntry,
  readTestEvaluation,
} from '../run/testEvaluation.js';

/** Which run is evaluated, on what, and how much is worked out. */
export interface EvaluateStepOptions extends Omit<OpenRunDataOptions, 'data'>, ExternalOptions {
  /** Run folder. */
  readonly run: string;
  /** Of the run's own data. Default `test`. */
  readonly split?: SplitName;
  /** Default `best`. */
  readonly checkpoint?: CheckpointName;
  /** Also write isic-submission.csv. */
  readonly submission?: boolean;
  /** Whose form the submission has. Default `isic2018`. */
  readonly challenge?: ChallengeId;
  /** Bootstrap resamples behind the intervals, 0 for none. Default 2,000. */
  readonly resamples?: number;
  /**
   * Score the predictions and calibrate them, and nothing else: run the network neither for what tells foreign images, which looks at training
   * images, nor for what averaging over views adds, and measure no skin. Default false.
   */
  readonly scoresOnly?: boolean;
  /** Whether skin beside lesions is measured where there are masks. Default true. */
  readonly skinTone?: boolean;
}

/**
 * Predicts a split with a run's model, scores it (with a calibration fitted on the validation split, which is kept as calibration.json, and on the
 * test split with what tells foreign images, which is kept beside the checkpoint, and with what averaging over views adds), and writes evaluation/<split>/: predictions.csv, evaluation.json,
 * a grid of images with truth and prediction, and an ISIC submission where asked for. Evaluations of the test split are logged. Where `data`
 * holds other images than the run's, they are evaluated instead: see `evaluateExternal`.
 * @throws LesionlabError kind `run` where the run or its checkpoint can't be used; kind `data` where its data is gone or
 *   changed; kind `usage` for options that are for external data alone, or not for it; kind `interrupted`
 */
export async function evaluateStep(
  context: StepContext,
  options: EvaluateStepOptions,
): Promise<EvaluateStepResult | ExternalStepResult> {
  return await holdRun(context, options.run, 'evaluate', (folder) => evaluateHeld(context, folder, options));
}

async function evaluateHeld(
  context: StepContext,
  folder: RunFolder,
  options: EvaluateStepOptions,
): Promise<EvaluateStepResult | ExternalStepResult> {
  const { split = 'test', submission = false, challenge, resamples, scoresOnly = false } = options;
  const model = await loadRunModel(folder, options.checkpoint);
  const external = await openIfExternal(folder, options);
  if (external) {
    const masked = await withMasks(external, options.masks);
    return await evaluateExternal(context, { folder, model, external: masked }, options);
  }
  refuseFolds(folder, model.config);
  const data = await openRunData(context, folder, options);
  try {
    const records = data.splits[split];
    if (records.length === 0)
      throw runError('empty-split', `The ${split} split of ${folder.path} has no images.`, {
        hint:
          !isEnsemble(data.config) && data.config.recipe.training.trainOn !== 'train' && split === 'validation'
            ? 'The run learned from its validation images, too (training.trainOn): evaluate the test split.'
            : 'Evaluate another split with --split, or make the run with other ratios.',
      });
    // Training and validation images are what the statistics and the threshold are from: their false alarms would mean nothing.
    const lead = split === 'test' && !scoresOnly ? model.lead : undefined;
    const predict = (of: readonly ImageRecord[], label: string, tellings: WantedOfLooks['tellings']) => {
      const wanted = { of: model.lead, firstLook: lead !== undefined, tellings };
      const anything = wanted.firstLook || tellings.length > 0;
      return predictByMember(context, model.members, data, of, label, undefined, anything ? wanted : undefined);
    };
    const tellings = scoresOnly ? [] : otherTellings(model, records, context.seed);
    const { parts, kept } = await predict(records, `Evaluating ${split} images`, tellings);
    const firstLook = kept?.firstLook;
    const predictions = averageOfMembers(parts, model);
    const { validation } = data.splits;
    let ofValidation: FirstLook | undefined;
    const predictValidation = async () => {
      const predicted = await predict(validation, 'Calibrating on validation images', []);
      ofValidation = predicted.kept?.firstLook;
      return averageOfMembers(predicted.parts, model);
    };
    const calibration =
      split === 'validation'
        ? null
        : await ensureCalibration(folder, model, validation.length > 0 ? predictValidation : null);
    const statistics = lead && (await ensureOutOfDistribution(context, folder, lead, data, ofValidation?.features));
    const outOfDistribution =
      statistics && firstLook ? await scoreSplit(context, model.lead, statistics, firstLook.features) : null;
    // Before anything is written, since this may fail.
    const groups = await evaluateGroups(context, predictions, {
      dataset: scoresOnly ? null : data.dataset,
      columns: data.dataset.columns,
      ...{ records, resamples, skinTone: options.skinTone },
    });
    const submissionText = submission ? formatIsicSubmission(predictions, challenge) : undefined;
    const { seed } = context;
    const scores = evaluatePredictions(predictions, { split, seed, resamples, calibration, outOfDistribution });
    const gain = split === 'test' ? await gainOverMembers(context, folder, model, predictions, parts, resamples) : {};
    const ofViews = firstLook ? gainOfViews(context, model, predictions, firstLook.probabilities, resamples) : {};
    const ofMetadata = gainOfMetadata(context, model, predictions, kept?.retold ?? [], resamples);
    const evaluation = { ...scores, ...gain, ...ofViews, ...ofMetadata };
    const { name, epoch, sha256 } = model;
    const paths = folder.evaluation(split);
    if (split === 'test') await logTestEvaluation(folder, { name, epoch, sha256 }, evaluation);
    const files = await writeEvaluation(paths, {
      evaluation,
      predictions,
      groups,
      pictures: data,
      seed: data.config.seed,
      gridTitle: `${data.config.data.synthetic ? 'Synthetic images: ' : ''}${split} images, the truth and what they were called`,
      submission: submissionText,
    });
    return { evaluation, checkpoint: { name, epoch, sha256 }, subgroups: groups.subgroups, files };
  } finally {
    await data.close();
  }
}
