import { usageError } from '../../../../src/errors.js';
import { resolveRecipe } from '../../../../src/training/recipe/resolveRecipe.js';

/** What the form holds: numbers as they are typed. */
export interface TrainSettings {
  readonly network: 'lenet' | 'head';
  readonly imageSize: string;
  readonly epochs: string;
  readonly batchSize: string;
  /** Empty for all images. */
  readonly limit: string;
  readonly seed: string;
}

/** Recipe of each network: LeNet as for the demo (64 pixels), and the head of the preset `quick`. */
export const presetOf = { lenet: 'demo', head: 'quick' } as const;

const ranges = {
  imageSize: { label: 'The image size', least: 32, most: 224 },
  epochs: { label: 'The number of epochs', least: 1, most: 500 },
  batchSize: { label: 'The batch size', least: 2, most: 256 },
} as const;

/** Defaults for so many images: something that ends within minutes. */
export function usualSettings(network: TrainSettings['network'], images: number): TrainSettings {
  const { recipe } = resolveRecipe(presetOf[network], {});
  return {
    network,
    imageSize: String(recipe.imageSize),
    epochs: String(network === 'lenet' && images <= 1000 ? 30 : 20),
    batchSize: String(network === 'lenet' && images > 1000 ? 32 : recipe.training.batchSize),
    limit: images > 2000 ? '2000' : '',
    seed: '0',
  };
}

/** @throws LesionlabError kind `usage` naming the setting that is out of range */
export function readSettings(settings: TrainSettings) {
  const whole = (name: keyof typeof ranges): number => {
    const { label, least, most } = ranges[name];
    const value = settings[name].trim() === '' ? Number.NaN : Number(settings[name]);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw usageError('bad-setting', `${label} must be a whole number from ${least} to ${most}.`);
  };
  const imageSize = whole('imageSize');
  const epochs = whole('epochs');
  const batchSize = whole('batchSize');
  const limit = settings.limit.trim() === '' ? null : Number(settings.limit);
  if (limit !== null && !(Number.isInteger(limit) && limit >= 50))
    throw usageError('bad-setting', 'The number of images must be a whole number from 50, or empty for all.');
  if (!/^\d{1,15}$/.test(settings.seed)) throw usageError('bad-seed', 'The seed must be a whole number from 0.');
  const preset = presetOf[settings.network];
  return { limit, seed: Number(settings.seed), ...resolveRecipe(preset, { imageSize, epochs, batchSize }) };
}
