import { join } from 'node:path';
import { hasRecallCurves, recallCurvesChart } from '../../report/charts/recallCurves.js';
import { accuracyCurveChart, lossCurveChart } from '../../report/charts/trainingCurves.js';
import { epochLine } from '../../report/files/trainingLines.js';
import { describeCurves } from '../../training/curveNotes.js';
import { readJsonLines } from '../files/jsonLines.js';
import { writeFileWhole } from '../files/writeFile.js';
import { plotDocument } from '../pictures/plotDocument.js';
import { runFolderPaths } from './runFolder.js';
import { readValidationCounts } from './validationCounts.js';

/**
 * Writes `curves/loss.svg`, `curves/accuracy.svg` and, where the run has it, `curves/recall-by-class.svg` of a run from its metrics.jsonl; nothing before the first epoch is done.
 * @returns the paths written
 * @throws LesionlabError kind `run` where metrics.jsonl can't be read or the folder can't be written
 */
export async function writeTrainingCurves(runFolder: string): Promise<string[]> {
  const folder = runFolderPaths(runFolder);
  const records = await readJsonLines(folder.metrics, epochLine);
  if (records.length === 0) return [];
  const document = plotDocument();
  const overfittingFrom = describeCurves(records).find(({ kind }) => kind === 'overfitting')?.firstEpoch ?? null;
  const files: Record<string, string> = {
    'loss.svg': lossCurveChart(records, { document, overfittingFrom }),
    'accuracy.svg': accuracyCurveChart(records, { document }),
  };
  if (hasRecallCurves(records)) {
    const counts = await readValidationCounts(folder);
    const classes = Object.keys(records.at(-1)?.validationRecall ?? {}).map((id) => ({
      id,
      name: id,
      images: counts?.[id]?.images ?? null,
      lesions: counts?.[id]?.lesions ?? null,
    }));
    files['recall-by-class.svg'] = recallCurvesChart(records, classes, { document });
  }
  const paths: string[] = [];
  for (const [name, svg] of Object.entries(files)) {
    const path = join(folder.curves, name);
    await writeFileWhole(path, svg);
    paths.push(path);
  }
  return paths;
}
