import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { evenSample } from '../../data/evenSample.js';
import { type ForeignKind, foreignKinds, paintForeignImage } from '../../data/foreign/foreignImages.js';
import { runError } from '../../errors.js';
import type { EvaluateOutOfDistributionOptions } from '../../evaluation/certainty/evaluateOutOfDistribution.js';
import {
  fitOutOfDistribution,
  outOfDistributionThreshold,
  scoreOutOfDistribution,
} from '../../evaluation/certainty/outOfDistribution.js';
import { type Fitting, fitImage, fittingKey } from '../../image/fitImage.js';
import { decodeSafetensors, encodeSafetensors, type FeatureStatistics } from '../../models/index.js';
import { writeFileWhole } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import type { Checkpoint } from '../run/checkpointFile.js';
import type { RunData } from '../run/runData.js';
import type { RunFolder } from '../run/runFolder.js';
import { extractFeatures, type ImageFeatures, type ImagesToExtract, recordsToExtract } from './imageFeatures.js';

/** Training images that the statistics are from, at most: more take longer and told no more apart when that was measured. */
export const statisticsImages = 2000;
/** Share of the validation images that are not flagged. */
const keptShare = 0.99;
/** Painted images of each kind that an evaluation tries. */
const foreignImages = 50;

/** What out-of-distribution.safetensors holds: where a checkpoint's training images lie in the network's feature space. */
export interface RunOutOfDistribution extends FeatureStatistics {
  /** Of the checkpoint file: other weights have other features. */
  readonly sha256: string;
  /** Scores above it are flagged: 1% of the validation images. */
  readonly threshold: number;
  /** Images that the statistics are from. */
  readonly trainingImages: number;
  /** Images that the threshold is from. */
  readonly validationImages: number;
}

const metadataSchema = z.object({
  sha256: z.string(),
  threshold: z.coerce.number().min(0),
  trainingImages: z.coerce.number().int().min(1),
  validationImages: z.coerce.number().int().min(1),
});

/**
 * The statistics of a checkpoint that a run holds.
 * @returns null where there are none, or they are of other weights
 * @throws LesionlabError kind `run` naming the file where it can't be used
 */
export async function readOutOfDistribution(
  folder: RunFolder,
  { sha256 }: Pick<Checkpoint, 'sha256'>,
): Promise<RunOutOfDistribution | null> {
  const path = folder.outOfDistribution;
  if (!existsSync(path)) return null;
  const { weights, metadata } = decodeSafetensors(await readFile(path), path);
  const parsed = metadataSchema.safeParse(metadata);
  const [centre, whitening, means] = ['centre', 'whitening', 'means'].map((name) => weights.get(name));
  const [features, width] = whitening?.shape ?? [];
  const fits =
    `${centre?.shape}` === `${[features]}` &&
    means?.shape.length === 2 &&
    means.shape[0] > 0 &&
    means.shape[1] === width;
  if (!parsed.success || !fits)
    throw runError('out-of-distribution-unusable', `${path} does not hold the statistics of a checkpoint's features.`, {
      hint: 'Remove it and evaluate the run again.',
      details: parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    });
  if (parsed.data.sha256 !== sha256) return null;
  return { ...parsed.data, features, width, centre: centre!.data, whitening: whitening!.data, means: means.data };
}

/**
 * The statistics of a checkpoint; made from training images, with a threshold from validation images, and written where the run
 * has none yet.
 * @param ofValidation features of the validation images, in the order of their split, where the network has seen them
 * @returns null where the run has no validation images
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function ensureOutOfDistribution(
  context: StepContext,
  folder: RunFolder,
  checkpoint: Checkpoint,
  data: RunData,
  ofValidation?: ImageFeatures,
): Promise<RunOutOfDistribution | null> {
  const known = await readOutOfDistribution(folder, checkpoint);
  if (known) return known;
  const { train, validation } = data.splits;
  if (train.length === 0 || validation.length === 0) return null;
  const { seed, data: described } = checkpoint.config;
  const labels = train.map(({ label }) => label);
  const chosen = evenSample(labels, statisticsImages, seed).map((i) => train[i]);
  const [ofTraining, seen = ofValidation!] = await extractFeatures(context, checkpoint, [
    recordsToExtract(data, chosen, 'Looking at training images, to tell foreign ones'),
    ...(ofValidation ? [] : [recordsToExtract(data, validation, 'Looking at validation images, to tell foreign ones')]),
  ]);
  const statistics = fitOutOfDistribution({
    features: ofTraining.values,
    labels: chosen.map(({ label }) => label),
    classes: described.classes.length,
    seed,
  });
  const found = {
    ...statistics,
    sha256: checkpoint.sha256,
    threshold: outOfDistributionThreshold(scoreOutOfDistribution(statistics, seen.values), keptShare),
    trainingImages: chosen.length,
    validationImages: validation.length,
  };
  await writeFileWhole(folder.outOfDistribution, encode(found));
  return found;
}

function encode({ features, width, centre, whitening, means, ...rest }: RunOutOfDistribution): Uint8Array {
  const tensors = new Map([
    ['centre', { data: centre, shape: [features] }],
    ['whitening', { data: whitening, shape: [features, width] }],
    ['means', { data: means, shape: [means.length / width, width] }],
  ]);
  return encodeSafetensors(
    tensors,
    Object.fromEntries(Object.keys(metadataSchema.shape).map((key) => [key, String(rest[key as keyof typeof rest])])),
  );
}

/** Painted images as networks of one size want them; folds, members and checkpoints ask for the same ones. */
let painted: { readonly key: string; readonly pixels: Map<string, Uint8Array> } = { key: '', pixels: new Map() };
/** Bytes of painted images that are kept at most: all of them for networks of up to 167 pixels. */
const paintedBytes = 16 << 20;

function foreignPixels(kind: ForeignKind, index: number, fitting: Fitting): Uint8Array {
  const key = fittingKey(fitting);
  if (painted.key !== key) painted = { key, pixels: new Map() };
  const name = `${kind} ${index}`;
  const known = painted.pixels.get(name);
  if (known) return known;
  const { data } = fitImage(paintForeignImage(kind, { seed: 0, index }), fitting);
  if (data.length * foreignKinds.length * foreignImages <= paintedBytes) painted.pixels.set(name, data);
  return data;
}

/** Scores of a split's images, of their features, and of painted ones, for `evaluatePredictions`. @throws LesionlabError as `extractFeatures` does */
export async function scoreSplit(
  context: StepContext,
  checkpoint: Checkpoint,
  statistics: RunOutOfDistribution,
  own: ImageFeatures,
): Promise<Omit<EvaluateOutOfDistributionOptions, 'seed' | 'resamples'>> {
  const { preprocessing } = checkpoint.config;
  const foreign = foreignKinds.map(
    (kind): ImagesToExtract => ({
      count: foreignImages,
      label: `Looking at painted images: ${kind}`,
      pixelsOf: (index) => foreignPixels(kind, index, preprocessing),
    }),
  );
  const others = await extractFeatures(context, checkpoint, foreign);
  const score = ({ values }: { values: Float32Array }) => scoreOutOfDistribution(statistics, values);
  return {
    threshold: statistics.threshold,
    trainingImages: statistics.trainingImages,
    scores: score(own),
    foreign: new Map(foreignKinds.map((kind, k) => [kind, score(others[k])])),
  };
}
