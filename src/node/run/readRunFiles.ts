import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import type { Exploration } from '../../data/audit/exploration.js';
import type { SplitsSummary } from '../../data/groups/splitsJson.js';
import type { Evaluation } from '../../evaluation/evaluate.js';
import type { Predictions, SkinToneSummary, SubgroupEvaluation } from '../../evaluation/index.js';
import {
  countTestLooks,
  type LayerRow,
  type TestLookEntry,
  type TestLooks,
  type ValidationCounts,
} from '../../report/index.js';
import { readJsonLines } from '../files/jsonLines.js';
import { readJson } from '../files/readJson.js';
import { readSkinTones } from './evaluatedGroups.js';
import { readPredictions } from './readPredictions.js';
import type { RunFolder } from './runFolder.js';
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

// Only what would otherwise fail in the middle of a page; the rest is the writing step's word.
const counts = z.record(z.string(), z.number());
const bySplit = z.looseObject({ train: z.number(), validation: z.number(), test: z.number() });
const explorationFile = z.looseObject({
  images: z.number(),
  dataset: z.looseObject({ name: z.string() }),
  classes: z.array(z.looseObject({ dx: z.string(), name: z.string(), images: z.number(), lesions: z.number() })),
});
const splitsFile = z.looseObject({
  images: bySplit,
  lesions: bySplit,
  counts: z.looseObject({ train: counts, validation: counts, test: counts }),
  sha256: z.string(),
  leakage: z.looseObject({ lesions: z.number(), images: z.number() }),
});
const layersFile = z.array(
  z.looseObject({
    name: z.string(),
    type: z.string(),
    outputShape: z.array(z.number()),
    parameters: z.number(),
    operations: z.number(),
  }),
);
const evaluationFile = z.looseObject({
  images: z.number(),
  lesions: z.number(),
  accuracy: z.number(),
  balancedAccuracy: z.number(),
  perClass: z
    .array(z.looseObject({ dx: z.string(), name: z.string(), support: z.number(), recall: z.number().nullable() }))
    .min(1),
  confusionMatrix: z.array(z.array(z.number())),
});

/**
 * Reads what the steps of a run have written.
 * @throws LesionlabError kind `run` or `data` naming the file that is there but can't be used
 */
export async function readRunFiles(folder: RunFolder): Promise<RunFiles> {
  const test = folder.evaluation('test');
  return {
    exploration: await readIfThere<Exploration>(join(folder.exploration, 'exploration.json'), explorationFile),
    splits: await readIfThere<SplitsSummary>(folder.splitsJson, splitsFile),
    validationCounts: await readValidationCounts(folder),
    layers: await readIfThere<LayerRow[]>(join(folder.path, 'layers.json'), layersFile),
    evaluation: await readEvaluation(test.evaluation),
    predictions: existsSync(test.predictions) ? await readPredictions(folder, 'test') : null,
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
  return countTestLooks(await readJsonLines<TestLookEntry>(log));
}

async function readIfThere<T>(path: string, schema: z.ZodType): Promise<T | null> {
  return existsSync(path) ? ((await readJson(path, schema)) as T) : null;
}

/** A path that a file of a run names, relative to `folder`; null where it leads outside. */
export function pathWithin(folder: string, name: string): string | null {
  return isAbsolute(name) || name.split(/[\\/]/).includes('..') ? null : join(folder, name);
}
