import { type ChangeId, pictureChanges } from '../../explain/shortcuts/registry.js';
import { drawMontage, type MontageTile, type Raster, resizeImage } from '../../image/index.js';

/** One picture of an example, and what was answered; null where there was no room for the change. */
export interface ShownChange {
  /** Null of the picture as it is. */
  readonly change: ChangeId | null;
  readonly picture: Raster | null;
  readonly answer: { readonly predicted: string; readonly probability: number } | null;
}

/** An image in a row: as it is, then after each change. */
export interface ShownExample {
  readonly imageId: string;
  readonly dx: string;
  readonly shown: readonly ShownChange[];
}

/** Width of a picture, pixels. */
const width = 160;
const blank = 236;

/** Draws examples in rows: each image as it is and after each change, with the answer below. */
export function drawShortcutExamples(examples: readonly ShownExample[], title: string): Raster {
  const tiles = examples.flatMap(({ imageId, dx, shown }) => {
    const first = shown[0].picture!;
    const height = Math.max(1, Math.round((first.height * width) / first.width));
    return shown.map(({ change, picture, answer }): MontageTile => {
      const name = change === null ? `${dx}, as is` : pictureChanges[change].title;
      return {
        image: picture ? resizeImage(picture, width, height) : noPicture(height),
        lines: [
          name,
          answer ? `${answer.predicted} ${Math.round(100 * answer.probability)}%` : 'no room',
          ...(change === null ? [imageId] : []),
        ],
      };
    });
  });
  return drawMontage(tiles, { columns: examples[0]?.shown.length ?? 1, title, textScale: 2, gap: 8 });
}

const noPicture = (height: number): Raster => ({
  width,
  height,
  channels: 3,
  data: new Uint8Array(width * height * 3).fill(blank),
});
