import { median } from '../../data/median.js';
import { type BenchOptions, checkInt8 } from './benchOptions.js';
import { benchPredict } from './benchPredict.js';
import { benchTrainStep } from './benchTrainStep.js';
import { type Measurement, round } from './measureSteps.js';
import { type BenchKind, findTorchPython, startTorch, type TorchMeasurement } from './torchProcess.js';

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
  readonly torch: { readonly version: string; readonly python: string } | null;
  readonly rounds: readonly ComparisonRound[];
  readonly medianRatio: number | null;
  /** PyTorch's fastest step of all rounds by lesionlab's: the ratio that other work on the machine disturbs least. */
  readonly fastestRatio: number | null;
  /** Without PyTorch, lesionlab's side stands alone. */
  readonly lesionlab: Measurement | null;
}

export interface CompareOptions extends BenchOptions {
  readonly rounds: number;
  /** Pythons to try, in order. */
  readonly pythons?: readonly string[];
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
  const python = await findTorchPython(options.model, options.pythons);
  if (python === undefined)
    return { kind, arithmetic, torch: null, rounds: [], medianRatio: null, fastestRatio: null, lesionlab: await own() };
  const torch = await startTorch(python, kind, options);
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
    const medianRatio = round(median(rounds.map(({ ratio }) => ratio)), 3);
    const fastest = (side: 'lesionlab' | 'torch') =>
      rounds.reduce((least, pair) => Math.min(least, pair[side].fastestMilliseconds), Number.POSITIVE_INFINITY);
    const fastestRatio = round(fastest('torch') / fastest('lesionlab'), 3);
    return {
      kind,
      arithmetic,
      torch: { version: torch.version, python },
      rounds,
      medianRatio,
      fastestRatio,
      lesionlab: null,
    };
  } finally {
    torch.close();
  }
}
