import type { SplitName } from '../dataset.js';

const words: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  trainset: 'train',
  traindata: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
  testset: 'test',
  testdata: 'test',
};

/**
 * The split that a cell, or the name of a file or folder, says: `Training`, `val`, `ISIC_2019_Test_GroundTruth.csv`. Undefined where it says none, or
 * more than one.
 */
export function splitOfName(name: string): SplitName | undefined {
  const tokens = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u);
  const found = new Set(tokens.flatMap((token) => words[token] ?? []));
  return found.size === 1 ? [...found][0] : undefined;
}
