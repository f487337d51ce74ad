import { usageError } from '../../errors.js';
import { trainsHeadOnly } from '../../training/headTraining.js';
import type { Recipe } from '../../training/recipe/config.js';

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
