import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ExternalEvaluation, isExternalEvaluation } from '../../evaluation/outside/externalEvaluation.js';
import { externalFile } from '../../report/files/externalFile.js';
import { readJson } from '../files/readJson.js';
import { readEvaluation } from './readRunFiles.js';
import type { RunFolder } from './runFolder.js';

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
    externals.push(await readJson(path, externalFile));
  }
  return externals;
}
