import { evaluationFile } from '../../../src/report/files/evaluationFile.js';
import { epochLine } from '../../../src/report/files/trainingLines.js';
import { type RunSummary, summariseRun } from '../../../src/report/runSummary.js';
import { anyConfig } from '../../../src/training/recipe/ensembleConfig.js';
import { parseJson, parseJsonLines, type RunSource, readerError } from './runSource.js';

/** Sums up a run from its files, for sources without a server. @param names evaluations to look for */
export async function readSummary(read: RunSource['read'], id: string, names: readonly string[]): Promise<RunSummary> {
  const config = await read(id, 'config.json');
  if (!config)
    throw readerError(
      'This run has no config.json.',
      'Open the folder that `lesionlab run <data> --run <folder>` wrote.',
    );
  const metrics = await read(id, 'metrics.jsonl');
  const evaluations = [];
  for (const name of names) {
    const path = `evaluation/${name}/evaluation.json`;
    const file = await read(id, path);
    if (file) evaluations.push({ name, evaluation: parseJson(evaluationFile)(file.text, path) });
  }
  return summariseRun({
    id,
    config: parseJson(anyConfig)(config.text, 'config.json'),
    metrics: metrics ? parseJsonLines(epochLine)(metrics.text, 'metrics.jsonl') : [],
    evaluations,
    alive: false,
    report: false,
  });
}
