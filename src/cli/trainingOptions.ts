import { type Command, Option } from 'commander';
import { usageError } from '../errors.js';
import type { RunOptions } from '../node/training/planRun.js';
import { type Recipe, recipe as recipeSchema } from '../training/recipe/config.js';
import type { RecipeOverrides } from '../training/recipe/recipeChanges.js';
import { parseInteger, parseNumber } from './globalOptions.js';

/** What options say of how far a training goes, what it learns from besides images, and which of its weights are kept. */
export interface TrainingCommandOptions {
  readonly metadata?: string[];
  readonly metadataDropout?: number;
  readonly trainOn?: Recipe['training']['trainOn'];
  readonly checkpointRule?: Recipe['training']['checkpointRule'];
  readonly checkpointSmoothing?: number;
  readonly averagedTail?: number;
  readonly recomputedBatchNorm?: number;
  readonly fullSizeEpochs?: number;
  readonly layerDecay?: number;
  readonly dropPath?: number;
  readonly distillation?: number;
  readonly distillationTemperature?: number;
  readonly teacher?: string;
  readonly teacherTrainedOn?: string;
}

/** Adds them. */
export function addTrainingOptions(command: Command): Command {
  const { trainOn, checkpointRule } = recipeSchema.shape.training.shape;
  return command
    .optionsGroup("Learning, in place of the recipe's:")
    .option('--metadata <columns>', 'columns that the network is told beside the pixels: age,sex,site', (text) =>
      text.split(',').map((name) => name.trim()),
    )
    .option(
      '--metadata-dropout <share>',
      'of images and columns whose metadata is left out at random',
      parseNumber(0, 0.95),
    )
    .addOption(
      new Option('--train-on <images>', 'in a last training, with a settled recipe, validation images too').choices(
        trainOn.unwrap().options,
      ),
    )
    .addOption(
      new Option('--checkpoint-rule <figure>', 'by what on validation the best epoch is told').choices(
        checkpointRule.unwrap().options,
      ),
    )
    .option('--checkpoint-smoothing <epochs>', 'over which that figure is averaged', parseInteger(1, 100))
    .option('--averaged-tail <share>', 'of the steps, at the end, whose weights are averaged alike', parseNumber(0, 1))
    .option(
      '--full-size-epochs <epochs>',
      'at the end, on whole images as large as in prediction: classifier and batch norms get used to them',
      parseInteger(0, 1000),
    )
    .option('--recomputed-batch-norm <batches>', 'from which batch norms are computed anew', parseInteger(0, 10_000))
    .option('--layer-decay <factor>', 'of the learning rate from each stage to the one before it', parseNumber(1e-6, 1))
    .option('--drop-path <probability>', 'that the last residual block is left out of a step', parseNumber(0, 0.9))
    .option('--distillation <share>', "of the loss that comes from a teacher's answers", parseNumber(0, 1))
    .option('--distillation-temperature <number>', 'by which both answers are softened', parseNumber(1, 20))
    .option('--teacher <run or file>', 'run, ensemble or exported model whose answers are learned from')
    .option('--teacher-trained-on <list or data>', 'images that a teacher out of a file learned from');
}

/** The settings among them, in place of the recipe's. */
export const trainingOverrides = (options: TrainingCommandOptions): RecipeOverrides => ({
  metadata: options.metadata,
  metadataDropout: options.metadataDropout,
  trainOn: options.trainOn,
  checkpointRule: options.checkpointRule,
  checkpointSmoothing: options.checkpointSmoothing,
  averagedTail: options.averagedTail,
  recomputedBatchNorm: options.recomputedBatchNorm,
  fullSizeEpochs: options.fullSizeEpochs,
  layerDecay: options.layerDecay,
  dropPath: options.dropPath,
  distillation: options.distillation,
  distillationTemperature: options.distillationTemperature,
});

/** @throws LesionlabError kind `usage` where something is said of a teacher that isn't named */
export function teacherOf({ teacher, teacherTrainedOn: trainedOn }: TrainingCommandOptions): RunOptions['teacher'] {
  if (teacher !== undefined) return { source: teacher, trainedOn };
  if (trainedOn === undefined) return undefined;
  throw usageError('no-teacher', '--teacher-trained-on is said of a teacher, and none was named.', {
    hint: 'Name it with --teacher, or leave the option out.',
  });
}
