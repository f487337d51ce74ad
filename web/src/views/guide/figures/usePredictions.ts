import { ham10000Classes } from '../../../../../src/data/formats/ham10000.js';
import type { Predictions } from '../../../../../src/evaluation/predictions/predictions.js';
import { parsePredictionsCsv } from '../../../../../src/evaluation/predictions/predictionsCsv.js';
import { useRunFile } from '../runContext.js';

function parse(text: string): Predictions {
  const predictions = parsePredictionsCsv(text, { file: 'predictions.csv' });
  // The file has ids alone; where they are HAM10000's, the classes' names and kinds are known.
  const classes = predictions.classes.map((found) => ham10000Classes.find(({ id }) => id === found.id) ?? found);
  return { ...predictions, classes };
}

/** Probabilities of the run's test images. */
export const usePredictions = (): Predictions => useRunFile<Predictions>('evaluation/test/predictions.csv', parse);
