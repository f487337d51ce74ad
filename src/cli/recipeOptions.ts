import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { NetworkChoices } from '../models/foreign/networkToTrain.js';
import type { NetworkUse } from '../models/model.js';
import type { RunOptions } from '../node/training/planRun.js';
import { type Recipe, recipe as recipeSchema } from '../training/recipe/config.js';
import { defaultPreset, presets } from '../training/recipe/presets/registry.js';
import type { RecipeOverrides } from '../training/recipe/recipeChanges.js';
import type { CommandContext } from './commandContext.js';
import { allowMissingOption, type DataCommandOptions, dataOptions, imageTypeOption } from './dataOptions.js';
import { parseInteger } from './globalOptions.js';
import { parseRatios } from './parseRatios.js';
import { addPreprocessingOptions, givenImages, type PreprocessingCommandOptions } from './preprocessingOptions.js';
import { addPictureOptions, addScheduleOptions, addUpdateOptions } from './settingOptions.js';
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
  readonly member?: string;
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

/** Data and network of a training. */
export function addDataOptions(command: Command): Command {
  command
    .argument('<data...>', dataHelp)
    .optionsGroup('Data and network:')
    .option('--preset <name>', `recipe: ${Object.keys(presets).join(', ')} (default: ${defaultPreset})`)
    .option('--recipe <file>', 'recipe file in place of a preset; `lesionlab recipe <preset>` prints one')
    .option('--member <name>', 'of a recipe of several networks: this one alone')
    .option('--model <name>', "network in place of the recipe's: an architecture, or an ONNX file of anybody's")
    .option(
      '--weights <file>',
      'file of weights (safetensors, .pth or ONNX) to begin with instead of random weights; a folder: the file in it that is named after the network; imagenet: those that `download weights` fetched',
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
    member: options.member,
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
