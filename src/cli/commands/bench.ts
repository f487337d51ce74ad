import { type Command, InvalidArgumentError, Option } from 'commander';
import { findModel, models } from '../../models/index.js';
import {
  type BenchKind,
  type BenchOptions,
  benchEpoch,
  benchPredict,
  benchTrainStep,
  type Comparison,
  type ComparisonRound,
  compareWithTorch,
  type EpochComparison,
  type EpochRound,
  type OperatorTime,
  peakMemory,
  profileOperators,
  type TorchBatchNorm,
  torchWays,
  usualPythons,
} from '../../node/bench/index.js';
import { isNetworkFile } from '../../node/run/networkFile.js';
import { trainingSide } from '../../training/recipe/trainingSplits.js';
import { benchEveryModel, missingWays } from '../benchEveryModel.js';
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

interface CompareChoices extends Options {
  readonly rounds: number;
  readonly step: BenchKind;
  readonly python?: string;
  readonly torchModel?: string;
  readonly torchBatchNorm?: TorchBatchNorm;
  readonly alternatives: boolean;
}

const measures = { train: benchTrainStep, predict: benchPredict };
const int8Help = 'predict in 8-bit integers (random weights, calibrated on noise)';
const pythonHelp = `which Python has PyTorch (default: that with the newest, of ${usualPythons.join(', ')})`;
const alternativesHelp = 'leave out PyTorch compiled and in bfloat16';
const profileHelp = 'also say which ONNX operators the time goes to';

export function register(command: Command): void {
  const bench = command
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
  $ lesionlab bench epoch HAM10000 --preset resnet18
  $ lesionlab bench --model vit.onnx --torch-model timm:vit_small_patch16_224 --batch-size 16
  $ lesionlab bench --step predict --model resnet18 --batch-size 16 --int8`,
    )
    .helpCommand(false);

  withSize(bench.command('compare', { isDefault: true }), 5)
    .description("lesionlab's step and PyTorch's in turns, and the median of their ratios.")
    .option('--rounds <count>', 'pairs to measure', parseInteger(1), 5)
    .option('--step <kind>', 'what to compare: train or predict', parseKind, 'train')
    .option('--int8', int8Help)
    .option('--python <program>', pythonHelp)
    .option('--no-alternatives', alternativesHelp)
    .option('--torch-model <name>', "torchvision's or timm's name for PyTorch's side (default: the model's)")
    .addOption(
      new Option(
        '--torch-batch-norm <how>',
        "PyTorch's batch norm: its own, or folded into convolutions as files have it (default where a file is trained)",
      ).choices(['own', 'folded']),
    )
    .action(act(compare));
  bench
    .command('all')
    .description('A training step and a prediction of every network, each in turns with PyTorch: one table.')
    .option('--models <id,...>', 'only these networks: names, or ONNX files', parseModels, Object.keys(models))
    .option('--image-size <pixels>', 'side of the images', parseInteger(1), 112)
    .option('--batch-size <images>', 'images a step', parseInteger(1), 32)
    .option('--rounds <count>', 'pairs to measure of each', parseInteger(1), 3)
    .option('--seconds <time>', 'how long to measure a side of a pair', parseNumber(0.01), 4)
    .option('--python <program>', pythonHelp)
    .option('--no-alternatives', alternativesHelp)
    .action(act(benchEveryModel));
  bench
    .command('epoch')
    .argument('<data>', 'a folder as downloaded, a zip, or a table')
    .description(
      "An epoch of `train` on images (all of the network, from random weights), its step alone, and PyTorch's epoch on the same images with the same augmentation.",
    )
    .option('--preset <name>', 'recipe', 'resnet18')
    .option('--model <id or file>', "network by name (default: the preset's)")
    .option('--image-size <pixels>', "side of the images (default: the preset's)", parseInteger(1))
    .option('--batch-size <images>', "images a step (default: the preset's)", parseInteger(1))
    .option('--limit <images>', 'about so many images of the data', parseInteger(1), 1000)
    .option('--rounds <count>', 'rounds to measure', parseInteger(1), 3)
    .option('--seconds <time>', 'how long to measure the step alone, a round', parseNumber(0.01), 6)
    .option('--python <program>', pythonHelp)
    .action(act(epoch));
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
    .option('--model <id or file>', 'network by name, or an ONNX file', 'lenet')
    .option('--image-size <pixels>', 'side of the images', parseInteger(1), 224)
    .option('--batch-size <images>', 'images a step', parseInteger(1), 10)
    .option('--seconds <time>', 'how long to measure', parseNumber(0.01), seconds);
}

function parseModels(text: string): string[] {
  return text.split(',').map((part) => (isNetworkFile(part.trim()) ? part.trim() : findModel(part.trim()).id));
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
  const memory = peakMemory();
  const lines = [
    `${kind === 'train' ? 'training' : 'prediction'}: ${result.imagesPerSecond} images/s, ${result.medianMilliseconds} ms a step (median of ${result.steps})`,
    `memory: ${memory} MiB at most`,
    formatSetting(setting),
  ];
  if (operators) lines.push('', formatOperators(operators));
  return { json: { step: kind, ...result, peakMemory: memory, ...setting, operators }, text: lines.join('\n') };
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

async function compare(context: CommandContext, options: CompareChoices): Promise<CommandResult> {
  const settings = benchOptions(context, options);
  const before = await describeSetting(settings);
  const task = context.progress.start('Measuring in pairs', options.rounds);
  const onRound = ({ ratio }: ComparisonRound, number: number) => task.update(number, `ratio ${ratio.toFixed(2)}`);
  try {
    const { step, rounds, python, torchModel, torchBatchNorm, alternatives } = options;
    const pythons = python === undefined ? undefined : [python];
    const asked = { ...settings, rounds, pythons, torchModel, torchBatchNorm, alternatives, onRound };
    const comparison = await compareWithTorch(step, asked);
    const setting = withRuntime(before);
    return {
      json: { ...comparison, ...setting },
      text: `${formatComparison(comparison, settings.model)}\n\n${formatSetting(setting)}`,
    };
  } finally {
    task.end();
  }
}

interface EpochChoices {
  readonly preset: string;
  readonly model?: string;
  readonly imageSize?: number;
  readonly batchSize?: number;
  readonly limit: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly python?: string;
}

async function epoch(context: CommandContext, data: string, options: EpochChoices): Promise<CommandResult> {
  const { preset, model, imageSize, batchSize, limit, rounds, seconds, python } = options;
  const overrides = Object.fromEntries(
    Object.entries({ model, imageSize, batchSize }).filter(([, value]) => value !== undefined),
  );
  const pythons = python === undefined ? undefined : [python];
  const onRound = ({ train }: EpochRound, number: number) =>
    context.progress.note(`Round ${number} of ${rounds}: ${train.toFixed(1)} images/s`);
  const asked = { data, preset, overrides, limit, rounds, seconds, pythons, onRound };
  const found = await benchEpoch(context, asked);
  return { json: found, text: formatEpochs(found) };
}

function formatEpochs({
  recipe,
  images,
  transforms,
  torch,
  reason,
  rounds,
  medianRatio,
  medianBeside,
}: EpochComparison) {
  const table = formatTable(
    ['round', 'epoch, images/s', 'its step alone', 'beside the step', "PyTorch's epoch", 'ratio'],
    rounds.map((round, i) => [
      String(i + 1),
      round.train.toFixed(1),
      round.step.toFixed(1),
      `${(100 * round.beside).toFixed(1)}%`,
      round.torch?.toFixed(1) ?? '-',
      round.ratio?.toFixed(2) ?? '-',
    ]),
  );
  const side = trainingSide(recipe);
  return [
    `${recipe.model}, ${side} px, batches of ${recipe.training.batchSize}, ${images} training images, varied by ${transforms.join(', ') || 'nothing'}.`,
    '',
    table,
    '',
    formatStages(rounds),
    '',
    `What isn't the step takes ${(100 * medianBeside).toFixed(1)}% of an epoch's time (median).`,
    torch && medianRatio !== null
      ? `Median ratio: ${medianRatio.toFixed(2)} times the speed of PyTorch ${torch.version} with a DataLoader of two workers and torchvision's transforms.`
      : `No comparison: ${reason}.`,
  ].join('\n');
}

/** Where the time of all epochs went: their steps, and what else. */
function formatStages(rounds: readonly EpochRound[]): string {
  const sum = (of: (stages: EpochRound['stages']) => number) => rounds.reduce((all, { stages }) => all + of(stages), 0);
  const all = sum((stages) => stages.all);
  const named: readonly (readonly [string, (stages: EpochRound['stages']) => number])[] = [
    ['forward and backward', (stages) => stages.computing],
    ['optimizer and averages', (stages) => stages.updating],
    ['waiting for batches', (stages) => stages.waiting],
    ['validation', (stages) => stages.validating],
    ['saving', (stages) => stages.saving],
  ];
  const known = named.map(([name, of]) => [name, sum(of)] as const);
  const rest = all - known.reduce((total, [, seconds]) => total + seconds, 0);
  return formatTable(
    ['of an epoch', 'seconds', 'share'],
    [...known, ['the rest', rest] as const].map(([name, seconds]) => [
      name,
      (seconds / rounds.length).toFixed(2),
      `${((100 * seconds) / all).toFixed(1)}%`,
    ]),
  );
}

function formatComparison(comparison: Comparison, model: string): string {
  const { kind, arithmetic, torch, torchModel, peakMemory, rounds, medianRatio, fastestRatio, lesionlab } = comparison;
  if (torch === null || medianRatio === null || fastestRatio === null) {
    return [
      `lesionlab: ${lesionlab?.imagesPerSecond} images/s, ${peakMemory.lesionlab} MiB of memory at most.`,
      `No comparison: no Python was found that has PyTorch with a network ${torchModel}. Install PyTorch with torchvision (and timm), name a Python with --python, or PyTorch's network with --torch-model.`,
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
    `Memory at most, each in a process of its own: ${peakMemory.lesionlab} MiB against ${peakMemory.torch ?? 'an unknown number of'} MiB.`,
    ...describeAlternatives(comparison),
    ...describeSides(comparison, model),
  ].join('\n');
  const what = kind === 'train' ? 'A training step' : `Prediction in ${arithmetic}`;
  return `${what}, against PyTorch ${torch.version} in float32:\n\n${table}\n\n${ratios}`;
}

/** What a user of PyTorch could have instead, so that nobody takes float32 for its best. */
function describeAlternatives({ alternatives }: Comparison): string[] {
  if (!alternatives) return [];
  const had = torchWays.flatMap((way) => {
    const { imagesPerSecond } = alternatives[way];
    return imagesPerSecond === null ? [] : [`${way} ${imagesPerSecond.toFixed(1)} images/s`];
  });
  const measured = had.length > 0 ? [`PyTorch otherwise, measured once: ${had.join(', ')}.`] : [];
  return [...measured, ...missingWays([{ alternatives }])];
}

/** What each side takes for the network, where that is not plain. */
function describeSides({ kind, head, torch }: Comparison, model: string): string[] {
  if (!torch) return [];
  const folded =
    'with batch norm folded into its convolutions, what remains of it with fixed statistics, and without dropout';
  const own = kind === 'train' ? 'with batch norm by the statistics of the batch, and its dropout' : 'as it is';
  const theirs = `${torch.name}, ${torch.batchNorm === 'folded' ? folded : own}`;
  if (head === null) return torch.batchNorm === 'folded' ? [`PyTorch's side: ${theirs}.`] : [];
  const ours =
    head === 'new'
      ? `the layers of ${model} with a new last one of ${torch.classCount} classes`
      : `${model} as it is, with its own classes, on onnxruntime alone`;
  return [`lesionlab's side: ${ours}. PyTorch's: ${theirs}, of ${torch.classCount} classes.`];
}
