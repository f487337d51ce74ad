import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { splitNames } from '../../data/dataset.js';
import { parseSplitsCsv } from '../../data/groups/splitsCsv.js';
import { runError } from '../../errors.js';
import { parsePatientsCsv } from '../../evaluation/predictions/patientsCsv.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { parsePredictionsCsv } from '../../evaluation/predictions/predictionsCsv.js';
import { type PatientRow, withPatients } from '../../evaluation/predictions/withPatients.js';
import { outOfFold, type RunFolder, readConfig, refuseFolds } from './runFolder.js';

/**
 * The predictions that a run's evaluation wrote.
 * @param name of the evaluation: `test`, `validation`, or an external dataset's
 * @throws LesionlabError kind `run` where there are none, or they can't be used
 */
export async function readPredictions(folder: RunFolder, name: string): Promise<Predictions> {
  const { predictions: file } = folder.evaluation(name);
  if (!existsSync(file)) {
    if (isSplit(name)) refuseFolds(folder, await readConfig(folder));
    throw runError('not-evaluated', `${folder.path} has no predictions of its ${name} images: ${file} is missing.`, {
      hint: `Evaluate it first: \`lesionlab evaluate ${folder.path}${optionsFor(name)}\`.`,
    });
  }
  const { classes } = (await readConfig(folder)).data;
  const predictions = parsePredictionsCsv(await readFile(file, 'utf8'), { file, classes });
  return withPatients(predictions, await readPatients(folder, name));
}

/** Whose the images are: of a split by splits.csv, which says nothing of other data. */
async function readPatients(folder: RunFolder, name: string): Promise<readonly PatientRow[]> {
  const [file, parse] =
    isSplit(name) || name === outOfFold
      ? ([folder.splitsCsv, parseSplitsCsv] as const)
      : ([folder.evaluation(name).patients, parsePatientsCsv] as const);
  return existsSync(file) ? parse(await readFile(file, 'utf8'), file) : [];
}

const isSplit = (name: string): boolean => (splitNames as readonly string[]).includes(name);

function optionsFor(name: string): string {
  if (name === 'test') return '';
  return isSplit(name) ? ` --split ${name}` : ` --data <folder> --name ${name}`;
}
