import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { StudyPart } from '../../report/paper/paperInput.js';
import { readJson } from '../files/readJson.js';

/** What `lesionlab readers --out` calls a study's results. */
export const studyFile = 'readers.json';

// Only what would otherwise fail in the middle of a sentence.
const number = z.number();
const cell = z.looseObject({ reader: z.string(), condition: z.string(), images: number, positives: number });
const figure = z.looseObject({
  figure: z.enum(['auroc', 'sensitivity', 'specificity']),
  conditions: z.array(z.looseObject({ condition: z.string(), readers: number, value: number })),
  differences: z.array(z.looseObject({ first: z.string(), second: z.string(), value: number })),
  model: z.array(z.looseObject({ condition: z.string(), value: number })),
  simulated: z.array(z.looseObject({ first: z.string(), second: z.string(), value: number })),
});
const schema = z.looseObject({
  question: z.string(),
  positive: z.array(z.string()),
  hasLesions: z.boolean(),
  notes: z.array(z.string()),
  analysis: z.looseObject({
    readers: number,
    images: number,
    lesions: number,
    positiveImages: number,
    positiveLesions: number,
    random: z.enum(['readers-and-cases', 'cases', 'readers']),
    covariance: z.enum(['jackknife', 'components']),
    level: number,
    ofReaders: z.array(cell).min(1),
    figures: z.array(figure),
    agreement: z.array(z.looseObject({ condition: z.string(), pairs: z.array(z.unknown()) })),
    selfAgreement: z.array(z.unknown()),
  }),
});

/** The file of a reader study that a path means: itself, or in a folder that holds no run; null where there is none. */
export function studyPath(path: string): string | null {
  if (basename(path) === studyFile && existsSync(path)) return path;
  const inside = join(path, studyFile);
  return existsSync(inside) && !existsSync(join(path, 'config.json')) ? inside : null;
}

/** Reads a reader study's results. @throws LesionlabError kind `run` where the file is not what `lesionlab readers` writes */
export const readStudy = async (path: string): Promise<StudyPart> =>
  (await readJson(path, schema)) as unknown as StudyPart;
