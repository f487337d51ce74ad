import { usageError } from '../../errors.js';
import { Random } from '../../random.js';
import { drawLesion, type LesionPicture } from './drawLesion.js';
import { syntheticClassIds } from './looks.js';
import { planLesions } from './planLesions.js';

/** How many lesions are painted, which, and how large. */
export interface SyntheticOptions {
  readonly images: number;
  /** Default 0. */
  readonly seed?: number;
  /** Width and height in pixels, default [200, 150]. */
  readonly size?: readonly [number, number];
  /** Which of HAM10000's classes, default all seven. */
  readonly classes?: readonly string[];
}

/** One row of the metadata table; fields are as HAM10000 writes them. */
export interface SyntheticRow {
  readonly lesionId: string;
  readonly imageId: string;
  readonly dx: string;
  readonly dxType: string;
  readonly age: number | null;
  readonly sex: string;
  readonly localization: string;
}

/** A dataset of painted lesions: rows now, pictures when they are asked for. */
export interface SyntheticDataset {
  readonly options: Required<SyntheticOptions>;
  /** One an image; pictures of one lesion stand together. */
  readonly rows: readonly SyntheticRow[];
  /** Paints the image of row `index` and its lesion mask, the same each time. */
  draw(index: number): LesionPicture;
}

/**
 * Plans a dataset of synthetic dermatoscopic images in HAM10000's layout: its classes and their imbalance (but at least a
 * dozen lesions a class where there is room), several pictures of some lesions, missing values. Images are painted when
 * asked for, each on its own, so that they can be painted in any order.
 * @throws LesionlabError kind `usage` for too few images, an unknown class or an unusable size
 */
export function generateSyntheticDataset(options: SyntheticOptions): SyntheticDataset {
  const { images, seed = 0, size = [200, 150], classes = syntheticClassIds } = options;
  const [width, height] = size;
  if (![width, height].every((side) => Number.isInteger(side) && side >= 16 && side <= 4096))
    throw usageError('bad-size', `Synthetic images can't be ${width} x ${height} pixels.`, {
      hint: 'Both sides must be whole numbers from 16 to 4096.',
    });
  const lesions = planLesions(images, seed, classes);
  // Numbers in random order: neither class nor lesion can be told from an id.
  const numbers = new Random(seed, 'synthetic ids').shuffle(Array.from({ length: images }, (_, i) => i + 1));
  const rows: SyntheticRow[] = [];
  const pictures: { lesion: number; picture: number }[] = [];
  for (const { lesion, classId, pictures: count, dxType, age, sex, localization } of lesions) {
    for (let picture = 0; picture < count; picture++) {
      rows.push({
        lesionId: numbered('SYNL_', lesion),
        imageId: numbered('SYN_', numbers[rows.length]),
        dx: classId,
        dxType,
        age,
        sex,
        localization,
      });
      pictures.push({ lesion, picture });
    }
  }
  return {
    options: { images, seed, size, classes },
    rows,
    draw: (index) => drawLesion({ classId: rows[index].dx, seed, ...pictures[index], width, height }),
  };
}

const numbered = (prefix: string, number: number) => prefix + String(number).padStart(7, '0');
