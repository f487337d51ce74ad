import { join } from 'node:path';
import type { Command } from 'commander';
import type { RunOptions } from '../node/steps/run.js';
import { defaultPreset, presets } from '../training/presets.js';
import type { CommandContext } from './commandContext.js';
import { parseInteger, parseNumber } from './globalOptions.js';
import { parseRatios } from './parseRatios.js';

/** Options of the commands that train. */
export interface RecipeCommandOptions {
  readonly run: string;
  readonly preset?: string;
  readonly model?: string;
  readonly weights?: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly imageSize?: number;
  readonly limit?: number;
  readonly ratios?: readonly [number, number, number];
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly excludeUnusable?: boolean;
  readonly tensorboard?: boolean;
}

const defaultRun = join('runs', 'latest');

/** Adds the argument, the options and the help of a command that trains. */
export function addRecipeOptions(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ lesionlab ${example}`).join('\n');
  return command
    .argument('<data>', 'folder with the metadata and the images or their zips')
    .option('--run <folder>', 'run folder', defaultRun)
    .option('--preset <name>', `recipe: ${Object.keys(presets).join(', ')} (default: ${defaultPreset})`)
    .option('--model <id>', "network in place of the preset's")
    .option('--weights <file>', 'file of weights (safetensors, .pth or ONNX) to begin with instead of random weights')
    .option('--epochs <count>', 'times that every training image is seen', parseInteger(1, 100_000))
    .option('--batch-size <images>', 'images in a step', parseInteger(1, 4096))
    .option('--learning-rate <rate>', 'highest learning rate', parseNumber(1e-12, 100))
    .option('--image-size <pixels>', 'side of the network input', parseInteger(16, 1024))
    .option('--limit <images>', 'only a stratified subset of about this many images', parseInteger(1))
    .option('--ratios <train/validation/test>', 'shares of the images (default: 64/16/20)', parseRatios)
    .option('--resume', 'go on with the run in the folder')
    .option('--overwrite', 'replace the run in the folder')
    .option('--exclude-unusable', 'go on without images that cannot be used')
    .option('--tensorboard', "also write TensorBoard event files into the run's tensorboard/")
    .addHelpText(
      'after',
      `\n${presetHelp}\n\nCtrl-C saves; the same command with --resume goes on.\n\nExamples:\n${lines}`,
    );
}

/** Text for `--help`: what each preset is. */
const presetHelp = `Presets:\n${Object.entries(presets)
  .map(([name, { description }]) => `  ${name.padEnd(14)}${description}`)
  .join('\n')}`;

export function runOptions(context: CommandContext, data: string, options: RecipeCommandOptions): RunOptions {
  const { model, epochs, batchSize, learningRate, imageSize } = options;
  return {
    data,
    run: options.run,
    preset: options.preset,
    seedGiven: context.given('seed'),
    overrides: { model, epochs, batchSize, learningRate, imageSize },
    weightsFile: options.weights,
    limit: options.limit,
    ratios: options.ratios,
    excludeUnusable: options.excludeUnusable,
    resume: options.resume,
    overwrite: options.overwrite,
    tensorBoard: options.tensorboard,
  };
}
