import { useMemo } from 'react';
import { splitNames } from '../../../../src/data/dataset.js';
import { parseSplitsCsv } from '../../../../src/data/groups/splitsCsv.js';
import type { Evaluation } from '../../../../src/evaluation/evaluate.js';
import type { SkinToneSummary } from '../../../../src/evaluation/metrics/skinTones.js';
import type { SubgroupEvaluation } from '../../../../src/evaluation/metrics/subgroups.js';
import { parsePatientsCsv } from '../../../../src/evaluation/predictions/patientsCsv.js';
import type { Predictions } from '../../../../src/evaluation/predictions/predictions.js';
import { parsePredictionsCsv } from '../../../../src/evaluation/predictions/predictionsCsv.js';
import { type PatientRow, withPatients } from '../../../../src/evaluation/predictions/withPatients.js';
import { countTestLooks } from '../../../../src/report/countTestLooks.js';
import { evaluationFile, skinToneFile, subgroupsFile } from '../../../../src/report/files/evaluationFile.js';
import { testLookLine } from '../../../../src/report/files/trainingLines.js';
import type { TestLooks } from '../../../../src/report/reportInput.js';
import type { RunConfig } from '../../../../src/training/recipe/config.js';
import { type Loaded, useLoaded } from '../../browser/useLoaded.js';
import { readChangedFiles } from '../../runs/changedFiles.js';
import { pollMilliseconds } from '../../runs/pollMilliseconds.js';
import { parseJson, parseJsonLines } from '../../runs/runSource.js';
import { sourceOf } from '../../runs/runSources.js';

/** What an evaluation wrote. */
export interface EvaluationFiles {
  readonly evaluation: Evaluation;
  readonly predictions: Predictions | null;
  readonly subgroups: readonly SubgroupEvaluation[] | null;
  /** Null where none were estimated. */
  readonly skinTones: SkinToneSummary | null;
  readonly testLooks: TestLooks | null;
}

/**
 * Reads an evaluation of a run, and again while the run may change: it may be evaluated anew, and its files come one after the other.
 * @param name undefined: none, and nothing is read
 */
export function useEvaluation(
  id: string,
  { data }: Pick<RunConfig, 'data'>,
  name: string | undefined,
): Loaded<EvaluationFiles | null> {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the classes of a run don't change
  const read = useMemo(() => evaluationReader(id, data, name ?? ''), [id, name]);
  return useLoaded(`${id} ${name}`, name === undefined ? async () => null : read, () =>
    sourceOf(id).live && name !== undefined ? pollMilliseconds.over : null,
  );
}

/** A function that reads an evaluation, null where there is none; the same object as long as nothing has changed. */
export function evaluationReader(
  id: string,
  { classes }: RunConfig['data'],
  name: string,
): () => Promise<EvaluationFiles | null> {
  const read = readChangedFiles(id);
  const isSplit = (splitNames as readonly string[]).includes(name);
  let known: readonly unknown[] = [];
  let last: EvaluationFiles | null = null;
  return async () => {
    const at = (file: string) => `evaluation/${name}/${file}`;
    const [evaluation, given, patients, subgroups, skinTones, testLooks] = await Promise.all([
      read(at('evaluation.json'), parseJson(evaluationFile)),
      read(at('predictions.csv'), (text, file) => parsePredictionsCsv(text, { file, classes })),
      // Whose the images are: splits.csv says nothing of other data.
      isSplit
        ? read('splits.csv', (text, file): PatientRow[] => parseSplitsCsv(text, file))
        : read(at('patients.csv'), (text, file) => parsePatientsCsv(text, file)),
      read(at('subgroups.json'), parseJson(subgroupsFile)),
      read(at('skin-tone.json'), parseJson(skinToneFile)),
      name === 'test'
        ? read(at('log.jsonl'), (text, file) => countTestLooks(parseJsonLines(testLookLine)(text, file)))
        : null,
    ]);
    const found = [evaluation, given, patients, subgroups, skinTones, testLooks];
    if (found.some((value, i) => value !== known[i]))
      last = evaluation && {
        evaluation,
        predictions: given && withPatients(given, patients ?? []),
        subgroups,
        skinTones,
        testLooks,
      };
    known = found;
    return last;
  };
}
