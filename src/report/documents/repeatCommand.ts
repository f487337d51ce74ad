import { splitNames } from '../../data/dataset.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { noPreset } from '../../training/recipe/resolveRecipe.js';
import { fileName } from '../html.js';
import type { TrainedDocumentInput } from './runWords.js';

/** Settings whose option has another name than the setting in kebab case. */
const optionNames: Readonly<Record<string, string>> = { gradientClipping: 'clip' };

/** Shares of the splits where nothing else was asked for, percent. */
const usualRatios = '64/16/20';

/** A network out of a file is named by that file. */
const withFile = (entry: string, { id, network }: TrainedDocumentInput['config']['model']) =>
  network && entry === `model=${id}` ? `model=${network.file}` : entry;

/** The command that does a run again, its words quoted for a POSIX shell. */
export function repeatCommand({ config, splits }: Pick<TrainedDocumentInput, 'config' | 'splits'>): string {
  const { data, model, preset, overrides, seed, threads, device, split } = config;
  const words = ['lesionlab', 'run', ...(data.folders ?? [data.folder]).map(fileName), '--run', 'runs/again'];
  if (needsRecipeFile(config)) words.push('--recipe', repeatedRecipe);
  else words.push('--preset', preset, ...overrides.map((entry) => withFile(entry, model)).flatMap(overrideWords));
  if (model.weightsFile) words.push('--weights', fileName(model.weightsFile));
  if (config.teacher) words.push('--teacher', fileName(config.teacher.source));
  if (data.limit !== null) words.push('--limit', String(data.limit));
  if (splits) {
    const ratios = splitNames.map((name) => Number((100 * splits.ratios[name]).toFixed(4))).join('/');
    if (ratios !== usualRatios) words.push('--ratios', ratios);
    if (splits.seed !== seed) words.push('--split-seed', String(splits.seed));
  }
  if (split?.rule.kind === 'official') words.push('--split', 'official');
  if (split?.rule.kind === 'file') words.push('--split', split.rule.file);
  if (split?.rule.kind === 'test-on') words.push('--test-on', split.rule.source);
  if (split && 'mend' in split.rule && split.rule.mend) words.push('--mend', split.rule.mend);
  if (split?.nearDuplicates) words.push('--near-duplicates');
  if (data.options?.imageTypes) words.push('--image-type', data.options.imageTypes.join(','));
  if (data.options?.allowMissing) words.push('--allow-missing-images');
  if (data.excluded.length > 0) words.push('--exclude-unusable');
  words.push('--seed', String(seed), '--threads', String(threads), '--device', device);
  return words.map(shellWord).join(' ');
}

/** The recipe file of the command, where options cannot say all. */
export const repeatedRecipe = 'recipe.yaml';

/** Settings that no option of the command is for. */
const withoutOption = ['normalisation', 'featureViews'];

/** Whether doing a run again takes a recipe file: it had one, or settings that options cannot say. */
export const needsRecipeFile = ({
  preset,
  overrides,
  recipeFile,
}: Pick<RunConfig, 'preset' | 'overrides' | 'recipeFile'>): boolean =>
  recipeFile !== undefined ||
  preset === noPreset ||
  overrides.some((override) => {
    const [name] = override.split('=');
    return name.includes('.') || withoutOption.includes(name);
  });

/** `learningRate=0.001` as `--learning-rate 0.001`. A setting without its value can't be repeated and is left out. */
function overrideWords(override: string): string[] {
  const at = override.indexOf('=');
  if (at < 0) return [];
  const name = override.slice(0, at);
  const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return [`--${optionNames[name] ?? kebab}`, override.slice(at + 1)];
}

/** Settings that differ from the preset, but whose values are not on record. */
export function unknownOverrides(overrides: readonly string[]): string[] {
  return overrides.filter((override) => !override.includes('='));
}

/** A word of a command line, quoted for a POSIX shell where it has to be. */
export function shellWord(word: string): string {
  return /^[\w./:=@+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
