import { join } from 'node:path';
import type { Exploration } from '../../data/audit/exploration.js';
import type { Dataset } from '../../data/dataset.js';
import type { Fitting } from '../../image/fitImage.js';
import type { ImageCodec, Raster } from '../../image/raster.js';
import { explorationCharts } from '../../report/explorationCharts.js';
import { renderExploration } from '../../report/explorationPage.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import { readThumbnails } from './pagePictures.js';
import { plotDocument } from './plotDocument.js';

export interface ExplorationReportInput {
  readonly exploration: Exploration;
  /** Where the sample images are read from. */
  readonly dataset: Pick<Dataset, 'images'>;
  readonly outFolder: string;
  readonly codec: ImageCodec;
  /** Sample images that were decoded and fitted before, by image id. */
  readonly pictures?: ReadonlyMap<string, Raster>;
}

/** A sample image in the page: sharp on dense screens, and 35 of them stay under half a megabyte. */
export const sampleFitting = { imageSize: 160, fit: 'crop' } as const satisfies Fitting;

/**
 * Writes exploration.json, exploration.html and one SVG a chart. A sample image that can't be read is left out.
 * @returns the paths written
 * @throws LesionlabError kind `run` where the folder can't be written
 */
export async function writeExplorationReport({
  exploration,
  dataset,
  outFolder,
  codec,
  pictures: known,
}: ExplorationReportInput): Promise<string[]> {
  const document = plotDocument();
  const paths: string[] = [];
  const at = (name: string) => {
    const path = join(outFolder, name);
    paths.push(path);
    return path;
  };
  // Each is waited for until the disk has it: together, not one after the other.
  const writing = [writeJson(at('exploration.json'), exploration)];
  for (const { name, svg } of explorationCharts(exploration, { document }))
    writing.push(writeFileWhole(at(`${name}.svg`), svg));
  await Promise.all(writing);
  const ids = exploration.sampleImages.flatMap(({ imageIds }) => imageIds);
  const pictures = await readThumbnails(dataset.images, ids, codec, sampleFitting, known);
  const page = renderExploration(
    { exploration, pictures, writtenBy: `lesionlab ${packageInfo.version}` },
    { document },
  );
  await writeFileWhole(at('exploration.html'), page);
  return paths;
}
