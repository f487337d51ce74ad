import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { borders, lights } from '../image/fitImage.js';
import type { NetworkChoices } from '../models/foreign/networkToTrain.js';
import type { NetworkUse } from '../models/model.js';
import type { RunOptions } from '../node/training/planRun.js';
import { type Recipe, recipe as recipeSchema } from '../training/recipe/config.js';
import { defaultPreset, presets } from '../training/recipe/presets.js';
import type { RecipeOverrides } from '../training/recipe/resolveRecipe.js';
import type { CommandContext } from './commandContext.js';
import { allowMissingOption, type DataCommandOptions, dataOptions, imageTypeOption } from './dataOptions.js';
import { parseInteger, parseNumber } from './globalOptions.js';
import { parseRatios } from './parseRatios.js';
import { addPreprocessingOptions, givenImages, type PreprocessingCommandOptions } from './preprocessingOptions.js';
import { addSplitOptions, nearDuplicatesHelp, type SplitCommandOptions, splitRuleOf } from './splitOptions.js';
import { addTrainingOptions, type TrainingCommandOptions, teacherOf, trainingOverrides } from './trainingOptions.js';

/** Options of the commands that train. */
export interface RecipeCommandOptions
  extends Omit<PreprocessingCommandOptions, 'imageSize' | 'fit' | 'classNames'>,
    DataCommandOptions,
    SplitCommandOptions,
    TrainingCommandOptions {
  readonly cut?: string;
  readonly pooling?: NetworkUse['pooling'];
  readonly output?: string;
  readonly run: string;
  readonly preset?: string;
  readonly recipe?: string;
  readonly model?: string;
  readonly weights?: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly optimizer?: Recipe['training']['optimizer'];
  readonly learningRate?: number;
  readonly schedule?: Recipe['training']['schedule'];
  readonly stepEpochs?: number;
  readonly stepFactor?: number;
  readonly warmUp?: number;
  readonly weightDecay?: number;
  readonly weightDecayOn?: Recipe['training']['weightDecayOn'];
  readonly clip?: number;
  readonly labelSmoothing?: number;
  readonly mixup?: number;
  readonly cutmix?: number;
  readonly weightAveraging?: number;
  readonly freeze?: string;
  readonly learningRateFactors?: Readonly<Record<string, number>>;
  readonly earlyStopping?: number;
  readonly testTimeAugmentation?: Recipe['evaluation']['testTimeAugmentation'];
  readonly imageSize?: number;
  readonly trainingImageSize?: number;
  readonly fit?: Recipe['fit'];
  readonly border?: Recipe['border'];
  readonly light?: Recipe['light'];
  readonly classWeights?: Recipe['training']['classWeights'];
  readonly deferredWeights?: number;
  readonly logitAdjustment?: number;
  readonly focalLoss?: number;
  readonly sampling?: Recipe['training']['sampling'];
  readonly limit?: number;
  readonly ratios?: readonly [number, number, number];
  readonly splitSeed?: number;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly excludeUnusable?: boolean;
  readonly tensorboard?: boolean;
}

const defaultRun = join('runs', 'latest');

/** Adds the argument, the options and the help of a command that trains. @param given whether splits that others made can be asked for */
export function addRecipeOptions(command: Command, examples: readonly string[], { given = false } = {}): Command {
  addDataOptions(command);
  command.optionsGroup('Split:');
  if (given) addSplitOptions(command);
  else command.option('--near-duplicates', nearDuplicatesHelp);
  addUpdateOptions(command);
  addScheduleOptions(command);
  addTrainingOptions(command);
  const lines = examples.map((example) => `  $ lesionlab ${example}`).join('\n');
  return command
    .optionsGroup('Run:')
    .option('--run <folder>', 'run folder', defaultRun)
    .option('--epochs <count>', 'times that every training image is seen', parseInteger(1, 100_000))
    .option(
      '--early-stopping <epochs>',
      'end after so many epochs without a better one on validation; 0: never',
      parseInteger(0, 100_000),
    )
    .addOption(
      new Option(
        '--test-time-augmentation <views>',
        'answer with one look at an image, or with the mean over it, its mirrored copies and these turned',
      ).choices(recipeSchema.shape.evaluation.shape.testTimeAugmentation.options),
    )
    .option('--resume', 'go on with the run in the folder')
    .option('--overwrite', 'replace the run in the folder')
    .option('--tensorboard', "also write TensorBoard event files into the run's tensorboard/")
    .addHelpText(
      'after',
      `\n${presetHelp}\n\nCtrl-C saves; the same command with --resume goes on.\n\nExamples:\n${lines}`,
    );
}

/** Of the argument that names data. */
export const dataHelp =
  'folder or zip with the images and their table, or the table itself; several are joined into one dataset';

/** What a recipe says about how images are made for the network, and an option may say otherwise. */
export function addPictureOptions(command: Command): Command {
  return command
    .option('--image-size <pixels>', 'side of the network input', parseInteger(16, 1024))
    .option(
      '--training-image-size <pixels>',
      'side of the images in training, where it is another than in prediction; 0: the same',
      parseInteger(0, 1024),
    )
    .addOption(
      new Option(
        '--fit <how>',
        'the whole image squashed into a square, its middle cut out, or the whole with borders added',
      ).choices(recipeSchema.shape.fit.options),
    )
    .addOption(
      new Option('--border <what>', 'dark border of images: kept, or cut off before anything else').choices(borders),
    )
    .addOption(
      new Option('--light <how>', 'colours as they are, or as under white light, by Shades of Gray').choices(lights),
    );
}

/** Data and network of a training. */
export function addDataOptions(command: Command): Command {
  command
    .argument('<data...>', dataHelp)
    .optionsGroup('Data and network:')
    .option('--preset <name>', `recipe: ${Object.keys(presets).join(', ')} (default: ${defaultPreset})`)
    .option('--recipe <file>', 'recipe file in place of a preset; `lesionlab recipe <preset>` prints one')
    .option('--model <name>', "network in place of the recipe's: an architecture, or an ONNX file of anybody's")
    .option(
      '--weights <file>',
      'file of weights (safetensors, .pth or ONNX) to begin with instead of random weights; imagenet: those that `download weights` fetched',
    );
  addPictureOptions(command)
    .option('--batch-size <images>', 'images in a step', parseInteger(1, 4096))
    .option('--limit <images>', 'only a stratified subset of about this many images', parseInteger(1))
    .option('--ratios <train/validation/test>', 'shares of the images (default: 64/16/20)', parseRatios)
    .option('--split-seed <number>', 'draw the split, and a --limit, by this instead of --seed', parseInteger(0))
    .option('--exclude-unusable', 'go on without images that cannot be used')
    .addOption(imageTypeOption())
    .addOption(allowMissingOption());
  return addNetworkOptions(command);
}

/** What is said of a network that is an ONNX file. */
function addNetworkOptions(command: Command): Command {
  command
    .optionsGroup('Network out of an ONNX file:')
    .option('--cut <tensor>', 'where the file stops to describe an image (default: before its last layer)')
    .addOption(
      new Option('--pooling <how>', 'of a cut at tokens: the first (class token), or their mean').choices([
        'token',
        'mean',
      ]),
    )
    .option('--output <name>', 'output with the classes, where the file has several');
  return addPreprocessingOptions(command, ['--image-size', '--fit', '--class-names']);
}

/** What the options say of a network that is an ONNX file. */
export function networkChoices({ cut, pooling, output, ...images }: RecipeCommandOptions): NetworkChoices {
  const { crop, interpolation, mean, std, channelOrder, layout } = images;
  return { cut, pooling, output, ...givenImages({ crop, interpolation, mean, std, channelOrder, layout }) };
}

/** What a recipe says about how images of a batch are mixed, and an option may say otherwise. */
export function addMixOptions(command: Command): Command {
  return command
    .option(
      '--mixup <alpha>',
      'mix images and labels of a batch, by shares from Beta(alpha, alpha); 0: none',
      parseNumber(0, 1),
    )
    .option(
      '--cutmix <alpha>',
      'let images of a batch exchange squares, by shares from Beta(alpha, alpha); 0: none',
      parseNumber(0, 1),
    );
}

/** What a recipe says about how the weights change, and an option may say otherwise. */
export function addUpdateOptions(command: Command): Command {
  const { optimizer, weightDecayOn, classWeights, sampling } = recipeSchema.shape.training.shape;
  command
    .optionsGroup("Optimisation, in place of the recipe's:")
    .addOption(
      new Option('--optimizer <name>', 'rule by which weights change; sgd has momentum 0.9').choices(optimizer.options),
    )
    .option(
      '--weight-decay <rate>',
      "weight decay; where none is given and the optimizer is not the recipe's: 0",
      parseNumber(0, 1000),
    )
    .addOption(
      new Option('--weight-decay-on <what>', 'filters and matrices only, or biases and batch norms too').choices(
        weightDecayOn.unwrap().options,
      ),
    )
    .addOption(
      new Option('--class-weights <how>', 'how much more an image of a rare class counts in the loss').choices(
        classWeights.options,
      ),
    )
    .option('--deferred-weights <share>', 'share of the training before class weights count', parseNumber(0, 0.99))
    .option(
      '--logit-adjustment <strength>',
      'add the logarithm of class frequencies to the logits of the loss; 1: balanced softmax, 0: none',
      parseNumber(0, 2),
    )
    .option('--focal-loss <focusing>', 'images that are nearly right count less; 0: cross-entropy', parseNumber(0, 5))
    .addOption(
      new Option('--sampling <how>', 'which images an epoch shows: all, or classes or lesions more evenly').choices(
        sampling.unwrap().options,
      ),
    )
    .option('--clip <norm>', 'highest norm of all gradients together; 0: no limit', parseNumber(0))
    .option('--label-smoothing <share>', 'share of every label that is spread over all classes', parseNumber(0, 0.5));
  return addMixOptions(command)
    .option('--freeze <stage>', 'keep the network up to this stage as it is, or the backbone; none: train all')
    .option(
      '--learning-rate-factors <stage=factor,...>',
      'multiply the learning rate of stages, backbone or classifier',
      parseFactors,
    );
}

/** How the optimisation goes on over the whole training. */
function addScheduleOptions(command: Command): Command {
  const { schedule } = recipeSchema.shape.training.shape;
  return command
    .optionsGroup("Schedule, in place of the recipe's:")
    .option('--learning-rate <rate>', 'highest learning rate', parseNumber(1e-12, 100))
    .addOption(new Option('--schedule <name>', 'how the learning rate goes on').choices(schedule.options))
    .option('--step-epochs <count>', 'schedule step: epochs between two falls', parseInteger(1, 100_000))
    .option('--step-factor <factor>', 'schedule step: what a fall multiplies by', parseNumber(1e-6, 1))
    .option('--warm-up <share>', 'share of all steps in which the learning rate rises', parseNumber(0, 1))
    .option(
      '--weight-averaging <decay>',
      'decay per step of the average of weights that is evaluated; 0: none',
      parseNumber(0, 0.99999),
    );
}

/** `backbone=0.1,layer4=0.5`, or `none` in place of a recipe's. */
function parseFactors(text: string): Record<string, number> {
  const factors: Record<string, number> = {};
  if (text.trim() === 'none') return factors;
  for (const part of text.split(',')) {
    const [name, value, ...rest] = part.split('=').map((word) => word.trim());
    const factor = Number(value);
    if (!name || !value || rest.length > 0 || !(factor > 0 && Number.isFinite(factor)))
      throw new InvalidArgumentError('Expected stage=factor with a factor above 0, for example backbone=0.1.');
    if (Object.hasOwn(factors, name)) throw new InvalidArgumentError(`${name} is there twice.`);
    factors[name] = factor;
  }
  return factors;
}

const presetColumn = 2 + Math.max(...Object.keys(presets).map((name) => name.length));

/** Text for `--help`: what each preset is. */
const presetHelp = `Presets:\n${Object.entries(presets)
  .map(([name, { description }]) => `  ${name.padEnd(presetColumn)}${description}`)
  .join('\n')}`;

/** The options that stand in place of the recipe's settings. */
export function recipeOverrides(options: RecipeCommandOptions): RecipeOverrides {
  return {
    model: options.model,
    imageSize: options.imageSize,
    trainingImageSize: options.trainingImageSize,
    fit: options.fit,
    border: options.border,
    light: options.light,
    classWeights: options.classWeights,
    deferredWeights: options.deferredWeights,
    logitAdjustment: options.logitAdjustment,
    focalLoss: options.focalLoss,
    sampling: options.sampling,
    epochs: options.epochs,
    batchSize: options.batchSize,
    optimizer: options.optimizer,
    learningRate: options.learningRate,
    schedule: options.schedule,
    stepEpochs: options.stepEpochs,
    stepFactor: options.stepFactor,
    warmUp: options.warmUp,
    weightDecay: options.weightDecay,
    weightDecayOn: options.weightDecayOn,
    gradientClipping: options.clip,
    labelSmoothing: options.labelSmoothing,
    mixup: options.mixup,
    cutmix: options.cutmix,
    weightAveraging: options.weightAveraging,
    freeze: options.freeze,
    learningRateFactors: options.learningRateFactors,
    earlyStopping: options.earlyStopping,
    ...trainingOverrides(options),
    testTimeAugmentation: options.testTimeAugmentation,
  };
}

export function runOptions(
  context: CommandContext,
  data: readonly string[],
  options: RecipeCommandOptions,
): RunOptions {
  return {
    data,
    run: options.run,
    preset: options.preset,
    recipe: options.recipe,
    seedGiven: context.given('seed'),
    overrides: recipeOverrides(options),
    network: networkChoices(options),
    weightsFile: options.weights,
    teacher: teacherOf(options),
    limit: options.limit,
    ratios: options.ratios,
    splitSeed: options.splitSeed,
    splitRule: splitRuleOf(options),
    nearDuplicates: options.nearDuplicates,
    excludeUnusable: options.excludeUnusable,
    dataOptions: dataOptions(options),
    resume: options.resume,
    overwrite: options.overwrite,
    tensorBoard: options.tensorboard,
  };
}
