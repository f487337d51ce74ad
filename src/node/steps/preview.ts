import { resolve } from 'node:path';
import type { DataOptions } from '../../data/dataset.js';
import { evenSample } from '../../data/evenSample.js';
import type { PreparedImages } from '../../data/preparation/preprocessing.js';
import { dataError, interruptedError } from '../../errors.js';
import { fitImage } from '../../image/fitImage.js';
import { describeShares, drawPreview } from '../../report/drawPreview.js';
import { recipeFitting } from '../../training/recipe/trainingSplits.js';
import { previewRecipe } from '../../training/recipePreview.js';
import { type DataPaths, openDatasets } from '../dataset/openDatasets.js';
import { sharpCodec } from '../files/codec.js';
import { writeFileWhole } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { chooseRecipe, type RecipeChoice } from '../training/openRecipe.js';

/** What a recipe is tried on, and where the picture goes. */
export interface PreviewStepOptions extends RecipeChoice {
  /** Where the data lies; several datasets are joined. */
  readonly data: DataPaths;
  /** Which of the data's images are meant. */
  readonly dataOptions?: DataOptions;
  /** PNG; a file of this name is replaced. */
  readonly out: string;
  /** Images, of as many classes as there are. */
  readonly images: number;
  /** Variants of each. */
  readonly draws: number;
}

/** What was drawn. */
export interface PreviewStepResult {
  /** Name of the preset that the recipe changes; `none` for none. */
  readonly preset: string;
  readonly file: string;
  readonly images: readonly {
    readonly imageId: string;
    readonly dx: string;
    /** What was done in each epoch. */
    readonly draws: readonly { readonly name: string; readonly parameters: unknown }[][];
    readonly blends: readonly { readonly kind: string; readonly label: string }[];
  }[];
}

/**
 * Draws what a recipe makes of sample images, by the code that trains: a PNG with a row an image.
 * @throws LesionlabError kind `usage`; kind `data` where a chosen image can't be read; kind `run` where the file can't be written; kind `interrupted`
 */
export async function previewStep(ctx: StepContext, options: PreviewStepOptions): Promise<PreviewStepResult> {
  const { preset, recipe, recipeFile } = await chooseRecipe(options, ctx.progress);
  const dataset = await openDatasets(options.data, options.dataOptions);
  try {
    const { classes, synthetic } = dataset.info;
    const chosen = evenSample(
      dataset.records.map(({ label }) => label),
      options.images,
      ctx.seed,
    ).map((i) => dataset.records[i]);
    // Neighbours in the dataset are often of one class: a blend of both ends shows two.
    chosen.sort((a, b) => a.label - b.label);
    const fitting = recipeFitting(recipe);
    const task = ctx.progress.start('Reading images', chosen.length);
    const squares: Uint8Array[] = [];
    try {
      for (const { imageId } of chosen) {
        if (ctx.signal.aborted) throw interruptedError('Interrupted while images were read; nothing was written.');
        squares.push(fitImage(await decode(imageId, dataset.images), fitting).data);
        task.update(squares.length);
      }
    } finally {
      task.end();
    }
    const images: PreparedImages = {
      imageSize: recipe.imageSize,
      imageIds: chosen.map(({ imageId }) => imageId),
      read: (index, target, offset = 0) => target.set(squares[index], offset),
    };
    const labels = chosen.map(({ label }) => label);
    const previewed = previewRecipe({
      ...{ recipe, images, labels, classCount: classes.length },
      ...{ seed: ctx.seed, draws: options.draws },
    });
    const note = `${recipeFile?.name ?? preset}: images as they are, and in training${synthetic ? ' - synthetic images' : ''}`;
    const file = resolve(options.out);
    await writeFileWhole(file, await sharpCodec.encodePng(drawPreview(previewed, classes, note)));
    return {
      preset,
      file,
      images: previewed.map(({ imageId, label, draws, blends }) => ({
        imageId,
        dx: classes[label].id,
        draws: draws.map(({ steps }) => steps.map(({ name, parameters }) => ({ name, parameters }))),
        blends: blends.map((blend) => ({ kind: blend.kind, label: describeShares(blend, classes) })),
      })),
    };
  } finally {
    await dataset.images.close();
  }
}

async function decode(
  imageId: string,
  images: { read(id: string): Promise<Uint8Array>; location(id: string): string },
) {
  try {
    return await sharpCodec.decode(await images.read(imageId));
  } catch (cause) {
    throw dataError('unusable-images', `${images.location(imageId)} can't be shown: ${(cause as Error).message}`, {
      cause,
    });
  }
}
