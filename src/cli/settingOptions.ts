import { type Command, InvalidArgumentError, Option } from 'commander';
import { borders, lights } from '../image/fitImage.js';
import { recipe as recipeSchema } from '../training/recipe/config.js';
import { parseInteger, parseNumber } from './globalOptions.js';

/** What a recipe says about how images are made for the network, and an option may say otherwise. */
export function addPictureOptions(command: Command): Command {
  return command
    .option('--image-size <pixels>', 'side of the network input', parseInteger(16, 1024))
    .option(
      '--training-image-size <pixels>',
      'side of the images in training, where it is another than in prediction; 0: the same',
      parseInteger(0, 1024),
    )
    .addOption(
      new Option(
        '--fit <how>',
        'the whole image squashed into a square, its middle cut out, or the whole with borders added',
      ).choices(recipeSchema.shape.fit.options),
    )
    .addOption(
      new Option('--border <what>', 'dark border of images: kept, or cut off before anything else').choices(borders),
    )
    .addOption(
      new Option('--light <how>', 'colours as they are, or as under white light, by Shades of Gray').choices(lights),
    );
}

/** What a recipe says about how images of a batch are mixed, and an option may say otherwise. */
export function addMixOptions(command: Command): Command {
  return command
    .option(
      '--mixup <alpha>',
      'mix images and labels of a batch, by shares from Beta(alpha, alpha); 0: none',
      parseNumber(0, 1),
    )
    .option(
      '--cutmix <alpha>',
      'let images of a batch exchange squares, by shares from Beta(alpha, alpha); 0: none',
      parseNumber(0, 1),
    );
}

/** What a recipe says about how the weights change, and an option may say otherwise. */
export function addUpdateOptions(command: Command): Command {
  const { optimizer, weightDecayOn, classWeights, sampling } = recipeSchema.shape.training.shape;
  command
    .optionsGroup("Optimisation, in place of the recipe's:")
    .addOption(
      new Option('--optimizer <name>', 'rule by which weights change; sgd has momentum 0.9').choices(optimizer.options),
    )
    .option(
      '--weight-decay <rate>',
      "weight decay; where none is given and the optimizer is not the recipe's: 0",
      parseNumber(0, 1000),
    )
    .addOption(
      new Option('--weight-decay-on <what>', 'filters and matrices only, or biases and batch norms too').choices(
        weightDecayOn.unwrap().options,
      ),
    )
    .addOption(
      new Option('--class-weights <how>', 'how much more an image of a rare class counts in the loss').choices(
        classWeights.options,
      ),
    )
    .option('--deferred-weights <share>', 'share of the training before class weights count', parseNumber(0, 0.99))
    .option(
      '--logit-adjustment <strength>',
      'add the logarithm of class frequencies to the logits of the loss; 1: balanced softmax, 0: none',
      parseNumber(0, 2),
    )
    .option('--focal-loss <focusing>', 'images that are nearly right count less; 0: cross-entropy', parseNumber(0, 5))
    .addOption(
      new Option('--sampling <how>', 'which images an epoch shows: all, or classes or lesions more evenly').choices(
        sampling.unwrap().options,
      ),
    )
    .option('--clip <norm>', 'highest norm of all gradients together; 0: no limit', parseNumber(0))
    .option('--label-smoothing <share>', 'share of every label that is spread over all classes', parseNumber(0, 0.5));
  return addMixOptions(command)
    .option('--freeze <stage>', 'keep the network up to this stage as it is, or the backbone; none: train all')
    .option(
      '--learning-rate-factors <stage=factor,...>',
      'multiply the learning rate of stages, backbone or classifier',
      parseFactors,
    );
}

/** How the optimisation goes on over the whole training. */
export function addScheduleOptions(command: Command): Command {
  const { schedule } = recipeSchema.shape.training.shape;
  return command
    .optionsGroup("Schedule, in place of the recipe's:")
    .option('--learning-rate <rate>', 'highest learning rate', parseNumber(1e-12, 100))
    .addOption(new Option('--schedule <name>', 'how the learning rate goes on').choices(schedule.options))
    .option('--step-epochs <count>', 'schedule step: epochs between two falls', parseInteger(1, 100_000))
    .option('--step-factor <factor>', 'schedule step: what a fall multiplies by', parseNumber(1e-6, 1))
    .option('--warm-up <share>', 'share of all steps in which the learning rate rises', parseNumber(0, 1))
    .option(
      '--weight-averaging <decay>',
      'decay per step of the average of weights that is evaluated; 0: none',
      parseNumber(0, 0.99999),
    );
}

/** `backbone=0.1,layer4=0.5`, or `none` in place of a recipe's. */
function parseFactors(text: string): Record<string, number> {
  const factors: Record<string, number> = {};
  if (text.trim() === 'none') return factors;
  for (const part of text.split(',')) {
    const [name, value, ...rest] = part.split('=').map((word) => word.trim());
    const factor = Number(value);
    if (!name || !value || rest.length > 0 || !(factor > 0 && Number.isFinite(factor)))
      throw new InvalidArgumentError('Expected stage=factor with a factor above 0, for example backbone=0.1.');
    if (Object.hasOwn(factors, name)) throw new InvalidArgumentError(`${name} is there twice.`);
    factors[name] = factor;
  }
  return factors;
}
