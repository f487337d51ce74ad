import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { namesOfTransforms } from '../../data/augmentation/augmentation.js';
import { median } from '../../data/median.js';
import { interruptedError } from '../../errors.js';
import type { EpochSeconds, TrainEvent } from '../../training/events.js';
import type { Recipe } from '../../training/recipe/config.js';
import { trainingSide } from '../../training/recipe/trainingSplits.js';
import type { StepContext } from '../machine/stepContext.js';
import { openRunData } from '../run/runData.js';
import { readTrainedConfig, runFolderPaths } from '../run/runFolder.js';
import { trainRun } from '../steps/run.js';
import { benchTrainStep } from './benchTrainStep.js';
import { findTorchPython } from './torchProcess.js';

export interface EpochOptions {
  /** A folder as downloaded. */
  readonly data: string;
  readonly preset: string;
  /** Settings that are other than the preset's. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** About this many images of the data. */
  readonly limit: number;
  readonly rounds: number;
  /** For the step alone, in each round. */
  readonly seconds: number;
  readonly pythons?: readonly string[];
  readonly onRound?: (round: EpochRound, number: number) => void;
}

/** Images a second. */
export interface EpochRound {
  /** Of an epoch of `train`, validation left out. */
  readonly train: number;
  /** Of its step, with batches that are ready. */
  readonly step: number;
  /** Of PyTorch's epoch; null without it. */
  readonly torch: number | null;
  /** Share of an epoch's time that isn't its steps. */
  readonly beside: number;
  readonly ratio: number | null;
  /** Where the seconds of the epoch went, saving included. */
  readonly stages: EpochStages;
}

/** Seconds of an epoch. */
export interface EpochStages extends EpochSeconds {
  /** Of all stages together. */
  readonly all: number;
  /** Writing checkpoints and the state to go on from. */
  readonly saving: number;
}

export interface EpochComparison {
  readonly recipe: Recipe;
  readonly images: number;
  /** Transforms that vary the images. */
  readonly transforms: readonly string[];
  readonly torch: { readonly version: string; readonly python: string } | null;
  /** Why there is no comparison. */
  readonly reason: string | null;
  readonly rounds: readonly EpochRound[];
  readonly medianRatio: number | null;
  readonly medianBeside: number;
}

const script = fileURLToPath(new URL('../../../bench/torchEpoch.py', import.meta.url));

/**
 * Measures an epoch of `train` on real images, its step alone, and PyTorch's epoch on the same prepared images with the same augmentation, in turns.
 * The whole network is trained, whatever the preset freezes. @throws LesionlabError as `trainRun` does
 */
export async function benchEpoch(ctx: StepContext, options: EpochOptions): Promise<EpochComparison> {
  const folder = await mkdtemp(join(tmpdir(), 'lesionlab-bench-epoch-'));
  try {
    const rounds: EpochRound[] = [];
    let side: TorchSide | undefined;
    for (let i = 0; i < options.rounds; i++) {
      const run = runFolderPaths(join(folder, `round-${i + 1}`));
      const { data, preset, overrides, limit } = options;
      // The second epoch is measured: the first compiles, and fills what is filled once. All of the network is trained, from random weights, on
      // both sides.
      const settings = { ...overrides, epochs: 2, freeze: 'none', learningRateFactors: {} };
      const theirsFirst = i % 2 === 1 ? await side?.measure() : undefined;
      const stages = watchStages(2);
      const watched = { ...ctx, onEvent: stages.hear };
      const { epochs } = await trainRun(watched, { data, run: run.path, preset, overrides: settings, limit });
      const { recipe } = await readTrainedConfig(run);
      side ??= await openTorchSide(ctx, run, recipe, options);
      const step = await measureStep(ctx, recipe, options.seconds);
      const torch = theirsFirst ?? (await side.measure()) ?? null;
      const train = epochs[1].imagesPerSecond;
      const ratio = torch === null ? null : train / torch;
      const round = { train, step, torch, beside: 1 - train / step, ratio, stages: stages.found() };
      rounds.push(round);
      options.onRound?.(round, i + 1);
    }
    const { measure: _, ...known } = side!;
    const ratios = rounds.flatMap(({ ratio }) => ratio ?? []);
    return {
      ...known,
      rounds,
      medianRatio: ratios.length > 0 ? median(ratios) : null,
      medianBeside: median(rounds.map(({ beside }) => beside)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Hears where the time of an epoch goes. */
function watchStages(epoch: number) {
  const heard: Partial<Record<'end' | 'judged' | 'saved', number>> = {};
  let seconds: EpochSeconds | undefined;
  return {
    hear(event: TrainEvent): void {
      const now = performance.now() / 1000;
      // An epoch begins where the one before is saved.
      if (event.type === 'checkpoint' && event.position.epoch === epoch - 1) heard.end = now;
      if (event.type === 'epoch' && event.record.epoch === epoch) {
        heard.judged = now;
        ({ seconds } = event);
      }
      if (event.type === 'checkpoint' && event.position.epoch === epoch) heard.saved = now;
    },
    found(): EpochStages {
      return { ...seconds!, saving: heard.saved! - heard.judged!, all: heard.saved! - heard.end! };
    },
  };
}

async function measureStep({ threads, device, seed, signal }: StepContext, recipe: Recipe, seconds: number) {
  const { model, training } = recipe;
  const { imagesPerSecond } = await benchTrainStep({
    model,
    imageSize: trainingSide(recipe),
    batchSize: training.batchSize,
    seconds,
    threads,
    device,
    seed,
    signal,
  });
  return imagesPerSecond;
}

/** What is known of the comparison, and how PyTorch's side is measured. */
interface TorchSide extends Pick<EpochComparison, 'recipe' | 'images' | 'transforms' | 'torch' | 'reason'> {
  measure(): Promise<number | undefined>;
}

async function openTorchSide(
  ctx: StepContext,
  folder: ReturnType<typeof runFolderPaths>,
  recipe: Recipe,
  options: EpochOptions,
): Promise<TorchSide> {
  const data = await openRunData(ctx, folder);
  const { augmentation, model, training } = recipe;
  const transforms = augmentation ? namesOfTransforms(augmentation) : [];
  const common = { recipe, images: data.splits.train.length, transforms };
  const python = existsSync(script) ? await findTorchPython(model, options.pythons, script) : undefined;
  const { mean, std } = data.config.preprocessing;
  const job = {
    model,
    pixels: data.prepared.path,
    side: data.prepared.imageSize,
    count: data.prepared.imageIds.length,
    indices: data.splits.train.map(({ imageId }) => data.preparedIndex(imageId)),
    labels: data.splits.train.map(({ label }) => label),
    classCount: data.config.data.classes.length,
    imageSize: trainingSide(recipe),
    mean,
    std,
    augmentation,
    transforms,
    batchSize: training.batchSize,
    threads: ctx.threads,
    epochs: 2,
    learningRate: training.learningRate,
  };
  await data.close();
  if (!python)
    return {
      ...common,
      torch: null,
      reason: `no Python has PyTorch and torchvision with ${model}`,
      measure: async () => undefined,
    };
  const first = await runScript(python, job, ctx.signal);
  if ('reason' in first) return { ...common, torch: null, reason: first.reason, measure: async () => undefined };
  let measured: number | undefined = first.imagesPerSecond;
  return {
    ...common,
    torch: { version: first.torch, python },
    reason: null,
    async measure() {
      if (measured !== undefined) {
        const speed = measured;
        measured = undefined;
        return speed;
      }
      const found = await runScript(python, job, ctx.signal);
      return 'reason' in found ? undefined : found.imagesPerSecond;
    },
  };
}

/** @returns what it printed, or why it can't be compared */
async function runScript(
  python: string,
  job: object,
  signal: AbortSignal,
): Promise<{ readonly imagesPerSecond: number; readonly torch: string } | { readonly reason: string }> {
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'pipe'], signal });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-2000);
  });
  child.stdin.on('error', () => {}); // a pipe that closed is reported by the exit status
  child.stdin.end(JSON.stringify(job));
  const status = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  if (signal.aborted) throw interruptedError('The comparison was interrupted.');
  if (status === 3) return { reason: errors.trim().split('\n').at(-1)! };
  if (status !== 0) throw new Error(`bench/torchEpoch.py ended early: exit status ${status}\n${errors}`.trim());
  return JSON.parse(output);
}
