import { join } from 'node:path';
import type { Dataset } from '../data/dataset.js';
import type { Exploration } from '../data/exploration.js';
import { fitToSquare } from '../image/fitToSquare.js';
import type { ImageCodec } from '../image/raster.js';
import { dataUrl, explorationCharts, renderExploration } from '../report/index.js';
import { packageInfo } from './packageInfo.js';
import { plotDocument } from './plotDocument.js';
import { writeFileWhole } from './writeFile.js';

export interface ExplorationReportInput {
  readonly exploration: Exploration;
  /** Where the sample images are read from. */
  readonly dataset: Pick<Dataset, 'images'>;
  readonly outFolder: string;
  readonly codec: ImageCodec;
}

/** Side of a sample image in the page, pixels: sharp on dense screens, and 35 of them stay under half a megabyte. */
const thumbnailSize = 160;

/**
 * Writes exploration.html and one SVG a chart (exploration.json is the explore step's). A sample image that can't be read is left out.
 * @returns the paths written
 * @throws LesionlabError kind `run` where the folder can't be written
 */
export async function writeExplorationReport(input: ExplorationReportInput): Promise<string[]> {
  const { exploration, outFolder } = input;
  const document = plotDocument();
  const paths: string[] = [];
  const at = (name: string) => {
    const path = join(outFolder, name);
    paths.push(path);
    return path;
  };
  for (const { name, svg } of explorationCharts(exploration, { document }))
    await writeFileWhole(at(`${name}.svg`), svg);
  const page = renderExploration(
    { exploration, pictures: await readThumbnails(input), writtenBy: `lesionlab ${packageInfo.version}` },
    { document },
  );
  await writeFileWhole(at('exploration.html'), page);
  return paths;
}

async function readThumbnails({ exploration, dataset, codec }: ExplorationReportInput) {
  const pictures = new Map<string, { source: string; width: number; height: number }>();
  for (const { imageIds } of exploration.sampleImages) {
    for (const imageId of imageIds) {
      try {
        const image = await codec.decode(await dataset.images.read(imageId));
        const jpeg = await codec.encodeJpeg(fitToSquare(image, thumbnailSize, 'crop'), 82);
        pictures.set(imageId, { source: dataUrl(jpeg, 'image/jpeg'), width: thumbnailSize, height: thumbnailSize });
      } catch {
        // The audit lists what can't be read; the page shows the others.
      }
    }
  }
  return pictures;
}
