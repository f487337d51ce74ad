import type { ClassInfo } from '../data/dataset.js';
import { drawMontage, type MontageTile } from '../image/montage.js';
import type { Raster } from '../image/raster.js';
import { resizeImage } from '../image/resize.js';
import type { PreviewedBlend, PreviewedImage } from '../training/recipePreview.js';
import { classColour } from './palette.js';

/** Height and width of each picture of the grid, pixels, or nearly. */
const shown = 160;

/**
 * Draws what a recipe makes of images: a row an image, with it as it is, then its variants, then what it is mixed into, with the shares of its label.
 * @param note said above the pictures, for example the name of the recipe
 * @throws LesionlabError kind `usage` where there are no images
 */
export function drawPreview(
  images: readonly PreviewedImage[],
  classes: readonly Pick<ClassInfo, 'id'>[],
  note: string,
): Raster {
  const columns = Math.max(...images.map(({ draws, blends }) => 1 + draws.length + blends.length), 1);
  const tiles = images.flatMap(({ imageId, label, original, draws, blends }) => {
    const accent = rgb(classColour(label));
    const row: MontageTile[] = [
      { image: enlarge(original), lines: [classes[label].id, imageId], accent },
      ...draws.map(({ picture, steps }, i) => ({
        image: enlarge(picture),
        lines: [`epoch ${i + 1}`, ...inLines(steps.map(({ name }) => name))],
      })),
      ...blends.map((blend) => ({
        image: enlarge(blend.picture),
        lines: [blend.kind, describeShares(blend, classes)],
      })),
    ];
    const empty: MontageTile = { image: { width: 1, height: 1, channels: 3, data: Uint8Array.of(255, 255, 255) } };
    return [...row, ...new Array<MontageTile>(columns - row.length).fill(empty)];
  });
  return drawMontage(tiles, { columns, title: note, textScale: 2 });
}

/** `mel 70%, nv 30%` */
export const describeShares = (
  { shares }: Pick<PreviewedBlend, 'shares'>,
  classes: readonly Pick<ClassInfo, 'id'>[],
): string =>
  shares
    .map((share, k) => ({ share, id: classes[k].id }))
    .filter(({ share }) => share >= 0.05)
    .sort((a, b) => b.share - a.share)
    .map(({ share, id }) => `${id} ${Math.round(100 * share)}%`)
    .join(', ');

/** Letters of a line below a picture. */
const widest = 26;

/** Names of what was done, in as few lines as have room for them. */
function inLines(names: readonly string[]): string[] {
  if (names.length === 0) return ['as it is'];
  const lines = [''];
  for (const name of names) {
    const last = lines.length - 1;
    if (lines[last] !== '' && lines[last].length + 1 + name.length > widest) lines.push(name);
    else lines[last] = `${lines[last]} ${name}`.trim();
  }
  return lines;
}

/** By a whole factor where it is small, so that pixels are seen as they are. */
function enlarge(image: Raster): Raster {
  const factor = Math.max(1, Math.round(shown / image.width));
  const side = image.width > 2 * shown ? 2 * shown : image.width * factor;
  return resizeImage(image, side, side, side > image.width ? 'nearest' : undefined);
}

const rgb = (hex: string): [number, number, number] => {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};
