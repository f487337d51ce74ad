import { readFile } from 'node:fs/promises';
import { type ChannelStatistics, imagenetStatistics } from '../data/normalisation.js';
import { usageError } from '../errors.js';
import { readWeights } from '../models/index.js';
import type { Recipe } from '../training/config.js';
import { trainsHeadOnly } from '../training/headTraining.js';

/**
 * Channel statistics that a file's weights were trained with, from its metadata: `mean` and `std` as three numbers each
 * with commas between them, or `preprocessing` as JSON in lesionlab's own checkpoints; ImageNet's where it doesn't say.
 * @returns with where they come from, `weights` or `imagenet`
 * @throws LesionlabError kind `run` where the file can't be read
 */
export async function weightsNormalisation(
  path: string | null,
): Promise<ChannelStatistics & { readonly statistics: string }> {
  if (path !== null) {
    const { metadata } = readWeights(await readFile(path), path);
    const own = parseJson(metadata.preprocessing);
    const mean = triple(own?.mean ?? metadata.mean?.split(','));
    const std = triple(own?.std ?? metadata.std?.split(','));
    if (mean && std?.every((value) => value > 0)) return { mean, std, statistics: 'weights' };
  }
  return { ...imagenetStatistics, statistics: 'imagenet' };
}

function parseJson(text: string | undefined): { mean?: unknown; std?: unknown } | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function triple(values: unknown): [number, number, number] | undefined {
  if (!Array.isArray(values) || values.length !== 3) return undefined;
  const numbers = values.map((value) => (value === '' ? Number.NaN : Number(value)));
  return numbers.every(Number.isFinite) ? (numbers as [number, number, number]) : undefined;
}

/**
 * Refuses to train a head on a frozen network of random weights, which sees nothing.
 * @throws LesionlabError kind `usage`
 */
export function requireWeights(recipe: Recipe, weightsFile: string | null): void {
  if (!trainsHeadOnly(recipe) || weightsFile !== null) return;
  const file = weightFiles[recipe.model];
  const download = file
    ? `Download https://download.pytorch.org/models/${file} and give it with --weights ${file}.`
    : `Give weights of ${recipe.model} that were trained on other images with --weights <file>.`;
  throw usageError('weights-needed', 'Only the head of the network is trained here: the rest needs trained weights', {
    hint: `${download} The README has a section on pretrained weights.`,
  });
}

/** torchvision's files of ImageNet weights. */
const weightFiles: Readonly<Record<string, string>> = {
  mobilenet_v2_levels: 'mobilenet_v2-7ebf99e0.pth',
  mobilenet_v2: 'mobilenet_v2-7ebf99e0.pth',
  resnet18: 'resnet18-f37072fd.pth',
  resnet34: 'resnet34-b627a593.pth',
  resnet50: 'resnet50-11ad3fa6.pth',
};
