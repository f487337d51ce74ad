import { existsSync } from 'node:fs';
import { z } from 'zod';
import { explanationMethods } from '../../explain/index.js';
import type { ImageCodec } from '../../image/raster.js';
import type { Explanations, PagePicture } from '../../report/index.js';
import { readJson } from '../files/readJson.js';
import { readPicture } from '../pictures/pagePictures.js';
import { pathWithin } from './readRunFiles.js';
import type { RunFolder } from './runFolder.js';

const localisation = z.looseObject({
  heatInside: z.number().nullable(),
  lesionShare: z.number().nullable(),
});

const mean = z.looseObject({
  mean: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
});
const order = z.looseObject({ deletion: mean, insertion: mean, firstFall: mean });

/** Whether the maps are worth anything, where that was checked. */
const check = z.looseObject({
  images: z.number(),
  faithfulness: z
    .looseObject({
      images: z.number(),
      emptyMaps: z.number(),
      firstShare: z.number(),
      map: order,
      random: order,
      rings: order,
      betterThan: z.looseObject({ random: order, rings: order }),
    })
    .nullable(),
  randomisation: z.array(z.looseObject({ share: z.number(), correlation: mean, emptyMaps: z.number() })),
  words: z.array(z.string()),
});

/** What a report takes from explanations.json; file names are relative to the folder of explanations. */
const explanationsFile = z.looseObject({
  layer: z.string().optional(),
  method: z.enum(explanationMethods).optional(),
  baseline: z.string().optional(),
  check: check.nullish(),
  images: z.array(
    z.looseObject({
      imageId: z.string(),
      dx: z.string(),
      predicted: z.string(),
      confidence: z.number(),
      explained: z.string().optional(),
      empty: z.looseObject({ before: z.boolean(), after: z.boolean() }).optional(),
      files: z.looseObject({
        original: z.string().optional(),
        before: z.string().optional(),
        after: z.string().optional(),
      }),
      /** Of the trained model; null without a mask. */
      localisation: localisation.nullish(),
    }),
  ),
  /** Means over all images with a mask, before and after training. */
  localisation: z
    .looseObject({
      before: localisation.nullish(),
      after: localisation.extend({ images: z.number() }),
    })
    .nullish(),
  masksLeftOut: z.array(z.looseObject({ imageId: z.string(), reason: z.string() })).optional(),
});

/** Width of a map in the report, pixels. */
const panelSize = 300;
/** A report shows one image a class and a few more; the folder has them all. */
const imagesShown = 16;

/**
 * Reads explanations.json and its pictures, for a report.
 * @returns null where nothing was explained
 * @throws LesionlabError kind `run` naming the file where it can't be used
 */
export async function readExplanations(folder: RunFolder, codec: ImageCodec): Promise<Explanations | null> {
  if (!existsSync(folder.explanationsJson)) return null;
  const content = await readJson(folder.explanationsJson, explanationsFile);
  const images: Explanations['images'][number][] = [];
  for (const image of content.images.slice(0, imagesShown)) {
    const panel = async (name: string | undefined, alternative: string): Promise<PagePicture | null> => {
      const path = name === undefined ? null : pathWithin(folder.explanations, name);
      const picture = path === null ? null : await readPicture(path, codec, panelSize);
      return picture ? { ...picture, alternative } : null;
    };
    const { imageId, dx, predicted, confidence, files } = image;
    images.push({
      imageId,
      dx,
      predicted,
      confidence,
      explained: image.explained ?? predicted,
      empty: image.empty ?? { before: false, after: false },
      original: await panel(files.original, `Image ${imageId}, diagnosis ${dx}`),
      before: await panel(files.before, `Heat map over image ${imageId}, of the network before training`),
      after: await panel(
        files.after,
        `Heat map over image ${imageId}, of the trained network, for ${image.explained ?? predicted}`,
      ),
      heatInside: image.localisation?.heatInside ?? null,
      lesionShare: image.localisation?.lesionShare ?? null,
    });
  }
  const { layer, method, baseline, check: checked, localisation: means, masksLeftOut = [] } = content;
  return {
    layer: layer ?? null,
    method,
    baseline,
    check: checked ?? null,
    images,
    localisation: means
      ? {
          images: means.after.images,
          heatInside: means.after.heatInside,
          lesionShare: means.after.lesionShare,
          heatInsideBefore: means.before?.heatInside ?? null,
        }
      : null,
    masksLeftOut,
  };
}
