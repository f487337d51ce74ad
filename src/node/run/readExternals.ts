import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type ExternalEvaluation, isExternalEvaluation } from '../../evaluation/index.js';
import { readJson } from '../files/readJson.js';
import { readEvaluation } from './readRunFiles.js';
import type { RunFolder } from './runFolder.js';

// Only what would otherwise fail in the middle of a page.
const difference = z.looseObject({ internal: z.number().nullable(), external: z.number().nullable() });
const comparison = z
  .looseObject({
    method: z.string(),
    balancedAccuracy: difference,
    accuracy: difference,
    macroAuroc: difference,
    recall: z.array(difference),
  })
  .nullable();
const externalFile = z.looseObject({
  external: z.looseObject({
    source: z.string(),
    dataset: z.string(),
    map: z.record(z.string(), z.string().nullable()),
    leftOut: z.array(z.looseObject({ id: z.string(), images: z.number() })),
    excluded: z.array(z.string()),
    hasLesionIds: z.boolean(),
    notes: z.array(z.string()),
  }),
  comparison,
  restricted: z.looseObject({ classes: z.array(z.string()), comparison }).nullable(),
});

/**
 * The evaluations of external data that a run holds, by name.
 * @throws LesionlabError kind `run` naming the file that can't be used
 */
export async function readExternals(folder: RunFolder): Promise<ExternalEvaluation[]> {
  const root = dirname(folder.evaluation('test').folder);
  if (!existsSync(root)) return [];
  const names = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const externals: ExternalEvaluation[] = [];
  for (const { name } of names.sort((a, b) => a.name.localeCompare(b.name, 'en'))) {
    // What could not be an evaluation's name was put there by somebody else.
    if (!/^\w[\w.-]*$/.test(name)) continue;
    const path = folder.evaluation(name).evaluation;
    const evaluation = await readEvaluation(path);
    if (!evaluation || !isExternalEvaluation(evaluation)) continue;
    await readJson(path, externalFile);
    externals.push(evaluation);
  }
  return externals;
}
