import { median } from '../data/median.js';
import { type BenchKind, type Comparison, compareWithTorch, torchWays } from '../node/bench/index.js';
import { describeSetting, formatSetting, withRuntime } from './benchSetting.js';
import type { CommandContext, CommandResult } from './commandContext.js';
import { formatTable } from './formatTable.js';

export interface BenchEveryModelOptions {
  /** Model ids. */
  readonly models: readonly string[];
  readonly imageSize: number;
  readonly batchSize: number;
  readonly rounds: number;
  /** For a side of a pair. */
  readonly seconds: number;
  /** Measure PyTorch compiled and in bfloat16 too. */
  readonly alternatives: boolean;
  /** The Python that has PyTorch; left out for the usual ones. */
  readonly python?: string;
}

interface Row extends Comparison {
  readonly model: string;
}

const kinds: readonly BenchKind[] = ['train', 'predict'];

/** Training step and prediction of one network after the other, each in pairs with PyTorch where it has that network. */
export async function benchEveryModel(
  context: CommandContext,
  options: BenchEveryModelOptions,
): Promise<CommandResult> {
  const { threads, device, seed, signal } = context;
  const { models, python, ...size } = options;
  const settings = { ...size, ...(python !== undefined && { pythons: [python] }), threads, device, seed, signal };
  const before = await describeSetting({ ...settings, model: models.join(', ') });
  const task = context.progress.start('Measuring', models.length * kinds.length);
  const rows: Row[] = [];
  try {
    for (const model of models) {
      for (const kind of kinds) {
        rows.push({ model, ...(await compareWithTorch(kind, { ...settings, model })) });
        task.update(rows.length, `${model}, ${kind}`);
      }
    }
  } finally {
    task.end();
  }
  const setting = withRuntime(before);
  return { json: { ...setting, comparisons: rows }, text: `${formatRows(rows)}\n\n${formatSetting(setting)}` };
}

function formatRows(rows: readonly Row[]): string {
  const table = formatTable(
    [
      'network',
      'step',
      'lesionlab images/s',
      'PyTorch images/s',
      'compiled',
      'bfloat16',
      'ratio, median',
      'lowest',
      'highest',
      'by fastest steps',
      'MiB',
      "PyTorch's MiB",
    ],
    rows.map(({ model, kind, rounds, lesionlab, medianRatio, fastestRatio, peakMemory, alternatives }) => {
      const memory = [peakMemory.lesionlab, peakMemory.torch ?? '-'].map(String);
      if (lesionlab) return [model, kind, lesionlab.imagesPerSecond.toFixed(1), ...Array(7).fill('-'), ...memory];
      const ratios = rounds.map(({ ratio }) => ratio);
      const middle = (side: 'lesionlab' | 'torch') => median(rounds.map((round) => round[side].imagesPerSecond));
      const speeds = [middle('lesionlab'), middle('torch')].map((speed) => speed.toFixed(1));
      const found = [medianRatio!, Math.min(...ratios), Math.max(...ratios), fastestRatio!];
      const others = torchWays.map((way) => alternatives?.[way].imagesPerSecond?.toFixed(1) ?? '-');
      return [model, kind, ...speeds, ...others, ...found.map((ratio) => ratio.toFixed(2)), ...memory];
    }),
  );
  const torch = rows.find(({ torch }) => torch)?.torch;
  const against = torch
    ? `Ratios against PyTorch ${torch.version} in float32, the better of its memory formats.`
    : 'No comparison: no Python was found that has PyTorch with these networks.';
  return [against, ...missingWays(rows), '', table].join('\n');
}

/** Why columns are empty, each reason once. */
export function missingWays(comparisons: readonly Pick<Comparison, 'alternatives'>[]): string[] {
  return torchWays.flatMap((way) => {
    const reasons = comparisons.flatMap(({ alternatives }) => alternatives?.[way].reason ?? []);
    return [...new Set(reasons)].map((reason) => `PyTorch's ${way} could not be measured: ${reason}.`);
  });
}
