import { join } from 'node:path';
import { splitNames } from '../../data/dataset.js';
import type { Evaluation } from '../../evaluation/evaluate.js';
import { perfectConfusionMatrix } from '../../evaluation/metrics/confusionMatrix.js';
import { confusionMatrixChart } from '../../report/charts/confusionMatrix.js';
import { writeFileWhole } from '../files/writeFile.js';
import { plotDocument } from './plotDocument.js';

/**
 * Writes the confusion matrix, counts with row percentages, and for comparison that of a perfect model, as SVG.
 * @returns the paths written
 * @throws LesionlabError kind `run` where the folder can't be written
 */
export async function writeConfusionCharts(
  folder: string,
  { confusionMatrix, perClass, split }: Evaluation,
): Promise<string[]> {
  const classes = perClass.map(({ dx, name }) => ({ id: dx, name }));
  const document = plotDocument();
  const charts = {
    'confusion-matrix.svg': confusionMatrixChart(confusionMatrix, classes, {
      document,
      title: `This model, ${(splitNames as readonly string[]).includes(split) ? `${split} split` : split}`,
    }),
    'confusion-matrix-perfect.svg': confusionMatrixChart(perfectConfusionMatrix(confusionMatrix), classes, {
      document,
      name: 'confusion-matrix-perfect',
      title: 'A perfect model, for comparison',
    }),
  };
  for (const [name, svg] of Object.entries(charts)) await writeFileWhole(join(folder, name), svg);
  return Object.keys(charts).map((name) => join(folder, name));
}
