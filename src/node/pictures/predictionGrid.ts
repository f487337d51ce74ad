import { mostProbable } from '../../evaluation/predictions/mostProbable.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { drawMontage, fillRectangle, type MontageTile, type Raster, resizeImage } from '../../image/index.js';
import { Random } from '../../random.js';

/** Images shown, as evenly from all classes as there are images. */
const gridImages = 28;
const columns = 7;
/** Side of a picture in the grid, pixels. */
const side = 128;
/** Told apart by lightness too, and said in words below each picture. */
const right = [0, 114, 178] as const;
const wrong = [230, 159, 0] as const;
/** Width of the frame around wrong answers, pixels. */
const frame = 4;

/**
 * Chooses images for the grid: drawn at random within each class, the classes in turn, so that rare ones are seen.
 * @returns positions in the predictions, in class order
 */
export function chooseGridImages({ classes, labels }: Predictions, seed: number, count = gridImages): number[] {
  const byClass = classes.map((_, label) => {
    const own = Array.from(labels.keys()).filter((i) => labels[i] === label);
    return new Random(seed, 'prediction-grid', label).shuffle(own);
  });
  const chosen = new Set<number>();
  for (let round = 0; chosen.size < Math.min(count, labels.length); round++) {
    for (const own of byClass) if (round < own.length && chosen.size < count) chosen.add(own[round]);
  }
  return byClass.flatMap((own) => own.filter((i) => chosen.has(i)));
}

export interface PredictionGridOptions {
  readonly predictions: Predictions;
  /** Positions in the predictions, from `chooseGridImages`. */
  readonly chosen: readonly number[];
  /** RGB picture of the image at a position. */
  readonly pictureOf: (index: number) => Raster;
  /** Above the grid. */
  readonly title: string;
}

/**
 * Draws images with the truth and the answer below. Right answers have a blue bar above; wrong ones an orange bar and frame, and
 * the word `called`.
 */
export function drawPredictionGrid({ predictions, chosen, pictureOf, title }: PredictionGridOptions): Raster {
  const { classes, labels, probabilities, imageIds } = predictions;
  const winners = mostProbable(probabilities, classes.length);
  const tiles = chosen.map((i): MontageTile => {
    const percent = Math.round(100 * probabilities[i * classes.length + winners[i]]);
    const agrees = winners[i] === labels[i];
    const picture = resizeImage(pictureOf(i), side, side);
    return {
      image: agrees ? picture : framed(picture),
      lines: [
        classes[labels[i]].id,
        agrees ? `recognised, ${percent}%` : `called ${classes[winners[i]].id}, ${percent}%`,
        imageIds[i],
      ],
      accent: agrees ? right : wrong,
    };
  });
  return drawMontage(tiles, { columns, title });
}

function framed(picture: Raster): Raster {
  const copy = { ...picture, data: picture.data.slice() };
  const { width, height } = picture;
  fillRectangle(copy, 0, 0, frame, height, wrong);
  fillRectangle(copy, width - frame, 0, frame, height, wrong);
  fillRectangle(copy, 0, height - frame, width, frame, wrong);
  return copy;
}
