import { existsSync } from 'node:fs';
import type { ImageCodec } from '../../image/raster.js';
import { explanationsFile } from '../../report/files/explanationsFile.js';
import type { PagePicture } from '../../report/pageParts.js';
import type { Explanations } from '../../report/reportInput.js';
import { readJson } from '../files/readJson.js';
import { readPicture } from '../pictures/pagePictures.js';
import { pathWithin } from './readRunFiles.js';
import type { RunFolder } from './runFolder.js';

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
