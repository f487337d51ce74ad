import { type Command, InvalidArgumentError } from 'commander';
import { findModel, models } from '../../models/index.js';
import {
  type BenchKind,
  type BenchOptions,
  benchPredict,
  benchTrainStep,
  type Comparison,
  type ComparisonRound,
  compareWithTorch,
  type OperatorTime,
  profileOperators,
} from '../../node/bench/index.js';
import { benchEveryModel } from '../benchEveryModel.js';
import { describeSetting, formatSetting, withRuntime } from '../benchSetting.js';
import { act, type CommandContext, type CommandResult } from '../commandContext.js';
import { formatTable } from '../formatTable.js';
import { parseInteger, parseNumber } from '../globalOptions.js';

interface Options {
  readonly model: string;
  readonly imageSize: number;
  readonly batchSize: number;
  readonly seconds: number;
  readonly int8?: boolean;
}

const measures = { train: benchTrainStep, predict: benchPredict };
const int8Help = 'predict in 8-bit integers (random weights, calibrated on noise)';
const profileHelp = 'also say which ONNX operators the time goes to';

export function register(program: Command): void {
  const bench = program
    .command('bench')
    .helpGroup('Machine:')
    .description('Measure how fast this machine trains and predicts, and compare with PyTorch where it is installed.')
    .addHelpText(
      'after',
      `
Alone it compares a training step with PyTorch's, in pairs: \`lesionlab bench compare --help\` lists its options.

Examples:
  $ lesionlab bench
  $ lesionlab bench train-step --model lenet --image-size 224 --batch-size 10 --json
  $ lesionlab bench train-step --profile
  $ lesionlab bench all --json
  $ lesionlab bench predict --batch-size 32
  $ lesionlab bench --step predict --model resnet18 --batch-size 16 --int8`,
    )
    .helpCommand(false);

  withSize(bench.command('compare', { isDefault: true }), 5)
    .description("lesionlab's step and PyTorch's in turns, and the median of their ratios.")
    .option('--rounds <count>', 'pairs to measure', parseInteger(1), 5)
    .option('--step <kind>', 'what to compare: train or predict', parseKind, 'train')
    .option('--int8', int8Help)
    .action(act(compare));
  bench
    .command('all')
    .description('A training step and a prediction of every network, each in turns with PyTorch: one table.')
    .option('--models <id,...>', 'only these networks', parseModels, Object.keys(models))
    .option('--image-size <pixels>', 'side of the images', parseInteger(1), 112)
    .option('--batch-size <images>', 'images a step', parseInteger(1), 32)
    .option('--rounds <count>', 'pairs to measure of each', parseInteger(1), 3)
    .option('--seconds <time>', 'how long to measure a side of a pair', parseNumber(0.01), 4)
    .action(act(benchEveryModel));
  withSize(bench.command('train-step'), 6)
    .description('Training steps: a new batch, weighted loss, backward, Adam on all parameters, the loss read back.')
    .option('--profile', profileHelp)
    .action(act((context, options: Options & { profile?: boolean }) => measure(context, 'train', options)));
  withSize(bench.command('predict'), 6)
    .description('Prediction: a new batch of normalised images to probabilities.')
    .option('--int8', int8Help)
    .option('--profile', profileHelp)
    .action(act((context, options: Options & { profile?: boolean }) => measure(context, 'predict', options)));
}

function withSize(command: Command, seconds: number): Command {
  return command
    .option('--model <id>', 'network', 'lenet')
    .option('--image-size <pixels>', 'side of the images', parseInteger(1), 224)
    .option('--batch-size <images>', 'images a step', parseInteger(1), 10)
    .option('--seconds <time>', 'how long to measure', parseNumber(0.01), seconds);
}

function parseModels(text: string): string[] {
  return text.split(',').map((id) => findModel(id.trim()).id);
}

function parseKind(text: string): BenchKind {
  if (text === 'train' || text === 'predict') return text;
  throw new InvalidArgumentError('Expected train or predict.');
}

function benchOptions(context: CommandContext, options: Options): BenchOptions {
  const { model, imageSize, batchSize, seconds, int8 } = options;
  const { threads, device, seed, signal } = context;
  return { model, imageSize, batchSize, seconds, int8, threads, device, seed, signal };
}

async function measure(
  context: CommandContext,
  kind: BenchKind,
  options: Options & { profile?: boolean },
): Promise<CommandResult> {
  const settings = benchOptions(context, options);
  const before = await describeSetting(settings);
  const run = (profilePrefix?: string) => measures[kind]({ ...settings, profilePrefix });
  const { result, operators } = options.profile
    ? await profileOperators(run)
    : { result: await run(), operators: undefined };
  const setting = withRuntime(before);
  const lines = [
    `${kind === 'train' ? 'training' : 'prediction'}: ${result.imagesPerSecond} images/s, ${result.medianMilliseconds} ms a step (median of ${result.steps})`,
    formatSetting(setting),
  ];
  if (operators) lines.push('', formatOperators(operators));
  return { json: { step: kind, ...result, ...setting, operators }, text: lines.join('\n') };
}

function formatOperators(operators: readonly OperatorTime[]): string {
  const table = formatTable(
    ['operator', 'calls', 'ms', 'share'],
    operators.map(({ operator, calls, millisecondsPerStep, share }) => [
      operator,
      String(calls),
      millisecondsPerStep.toFixed(2),
      `${(100 * share).toFixed(1)}%`,
    ]),
  );
  return `Time a step by ONNX operator, with onnxruntime's profiler on; the optimizer is not among them.\n\n${table}`;
}

async function compare(
  context: CommandContext,
  options: Options & { rounds: number; step: BenchKind },
): Promise<CommandResult> {
  const settings = benchOptions(context, options);
  const before = await describeSetting(settings);
  const task = context.progress.start('Measuring in pairs', options.rounds);
  const onRound = ({ ratio }: ComparisonRound, number: number) => task.update(number, `ratio ${ratio.toFixed(2)}`);
  try {
    const comparison = await compareWithTorch(options.step, { ...settings, rounds: options.rounds, onRound });
    const setting = withRuntime(before);
    return {
      json: { ...comparison, ...setting },
      text: `${formatComparison(comparison)}\n\n${formatSetting(setting)}`,
    };
  } finally {
    task.end();
  }
}

function formatComparison({
  kind,
  arithmetic,
  torch,
  rounds,
  medianRatio,
  fastestRatio,
  lesionlab,
}: Comparison): string {
  if (torch === null || medianRatio === null || fastestRatio === null) {
    return [
      `lesionlab: ${lesionlab?.imagesPerSecond} images/s.`,
      'No comparison: neither python3 nor /usr/bin/python3 has PyTorch with this network. Install PyTorch and torchvision to compare.',
    ].join('\n');
  }
  const table = formatTable(
    ['pair', 'lesionlab images/s', 'PyTorch images/s', 'ratio', 'PyTorch memory format'],
    rounds.map((round, i) => [
      String(i + 1),
      round.lesionlab.imagesPerSecond.toFixed(1),
      round.torch.imagesPerSecond.toFixed(1),
      round.ratio.toFixed(2),
      round.torch.memoryFormat,
    ]),
  );
  const ratios = [
    `Median ratio: ${medianRatio.toFixed(2)} times PyTorch's speed.`,
    `By the fastest step of each side, which other work disturbs least: ${fastestRatio.toFixed(2)} times.`,
  ].join('\n');
  const what = kind === 'train' ? 'A training step' : `Prediction in ${arithmetic}`;
  return `${what}, against PyTorch ${torch.version} in float32:\n\n${table}\n\n${ratios}`;
}
