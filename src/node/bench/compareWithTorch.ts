import { basename } from 'node:path';
import { median } from '../../data/median.js';
import { isNetworkFile, openNetworkFile } from '../run/networkFile.js';
import { type BenchOptions, benchClassCount, checkInt8 } from './benchOptions.js';
import { benchPredict } from './benchPredict.js';
import { benchTrainStep } from './benchTrainStep.js';
import { type Measurement, round } from './measureSteps.js';
import { measurePeakMemory } from './peakMemory.js';
import {
  type BenchKind,
  findTorchPython,
  measureTorchWay,
  startTorch,
  type TorchAlternative,
  type TorchBatchNorm,
  type TorchMeasurement,
  type TorchNetwork,
  type TorchWay,
  torchWays,
} from './torchProcess.js';

export interface ComparisonRound {
  readonly lesionlab: Measurement;
  readonly torch: TorchMeasurement;
  /** lesionlab's images per second by PyTorch's. */
  readonly ratio: number;
}

export type Arithmetic = 'float32' | 'int8';

export interface Comparison {
  readonly kind: BenchKind;
  /** What lesionlab computed in; PyTorch's side is always float32. */
  readonly arithmetic: Arithmetic;
  /** Null where no Python has PyTorch. */
  readonly torch: ({ readonly version: string; readonly python: string } & TorchNetwork) | null;
  /** The name by which PyTorch's libraries were asked for the network. */
  readonly torchModel: string;
  /** What lesionlab had of the network: its own head, or a new one; null for one by name. */
  readonly head: 'own' | 'new' | null;
  /** Most memory of a process that does nothing else, MiB. PyTorch's in the memory format that was faster last. */
  readonly peakMemory: { readonly lesionlab: number; readonly torch: number | null };
  readonly rounds: readonly ComparisonRound[];
  readonly medianRatio: number | null;
  /** PyTorch's fastest step of all rounds by lesionlab's: the ratio that other work on the machine disturbs least. */
  readonly fastestRatio: number | null;
  /** What a user of PyTorch could have beside float32, measured once each after the pairs; null where it was not asked for. */
  readonly alternatives: Readonly<Record<TorchWay, TorchAlternative>> | null;
  /** Without PyTorch, lesionlab's side stands alone. */
  readonly lesionlab: Measurement | null;
}

export interface CompareOptions extends BenchOptions {
  readonly rounds: number;
  /** Pythons to try, in order. */
  readonly pythons?: readonly string[];
  /** PyTorch's network. Default: that of the model's name, a file's without its ending. */
  readonly torchModel?: string;
  /** Default: `folded` where a file is trained, since its batch norm is; else `own`. */
  readonly torchBatchNorm?: TorchBatchNorm;
  /** Measure PyTorch compiled and in bfloat16 too. Default true. */
  readonly alternatives?: boolean;
  readonly onRound?: (round: ComparisonRound, number: number) => void;
}

/**
 * Measures lesionlab and PyTorch in turns, in pairs: whatever else the machine does meets both. The order changes from pair
 * to pair. @throws LesionlabError as `benchTrainStep` does
 */
export async function compareWithTorch(kind: BenchKind, options: CompareOptions): Promise<Comparison> {
  checkInt8(kind, options);
  const arithmetic: Arithmetic = options.int8 ? 'int8' : 'float32';
  const own = () => (kind === 'train' ? benchTrainStep(options) : benchPredict(options));
  const network = await torchNetwork(kind, options);
  const python = await findTorchPython(network.name, options.pythons);
  const head = isNetworkFile(options.model) ? (kind === 'train' ? ('new' as const) : ('own' as const)) : null;
  const common = { kind, arithmetic, torchModel: network.name, head };
  if (python === undefined) {
    const lesionlab = await own();
    const peakMemory = { lesionlab: await measurePeakMemory(kind, options), torch: null };
    const nothing = { rounds: [], medianRatio: null, fastestRatio: null, alternatives: null };
    return { ...common, torch: null, peakMemory, ...nothing, lesionlab };
  }
  const torch = await startTorch(python, kind, network, options);
  let paired: Omit<Comparison, 'alternatives'>;
  try {
    const rounds: ComparisonRound[] = [];
    for (let i = 0; i < options.rounds; i++) {
      let theirs = i % 2 === 1 ? await torch.measure() : undefined;
      const lesionlab = await own();
      theirs ??= await torch.measure();
      const ratio = round(lesionlab.imagesPerSecond / theirs.imagesPerSecond, 3);
      rounds.push({ lesionlab, torch: theirs, ratio });
      options.onRound?.(rounds[i], i + 1);
    }
    const memory = await measurePeakMemory(kind, options);
    const medianRatio = round(median(rounds.map(({ ratio }) => ratio)), 3);
    const fastest = (side: 'lesionlab' | 'torch') =>
      rounds.reduce((least, pair) => Math.min(least, pair[side].fastestMilliseconds), Number.POSITIVE_INFINITY);
    const fastestRatio = round(fastest('torch') / fastest('lesionlab'), 3);
    paired = {
      ...common,
      torch: { version: torch.version, python, ...network },
      peakMemory: { lesionlab: memory, torch: rounds.at(-1)!.torch.peakMemory },
      rounds,
      medianRatio,
      fastestRatio,
      lesionlab: null,
    };
  } finally {
    torch.close();
  }
  if (options.alternatives === false) return { ...paired, alternatives: null };
  const found: Partial<Record<TorchWay, TorchAlternative>> = {};
  for (const way of torchWays) found[way] = await measureTorchWay(python, kind, network, way, options);
  return { ...paired, alternatives: found as Record<TorchWay, TorchAlternative> };
}

/** What PyTorch is to do what lesionlab does: a file's classes where it predicts, lesionlab's for a new head. */
async function torchNetwork(
  kind: BenchKind,
  { model, torchModel, torchBatchNorm }: CompareOptions,
): Promise<TorchNetwork> {
  const isFile = isNetworkFile(model);
  const ownClasses = isFile && kind === 'predict' ? (await openNetworkFile(model)).classCount : undefined;
  return {
    name: torchModel ?? (isFile ? basename(model).replace(/\.onnx$/i, '') : model),
    classCount: ownClasses ?? benchClassCount,
    batchNorm: torchBatchNorm ?? (isFile && kind === 'train' ? 'folded' : 'own'),
  };
}
