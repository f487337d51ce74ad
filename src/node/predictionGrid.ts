import { mostProbable, type Predictions } from '../evaluation/index.js';
import { drawMontage, type MontageTile, type Raster, resizeImage } from '../image/index.js';
import { Random } from '../random.js';

/** Images shown, as evenly from all classes as there are images. */
const gridImages = 28;
const columns = 7;
/** Side of a picture in the grid, pixels. */
const side = 128;
/** Told apart by lightness too, and said in words below each picture. */
const right = [0, 114, 178] as const;
const wrong = [230, 159, 0] as const;

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

/** Draws images with truth and prediction below; a blue bar where they agree, an orange one and the word `not` where they don't. */
export function drawPredictionGrid({ predictions, chosen, pictureOf, title }: PredictionGridOptions): Raster {
  const { classes, labels, probabilities, imageIds } = predictions;
  const winners = mostProbable(probabilities, classes.length);
  const tiles = chosen.map((i): MontageTile => {
    const percent = Math.round(100 * probabilities[i * classes.length + winners[i]]);
    const agrees = winners[i] === labels[i];
    const truth = classes[labels[i]].id;
    return {
      image: resizeImage(pictureOf(i), side, side),
      lines: [
        agrees ? truth : `not ${classes[winners[i]].id}`,
        `truth ${truth}`,
        `answer ${classes[winners[i]].id}, ${percent}%`,
        imageIds[i],
      ],
      accent: agrees ? right : wrong,
    };
  });
  return drawMontage(tiles, { columns, title });
}
