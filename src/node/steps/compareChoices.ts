import { relative, resolve, sep } from 'node:path';
import { runError } from '../../errors.js';
import type { AblationResult } from '../../evaluation/ablation/ablationResult.js';
import type { ChoiceFigure } from '../../evaluation/ablation/choiceFigures.js';
import {
  type ChoiceAnswers,
  type CompareChoicesOptions,
  compareChoices,
} from '../../evaluation/ablation/compareChoices.js';
import { renderAblation } from '../../report/ablationPage.js';
import { epochLine } from '../../report/files/trainingLines.js';
import { compareRecipes } from '../../training/recipe/compareRecipes.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { readJsonLines } from '../files/jsonLines.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { plotDocument } from '../pictures/plotDocument.js';
import { ablationFiles } from '../run/ablationFiles.js';
import { readPredictions } from '../run/readPredictions.js';
import { readTrainedConfig, runFolderPaths } from '../run/runFolder.js';

/** Trainings that are compared, and how. */
export interface CompareChoicesStepOptions extends Pick<CompareChoicesOptions, 'prevalence' | 'resamples'> {
  /** Folder for what they come to. */
  readonly out: string;
  /** Run folders of the baseline, one a seed, each evaluated on its validation split. */
  readonly baseline: readonly string[];
  /** The same of each choice, of the same seeds in the same order. */
  readonly choices: readonly { readonly id: string; readonly runs: readonly string[] }[];
  /** The figure that decides. Default `logLoss`. */
  readonly figure?: ChoiceFigure;
}

/**
 * Compares ways to train with a baseline on the validation images of their split, and writes ablation.json and ablation.html. Test images are not looked at.
 * @throws LesionlabError kind `run` where a run isn't trained or evaluated, or runs differ in split, seeds or classes
 */
export async function compareChoicesStep(
  { seed }: Pick<StepContext, 'seed'>,
  { out, baseline, choices, figure = 'logLoss', prevalence, resamples }: CompareChoicesStepOptions,
): Promise<AblationResult> {
  const first = await readTrained(out, baseline);
  const others: ({ readonly id: string } & Awaited<ReturnType<typeof readTrained>>)[] = [];
  for (const { id, runs } of choices) others.push({ id, ...(await readTrained(out, runs)) });
  const [config] = first.configs;
  for (const { id, configs } of others) requireSameDesign(id, configs, first.configs);
  const compared = compareChoices({ id: 'baseline', networks: first.networks }, others, {
    seed,
    prevalence,
    resamples,
  });
  const total = (seconds: readonly number[]) => seconds.reduce((sum, value) => sum + value, 0);
  const { id, name, synthetic, images, classes } = config.data;
  const result: AblationResult = {
    lesionlab: packageInfo.version,
    data: { id, name, synthetic, images },
    classes,
    recipe: { preset: config.preset, overrides: config.overrides, model: config.model.id },
    splitSeed: config.split?.seed ?? config.seed,
    ...compared,
    seeds: first.configs.map((own) => own.seed),
    figure,
    baseline: { ...compared.baseline, ...first.trainings },
    choices: compared.choices.map((choice, c) => ({
      ...choice,
      ...others[c].trainings,
      changes: describeChanges(config, others[c].configs[0]),
      timeRatio: total(others[c].trainings.seconds) / total(first.trainings.seconds),
    })),
    notes: [
      ...compared.notes,
      ...chosenEpochs([first, ...others].flatMap(({ configs }) => configs)),
      ...partOfData(config),
    ],
  };
  const [file, page] = ablationFiles(out);
  await writeFileWhole(page, renderAblation(result, { document: plotDocument() }));
  await writeJson(file, result);
  return result;
}

async function readTrained(out: string, runs: readonly string[]) {
  const networks: ChoiceAnswers[] = [];
  const configs: RunConfig[] = [];
  const seconds: number[] = [];
  const epochs: number[] = [];
  for (const run of runs) {
    const { config, records, ...network } = await readChoiceRun(run);
    networks.push(network);
    configs.push(config);
    epochs.push(records.length);
    seconds.push(records.reduce((sum, record) => sum + record.seconds, 0));
  }
  const named = runs.map((run) => relative(resolve(out), resolve(run)).split(sep).join('/'));
  return { networks, configs, trainings: { runs: named, seconds, epochs } };
}

/** What a run of an ablation answered for its validation images, and how it was trained. */
export async function readChoiceRun(run: string) {
  const folder = runFolderPaths(run);
  const config = await readTrainedConfig(folder);
  const { trainedPrevalence } = config;
  if (!trainedPrevalence)
    throw runError('no-prevalence', `${run} doesn't say for which frequencies of diagnoses it was trained.`, {
      hint: 'It is of an earlier version of lesionlab: train it again with --overwrite.',
    });
  const predictions = await readPredictions(folder, 'validation');
  const broken = predictions.probabilities.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0)
    throw runError(
      'not-probabilities',
      `${run} answers with numbers that are no probabilities: its training diverged.`,
      {
        hint: 'Leave that choice out, or lower its learning rate.',
      },
    );
  return { predictions, trainedPrevalence, config, records: await readJsonLines(folder.metrics, epochLine) };
}

/** @throws LesionlabError kind `run` where trainings differ in more than what a choice may change */
function requireSameDesign(id: string, configs: readonly RunConfig[], baseline: readonly RunConfig[]): void {
  for (const [s, config] of configs.entries()) {
    const other = baseline[s] as RunConfig | undefined;
    const differs =
      other === undefined
        ? `it has ${configs.length} trainings, the baseline has ${baseline.length}`
        : config.seed !== other.seed
          ? `seed ${config.seed} stands where the baseline has ${other.seed}`
          : config.data.sha256 !== other.data.sha256
            ? 'it was trained on other image files'
            : undefined;
    if (differs) throw runError('other-design', `${id} can't be compared with the baseline: ${differs}.`);
  }
}

function describeChanges(baseline: RunConfig, own: RunConfig): string[] {
  const file = ({ model }: RunConfig) => model.weightsFile ?? 'none';
  const teacher = (config: RunConfig) => config.teacher?.model ?? 'none';
  return [
    ...compareRecipes(baseline.recipe, own.recipe).map(
      ({ setting, from, to }) => `${setting.shortName} ${from}, now ${to}`,
    ),
    ...(file(baseline) === file(own) ? [] : [`weights ${file(baseline)}, now ${file(own)}`]),
    ...(teacher(baseline) === teacher(own) ? [] : [`teacher ${teacher(baseline)}, now ${teacher(own)}`]),
  ];
}

function partOfData({ data }: RunConfig): string[] {
  if (data.limit === null) return [];
  return [
    `A part of the data was split (limit ${data.limit}): validation images may be among the test images of a run with another limit, on which this choice is then no longer unseen.`,
  ];
}

function chosenEpochs(configs: readonly RunConfig[]): string[] {
  if (configs.every(({ recipe }) => recipe.training.checkpointRule === 'last')) return [];
  return [
    'The epoch that is kept was chosen on the same validation images: every network looks a little better here than on others, those of unsteady trainings more so. checkpointRule: last chooses nothing.',
  ];
}
