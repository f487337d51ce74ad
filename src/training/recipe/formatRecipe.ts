import { stringify } from 'yaml';
import type { Weighting } from './ensembleConfig.js';
import type { RecipeMember } from './members.js';
import type { Preset } from './presets/preset.js';
import { findPreset } from './presets/registry.js';
import type { Recipe } from './recipeSchema.js';
import { type RecipeSetting, recipeGroups, recipeSettings, valueAt } from './recipeSettings.js';
import { noPreset } from './resolveRecipe.js';
import { settingsToSay } from './withChanges.js';

/** How a recipe is written. */
export interface FormatRecipeOptions {
  /** The preset that it changes; none where left out or `none`. */
  readonly preset?: string;
  /** Only what differs from the preset, and what would follow that. */
  readonly changesOnly?: boolean;
  /** Lines about the whole, put first as comments. */
  readonly about?: readonly string[];
  /** What each setting means, above it. Default true. */
  readonly comments?: boolean;
  /** Of several networks: what each changes of the recipe. */
  readonly members?: readonly RecipeMember[];
  /** How the answers of several count. */
  readonly weighting?: Weighting;
}

const widest = 100;

/**
 * A recipe as the text of a recipe file (YAML), with comments that say what each setting means; `readRecipe` gives the same recipe
 * again.
 * @throws LesionlabError kind `usage` for an unknown preset
 */
export function formatRecipe(recipe: Recipe, options: FormatRecipeOptions = {}): string {
  const { preset = noPreset, changesOnly = false, about = [], comments = true } = options;
  const base = preset === noPreset ? undefined : findPreset(preset).recipe;
  const said = changesOnly && base ? settingsToSay(base, recipe) : undefined;
  const kept = recipeSettings.filter(({ path }) => !said || said.has(path));
  const lines = about.flatMap((text) => comment(text, ''));
  if (base) lines.push(...(lines.length > 0 ? [''] : []), `extends: ${preset}`);
  let group = '';
  for (const setting of kept) {
    const entered = groupsInto(setting.group, group);
    group = setting.group;
    for (const path of entered) {
      const indent = '  '.repeat(path.split('.').length - 1);
      const { description } = recipeGroups.find((entry) => entry.path === path)!;
      lines.push('', ...(comments ? comment(description, indent) : []), `${indent}${path.split('.').at(-1)}:`);
    }
    const indent = setting.group ? '  '.repeat(setting.group.split('.').length) : '';
    if (comments) {
      if (entered.length === 0) lines.push('');
      lines.push(...comment(setting.description, indent), ...comment(explain(setting), indent));
    }
    lines.push(`${indent}${setting.name}: ${formatValue(valueAt(recipe, setting.path))}`);
  }
  lines.push(...formatMembers(options, preset === noPreset ? undefined : findPreset(preset)));
  return `${lines.join('\n').trim()}\n`;
}

const aboutMembers =
  'Networks that are trained each by itself on one split, and answer together by their mean; each changes of the settings above what stands here. ' +
  'Each is known by its network, unless `name` says another: `lesionlab train ... --member resnet18` trains it alone.';
const aboutWeighting = 'How they count: equal, or by weights chosen on the validation images (validation).';

/** A recipe of one network that changes a preset of several says so. */
function formatMembers(
  { members = [], weighting = 'equal', changesOnly = false, comments = true }: FormatRecipeOptions,
  base: Preset | undefined,
): string[] {
  const written = members.map((member) => member.written);
  const own = base?.members ?? [];
  const lines: string[] = [];
  const add = (about: string, text: string) => lines.push('', ...(comments ? comment(about, '') : []), text);
  const isOwn = JSON.stringify(written) === JSON.stringify(own);
  if (changesOnly ? !isOwn : written.length + own.length > 0)
    add(aboutMembers, stringify({ members: written }, { lineWidth: 0 }).trim());
  if (written.length > 0 && !(changesOnly && weighting === (base?.weighting ?? 'equal')))
    add(aboutWeighting, `weighting: ${weighting}`);
  return lines;
}

/** `A number from 0 to 1.` */
export const explain = ({ expected }: RecipeSetting): string => `${expected[0].toUpperCase()}${expected.slice(1)}.`;

/** Groups that begin between a setting of one group and the next of another, outer ones first. */
function groupsInto(group: string, before: string): string[] {
  const parts = group ? group.split('.') : [];
  return parts.map((_, i) => parts.slice(0, i + 1).join('.')).filter((path) => !`${before}.`.startsWith(`${path}.`));
}

/** On one line. */
const formatValue = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim();

function comment(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = `${indent}#`;
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > widest) {
      lines.push(line);
      line = `${indent}#`;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
