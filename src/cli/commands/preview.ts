import type { Command } from 'commander';
import { type PreviewStepResult, previewStep } from '../../node/steps/preview.js';
import { defaultPreset, presets } from '../../training/recipe/presets/registry.js';
import { act } from '../commandContext.js';
import { allowMissingOption, dataOptions, imageTypeOption } from '../dataOptions.js';
import { parseInteger } from '../globalOptions.js';
import { dataHelp, type RecipeCommandOptions, recipeOverrides } from '../recipeOptions.js';
import { addMixOptions, addPictureOptions } from '../settingOptions.js';

interface Options extends RecipeCommandOptions {
  readonly out: string;
  readonly images: number;
  readonly draws: number;
}

export function register(command: Command): void {
  command
    .argument('<data...>', dataHelp)
    .option('--preset <name>', `recipe: ${Object.keys(presets).join(', ')} (default: ${defaultPreset})`)
    .option('--recipe <file>', 'recipe file in place of a preset; `lesionlab recipe <preset>` prints one')
    .option('--member <name>', 'of a recipe of several networks: this one')
    .option('--out <file>', 'PNG to write; a file of this name is replaced', 'preview.png')
    .option('--images <count>', 'images to show, of as many classes as there are', parseInteger(1, 100), 7)
    .option('--draws <count>', 'variants of each', parseInteger(1, 50), 5)
    .addOption(imageTypeOption())
    .addOption(allowMissingOption())
    .optionsGroup("In place of the recipe's:");
  addMixOptions(addPictureOptions(command))
    .addHelpText(
      'after',
      `
A row an image: first as the network will see it in prediction, then in so many epochs of training, then mixed with the image at the other
end of the list, with the shares of its label, where the recipe mixes. Made by the code that trains, with the same --seed.

Examples:
  $ lesionlab preview HAM10000 --preset transfer
  $ lesionlab preview HAM10000 --recipe my.yaml --cutmix 1 --out cutmix.png`,
    )
    .action(
      act(async (context, data: string[], options: Options) => {
        const { out, preset, recipe, member, images, draws } = options;
        const result = await previewStep(context, {
          ...{ data, dataOptions: dataOptions(options), out, preset, recipe, member, images, draws },
          overrides: recipeOverrides(options),
        });
        return { json: result, text: describe(result) };
      }),
    );
}

function describe({ file, images }: PreviewStepResult): string {
  const classes = new Set(images.map(({ dx }) => dx)).size;
  return `Wrote ${file}: ${images.length} images of ${classes} classes, a row each.`;
}
