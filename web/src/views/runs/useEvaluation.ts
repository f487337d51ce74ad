import type { Evaluation } from '../../../../src/evaluation/evaluate.js';
import type { Predictions } from '../../../../src/evaluation/predictions.js';
import { parsePredictionsCsv } from '../../../../src/evaluation/predictionsCsv.js';
import type { SubgroupEvaluation } from '../../../../src/evaluation/subgroups.js';
import { countTestLooks, type TestLookEntry } from '../../../../src/report/countTestLooks.js';
import type { TestLooks } from '../../../../src/report/reportInput.js';
import type { RunConfig } from '../../../../src/training/config.js';
import { type Loaded, useLoaded } from '../../browser/useLoaded.js';
import { parseJson, parseJsonLines } from '../../runs/runSource.js';
import { sourceOf } from '../../runs/runSources.js';

/** What an evaluation wrote. */
export interface EvaluationFiles {
  readonly evaluation: Evaluation;
  readonly predictions: Predictions | null;
  readonly subgroups: readonly SubgroupEvaluation[] | null;
  readonly testLooks: TestLooks | null;
}

/** Reads an evaluation of a run. @param name undefined: none, and nothing is read */
export function useEvaluation(
  id: string,
  { data }: Pick<RunConfig, 'data'>,
  name: string | undefined,
): Loaded<EvaluationFiles | null> {
  return useLoaded(`${id} ${name}`, () =>
    name === undefined ? Promise.resolve(null) : readEvaluation(id, data, name),
  );
}

export async function readEvaluation(
  id: string,
  data: RunConfig['data'],
  name: string,
): Promise<EvaluationFiles | null> {
  const source = sourceOf(id);
  const read = async <T>(file: string, parse: (text: string, path: string) => T): Promise<T | null> => {
    const path = `evaluation/${name}/${file}`;
    const found = await source.read(id, path);
    return found ? parse(found.text, path) : null;
  };
  const [evaluation, predictions, subgroups, looks] = await Promise.all([
    read('evaluation.json', parseJson<Evaluation>),
    read('predictions.csv', (text, file) => parsePredictionsCsv(text, { file, classes: data.classes })),
    read('subgroups.json', parseJson<SubgroupEvaluation[]>),
    name === 'test' ? read('log.jsonl', parseJsonLines<TestLookEntry>) : null,
  ]);
  return evaluation && { evaluation, predictions, subgroups, testLooks: looks && countTestLooks(looks) };
}
