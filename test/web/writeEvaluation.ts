import { readFileSync } from 'node:fs';
import { parseSplitsCsv } from '../../dist/data/groups/splitsCsv.js';
import { evaluatePredictions, formatPredictionsCsv } from '../../dist/evaluation/index.js';
import { Random } from '../../dist/random.js';
import { writeFileWhole, writeJson } from '../../src/node/files/writeFile.js';
import type { RunFolder } from '../../src/node/run/runFolder.js';
import type { RunConfig } from '../../src/training/recipe/config.js';

/** Writes a made-up evaluation of a run's test split: truths as in splits.csv, probabilities drawn by the seed, most of them right. */
export async function writeEvaluation(run: RunFolder, { data }: RunConfig, seed: number): Promise<void> {
  const rows = parseSplitsCsv(readFileSync(run.splitsCsv, 'utf8')).filter(({ split }) => split === 'test');
  const random = new Random(seed, 'made-up evaluation');
  const size = data.classes.length;
  const labels = Int32Array.from(rows, ({ dx }) => data.classes.findIndex(({ id }) => id === dx));
  const probabilities = new Float32Array(rows.length * size);
  for (const [i, label] of labels.entries()) {
    const weights = data.classes.map((_, k) => random.next() ** 3 + (k === label ? 0.6 : 0));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (const [k, weight] of weights.entries()) probabilities[i * size + k] = weight / sum;
  }
  const predictions = {
    classes: data.classes,
    imageIds: rows.map(({ imageId }) => imageId),
    lesionIds: rows.map(({ lesionId }) => lesionId),
    labels,
    probabilities,
  };
  const { predictions: csv, evaluation } = run.evaluation('test');
  await writeFileWhole(csv, formatPredictionsCsv(predictions));
  await writeJson(evaluation, evaluatePredictions(predictions, { split: 'test', seed, resamples: 50 }));
}
