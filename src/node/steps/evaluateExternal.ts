import { resolve } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { dataError, usageError } from '../../errors.js';
import type { Calibration } from '../../evaluation/certainty/evaluateCalibration.js';
import type { ChallengeId } from '../../evaluation/official/challenges.js';
import { formatIsicSubmission } from '../../evaluation/official/isicSubmission.js';
import { type FoundClass, resolveClassMap } from '../../evaluation/outside/classMap.js';
import { type ExternalEvaluation, isExternalEvaluation } from '../../evaluation/outside/externalEvaluation.js';
import { scoreExternal } from '../../evaluation/outside/scoreExternal.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { presentClasses } from '../../evaluation/predictions/restrictPredictions.js';
import { countFolds } from '../../training/recipe/ensembleConfig.js';
import { pathsOf } from '../dataset/openDatasets.js';
import { prepareImages } from '../dataset/prepare.js';
import { createSizedImages } from '../dataset/sizedImages.js';
import { prepareData } from '../dataset/trainingData.js';
import type { StepContext } from '../machine/stepContext.js';
import { predictRecords } from '../prediction/predictRecords.js';
import { readCalibration } from '../prediction/runCalibration.js';
import { evaluateGroups } from '../run/evaluatedGroups.js';
import { writeEvaluation } from '../run/evaluationFiles.js';
import { type ExternalOptions, externalName } from '../run/externalData.js';
import { countOverlap, describeOverlap, findKnownImages, withoutLearned } from '../run/overlapWithRun.js';
import { readPredictions } from '../run/readPredictions.js';
import { readEvaluation } from '../run/readRunFiles.js';
import type { RunFolder } from '../run/runFolder.js';
import type { RunModel } from '../run/runModel.js';
import { type EvaluateStepResult, readTestEvaluation } from '../run/testEvaluation.js';

/** What an evaluation on data from outside found, and where it was written. */
export interface ExternalStepResult extends EvaluateStepResult {
  readonly evaluation: ExternalEvaluation;
}

interface EvaluateExternalOptions extends ExternalOptions {
  readonly submission?: boolean;
  /** Whose form the submission has. Default `isic2018`. */
  readonly challenge?: ChallengeId;
  readonly resamples?: number;
  /** Whether skin beside lesions is measured where there are masks. Default true. */
  readonly skinTone?: boolean;
}

/**
 * Predicts all images of external data with a run's model, scores them, compares them with the
 * run's test split, and writes evaluation/<name>/. The run's calibration is applied, never fitted on this data; evaluation/test/ stays as it is.
 * @param opened the run, its model, and the data as `openIfExternal` opened it; closed here
 * @throws LesionlabError kind `usage` for a name or a class map that can't be used; kind `data` for classes that are none of the run's and for
 *   images that can't be used; kind `run` where the folder can't be written; kind `interrupted`
 */
export async function evaluateExternal(
  context: StepContext,
  { folder, model, external }: { folder: RunFolder; model: RunModel; external: Dataset },
  options: EvaluateExternalOptions,
): Promise<ExternalStepResult> {
  try {
    return await evaluateOpened(context, folder, model, external, options);
  } finally {
    await external.images.close();
  }
}

async function evaluateOpened(
  context: StepContext,
  folder: RunFolder,
  model: RunModel,
  opened: Dataset,
  options: EvaluateExternalOptions,
): Promise<ExternalStepResult> {
  const { name: givenName, map = {}, restrict = false, excludeUnusable = false } = options;
  const { resamples, submission = false, challenge, skinTone } = options;
  const { config } = model;
  const { classes } = config.data;
  const { seed } = context;
  // What is opened as external data lies in one place.
  const [data] = pathsOf(options.data!);
  const source = resolve(data);
  const name = externalName(source, givenName);
  await refuseOtherSource(folder, name, source);
  // Before anything is asked about its classes: what was learned from is no external data.
  const known = await findKnownImages(folder, config, opened, context.signal);
  const { dataset: unknown, learned } = withoutLearned(opened, known, { overlap: options.overlap, source: data });
  const given = new Map(Object.entries(map));
  const { map: classMap, leftOut } = resolveClassMap(countClasses(unknown), classes, given, data);
  const mapped = mapDataset(unknown, classMap, classes);
  const overlap = countOverlap(known, mapped.records);
  const notes = [
    ...(learned > 0
      ? [
          `Left out: ${learned} ${learned === 1 ? 'image' : 'images'} that the network was trained or its best epoch chosen on.`,
        ]
      : []),
    ...describeOverlap(overlap, mapped.records.length, config.data.folder),
    ...leftOut.map(({ id, images }) => `Left out: ${images} ${images === 1 ? 'image' : 'images'} of the class ${id}.`),
  ];
  const { dataset, excluded, prepared } = await prepareData(context, mapped, config.preprocessing, { excludeUnusable });
  const { records } = dataset;
  const pictures = createSizedImages({ size: config.preprocessing, images: prepared }, async (fitting) => {
    // All that could be decoded at one size can be at another.
    const { progress, signal, threads } = context;
    const other = { dataset, records, fitting, threads, progress, signal };
    return (await prepareImages(other)).images;
  });
  try {
    const predictions = await predictRecords(context, model, pictures, records, `Evaluating ${name} images`);
    const calibration = await readCalibration(folder, model);
    const tested = (await readTestEvaluation(folder, model)) !== null;
    const internal = tested ? await readPredictions(folder, 'test') : null;
    const kept = restrict ? classesToRestrictTo(predictions, data) : null;
    // All of it before anything is written, since any of it may fail.
    const submissionText = submission ? formatIsicSubmission(predictions, challenge) : undefined;
    const scores = scoreExternal({ predictions, internal, calibration, kept }, { split: name, seed, resamples });
    const { restricted } = scores;
    const evaluation: ExternalEvaluation = {
      ...scores,
      external: {
        source,
        dataset: dataset.info.name,
        map: classMap,
        leftOut,
        restricted: restricted?.classes ?? null,
        excluded,
        hasLesionIds: dataset.hasLesionIds,
        overlap,
        ...(dataset.asked && { options: dataset.asked }),
        notes: [...notes, ...noteWhatIsMissing({ excluded, dataset, tested, calibration, folder, model })],
      },
    };
    const groups = await evaluateGroups(context, predictions, {
      ...{ dataset, records, resamples, skinTone },
      columns: dataset.columns,
    });
    const paths = folder.evaluation(name);
    const synthetic = dataset.info.synthetic ? 'Synthetic images: ' : '';
    const files = await writeEvaluation(paths, {
      evaluation,
      predictions,
      groups,
      pictures,
      submission: submissionText,
      patients: records,
      seed: config.seed,
      gridTitle: `${synthetic}${name} images, the truth and what they were called`,
    });
    const { epoch, sha256 } = model;
    const checkpoint = { name: model.name, epoch, sha256 };
    return { evaluation, checkpoint, subgroups: groups.subgroups, files };
  } finally {
    pictures.closeSizes();
    prepared.close();
  }
}

/** @throws LesionlabError kind `usage` where the name is that of another dataset's evaluation, which would be lost */
async function refuseOtherSource(folder: RunFolder, name: string, source: string): Promise<void> {
  const { evaluation: file, folder: path } = folder.evaluation(name);
  const earlier = await readEvaluation(file);
  if (!earlier || (isExternalEvaluation(earlier) && earlier.external.source === source)) return;
  const what = isExternalEvaluation(earlier) ? `an evaluation of ${earlier.external.source}` : 'another evaluation';
  throw usageError('name-in-use', `${path} holds ${what}.`, { hint: 'Give this one another name with --name <name>.' });
}

function countClasses({ info, records }: Dataset): FoundClass[] {
  const counts = info.classes.map(() => 0);
  for (const { label } of records) counts[label] += 1;
  return info.classes.map(({ id }, k) => ({ id, images: counts[k] }));
}

/** The dataset in the run's classes, without images of classes that are left out. */
function mapDataset(
  dataset: Dataset,
  map: Readonly<Record<string, string | null>>,
  classes: Dataset['info']['classes'],
): Dataset {
  const labelOf = dataset.info.classes.map(({ id }) => classes.findIndex((own) => own.id === map[id]));
  return {
    ...dataset,
    info: { ...dataset.info, classes },
    records: dataset.records.flatMap((record) => {
      const label = labelOf[record.label];
      return label < 0 ? [] : [{ ...record, label }];
    }),
  };
}

/** @throws LesionlabError kind `data` where the data has a single class of the run: nothing could be told apart */
function classesToRestrictTo(predictions: Predictions, data: string): number[] {
  const kept = presentClasses(predictions);
  if (kept.length >= 2) return kept;
  const { id } = predictions.classes[kept[0]];
  throw dataError('one-class', `All usable images of ${data} are of the class ${id}: --restrict leaves one answer.`, {
    hint: 'Leave --restrict out, or map another class of the data to one of the run.',
  });
}

function noteWhatIsMissing(about: {
  excluded: readonly string[];
  dataset: Dataset;
  tested: boolean;
  calibration: Calibration | null;
  folder: RunFolder;
  model: RunModel;
}): string[] {
  const { excluded, dataset, tested, calibration, folder, model } = about;
  const evaluate = `lesionlab evaluate ${folder.path}${model.name === 'last' ? ' --checkpoint last' : ''}`;
  return [
    ...(excluded.length > 0 ? [`Left out as unusable: ${excluded.length} images.`] : []),
    ...(dataset.hasLesionIds
      ? []
      : [
          'The data has no lesion ids: each image counts as a lesion of its own, and where lesions have several images the intervals are too narrow.',
        ]),
    ...(tested || countFolds(model.config) !== null
      ? []
      : [
          `No comparison with the test split: it has not been evaluated with these weights. First run \`${evaluate}\`, then this again.`,
        ]),
    ...(countFolds(model.config) === null
      ? []
      : [
          'The model is the mean of the networks of all folds of a cross-validation: it has no test split of its own to compare with, and no calibration.',
        ]),
    ...(calibration || countFolds(model.config) !== null
      ? []
      : [`The run has no calibration of these weights; \`${evaluate}\` fits it on the validation split.`]),
  ];
}
