import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { z } from 'zod';
import type { Exploration } from '../../data/audit/exploration.js';
import type { SplitsSummary } from '../../data/groups/splitsJson.js';
import type { Evaluation } from '../../evaluation/evaluate.js';
import type { SkinToneSummary } from '../../evaluation/metrics/skinTones.js';
import type { SubgroupEvaluation } from '../../evaluation/metrics/subgroups.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { countTestLooks } from '../../report/countTestLooks.js';
import { evaluationFile } from '../../report/files/evaluationFile.js';
import { explorationFile } from '../../report/files/explorationFile.js';
import { splitsFile } from '../../report/files/splitsFile.js';
import { layersFile, testLookLine } from '../../report/files/trainingLines.js';
import type { LayerRow, TestLooks, ValidationCounts } from '../../report/reportInput.js';
import { readJsonLines } from '../files/jsonLines.js';
import { readJson } from '../files/readJson.js';
import { readSkinTones } from './evaluatedGroups.js';
import { readPredictions } from './readPredictions.js';
import { outOfFold, type RunFolder } from './runFolder.js';
import { readSubgroups } from './subgroupFiles.js';
import { readValidationCounts } from './validationCounts.js';

/** What a report is made from, as far as a run has it; null where a step was not run. */
export interface RunFiles {
  readonly exploration: Exploration | null;
  readonly splits: SplitsSummary | null;
  readonly validationCounts: ValidationCounts | null;
  readonly layers: readonly LayerRow[] | null;
  readonly evaluation: Evaluation | null;
  readonly predictions: Predictions | null;
  readonly subgroups: readonly SubgroupEvaluation[] | null;
  readonly skinTones: SkinToneSummary | null;
  readonly testLooks: TestLooks | null;
}

/**
 * Reads what the steps of a run have written.
 * @throws LesionlabError kind `run` or `data` naming the file that is there but can't be used
 */
export async function readRunFiles(folder: RunFolder): Promise<RunFiles> {
  const name = existsSync(folder.evaluation(outOfFold).evaluation) ? outOfFold : 'test';
  const test = folder.evaluation(name);
  return {
    exploration: await readIfThere(join(folder.exploration, 'exploration.json'), explorationFile),
    splits: await readIfThere(folder.splitsJson, splitsFile),
    validationCounts: await readValidationCounts(folder),
    layers: await readIfThere(join(folder.path, 'layers.json'), layersFile),
    evaluation: await readEvaluation(test.evaluation),
    predictions: existsSync(test.predictions) ? await readPredictions(folder, name) : null,
    subgroups: await readSubgroups(test),
    skinTones: await readSkinTones(test),
    testLooks: await readTestLooks(test.log),
  };
}

/**
 * Reads an evaluation.json; null where there is none.
 * @throws LesionlabError kind `run` where it can't be used
 */
export const readEvaluation = (path: string): Promise<Evaluation | null> => readIfThere(path, evaluationFile);

async function readTestLooks(log: string): Promise<TestLooks | null> {
  if (!existsSync(log)) return null;
  return countTestLooks(await readJsonLines(log, testLookLine));
}

async function readIfThere<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  return existsSync(path) ? await readJson(path, schema) : null;
}

/** A path that a file of a run names, relative to `folder`; null where it leads outside. */
export function pathWithin(folder: string, name: string): string | null {
  return isAbsolute(name) || name.split(/[\\/]/).includes('..') ? null : join(folder, name);
}
