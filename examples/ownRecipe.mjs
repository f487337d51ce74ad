// A recipe of one's own: a preset with other settings, what it does to an image, and a training with it.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { augmentImage, drawAugmentation } from 'lesionlab/data';
import { fitToSquare } from 'lesionlab/image';
import { createContext, sharpCodec, trainRun, writeSyntheticDataset } from 'lesionlab/node';
import { Random } from 'lesionlab/random';
import { formatRecipe, resolveRecipe } from 'lesionlab/training';

const own = {
  extends: 'demo',
  imageSize: 32,
  augmentation: { rotationDegrees: 180, hue: 0.05, perspective: { distortion: 0.3, probability: 0.5 } },
  training: { epochs: 2, batchSize: 8, optimizer: 'adamw', weightDecay: 0.01, labelSmoothing: 0.1 },
};

// All settings, checked: names that don't exist and values out of range are refused, all at once.
const { recipe, overrides } = resolveRecipe(own);
console.log(overrides.join('\n'));
console.log(`as a file: ${formatRecipe(recipe).split('\n').length} lines`);

const folder = await mkdtemp(join(tmpdir(), 'lesionlab-example-'));
process.env.LESIONLAB_CACHE = join(folder, 'cache');
const data = join(folder, 'data');
await writeSyntheticDataset(data, { images: 140, size: [64, 48] });

// What the augmentation makes of an image in three epochs: the network never sees the same pixels twice.
const file = await readFile(join(data, 'HAM10000_images_part_1', 'SYN_0000001.jpg'));
const square = fitToSquare(await sharpCodec.decode(file), recipe.imageSize, recipe.fit);
const raw = { imageSize: recipe.imageSize, mean: [0, 0, 0], std: [1, 1, 1] };
for (let epoch = 0; epoch < 3; epoch++) {
  const drawn = drawAugmentation(recipe.augmentation, recipe.imageSize, new Random(0, 'example', epoch));
  const pixels = new Float32Array(square.data.length); // [3, S, S]
  augmentImage(square.data, drawn, recipe.augmentation.fill, raw, pixels);
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const ways = drawn.map(({ name }) => name).join(', ');
  console.log(`epoch ${epoch + 1}: ${ways}; mean brightness ${mean.toFixed(3)}`);
}

const run = join(folder, 'run');
const { config, bestEpoch } = await trainRun(createContext(), { data, run, recipe: own });
const { optimizer, weightDecay } = config.recipe.training;
console.log(`trained with ${optimizer} and weight decay ${weightDecay}; the best epoch is ${bestEpoch}`);
await rm(folder, { recursive: true });
