import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { csvFormatRows } from 'd3-dsv';
import type { SubgroupEvaluation } from '../../evaluation/metrics/subgroups.js';
import { subgroupsFile } from '../../report/files/evaluationFile.js';
import { readJson } from '../files/readJson.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import type { EvaluationPaths } from './runFolder.js';

const columns = [
  'field',
  'value',
  'images',
  'lesions',
  'classes',
  'accuracy',
  'accuracy_low',
  'accuracy_high',
  'balanced_accuracy',
  'balanced_accuracy_low',
  'balanced_accuracy_high',
  'melanoma_sensitivity',
  'melanoma_sensitivity_low',
  'melanoma_sensitivity_high',
  'melanoma_lesions',
  'warning',
];

/**
 * Writes subgroups.json and subgroups.csv. @returns the paths written
 * @throws LesionlabError kind `run` where the folder can't be written
 */
export async function writeSubgroups(folder: string, groups: readonly SubgroupEvaluation[]): Promise<string[]> {
  const paths = [join(folder, 'subgroups.json'), join(folder, 'subgroups.csv')];
  const rows = groups.map(({ field, value, images, lesions, classes, melanoma, warning, intervals, ...group }) => [
    field,
    value,
    ...[images, lesions, classes],
    group.accuracy,
    ...(intervals?.accuracy ?? ['', '']),
    group.balancedAccuracy,
    ...(intervals?.balancedAccuracy ?? ['', '']),
    melanoma?.recall ?? '',
    ...(melanoma?.interval ?? ['', '']),
    melanoma?.lesions ?? '',
    warning ?? '',
  ]);
  await writeJson(paths[0], groups);
  await writeFileWhole(paths[1], `${csvFormatRows([columns, ...rows.map((row) => row.map(String))])}\n`);
  return paths;
}

/** What `writeSubgroups` wrote into an evaluation's folder; null where it did not. @throws LesionlabError kind `run` */
export async function readSubgroups({ folder }: Pick<EvaluationPaths, 'folder'>): Promise<SubgroupEvaluation[] | null> {
  const path = join(folder, 'subgroups.json');
  return existsSync(path) ? await readJson(path, subgroupsFile) : null;
}
