import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { splitNames } from '../../data/dataset.js';
import { parseSplitsCsv } from '../../data/groups/splitsCsv.js';
import { runError } from '../../errors.js';
import { type Predictions, parsePredictionsCsv } from '../../evaluation/index.js';
import { withPatients } from '../../evaluation/predictions/withPatients.js';
import { type RunFolder, readConfig } from './runFolder.js';

/**
 * The predictions that a run's evaluation wrote.
 * @param name of the evaluation: `test`, `validation`, or an external dataset's
 * @throws LesionlabError kind `run` where there are none, or they can't be used
 */
export async function readPredictions(folder: RunFolder, name: string): Promise<Predictions> {
  const { predictions: file } = folder.evaluation(name);
  if (!existsSync(file))
    throw runError('not-evaluated', `${folder.path} has no predictions of its ${name} images: ${file} is missing.`, {
      hint: `Evaluate it first: \`lesionlab evaluate ${folder.path}${optionsFor(name)}\`.`,
    });
  const { classes } = (await readConfig(folder)).data;
  const predictions = parsePredictionsCsv(await readFile(file, 'utf8'), { file, classes });
  if (!existsSync(folder.splitsCsv)) return predictions;
  return withPatients(predictions, parseSplitsCsv(await readFile(folder.splitsCsv, 'utf8'), folder.splitsCsv));
}

function optionsFor(name: string): string {
  if (name === 'test') return '';
  return (splitNames as readonly string[]).includes(name) ? ` --split ${name}` : ` --data <folder> --name ${name}`;
}
