import { noPreset } from '../training/recipe/resolveRecipe.js';
import { formatList } from './format.js';

/** Where a run's recipe is from: `preset lenet, unchanged`, `preset lenet, changed: epochs=5`, `no preset: a recipe of its own`. */
export function describePreset({
  preset,
  overrides,
}: {
  readonly preset: string;
  readonly overrides: readonly string[];
}): string {
  if (preset === noPreset) return 'no preset: a recipe of its own';
  return `preset ${preset}, ${overrides.length > 0 ? `changed: ${formatList(overrides)}` : 'unchanged'}`;
}
