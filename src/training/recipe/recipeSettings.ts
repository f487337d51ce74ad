import { z } from 'zod';
import { models } from '../../models/index.js';
import { recipe } from './recipeSchema.js';

/** What a value of a setting looks like. */
export type SettingKind = 'whole' | 'number' | 'choice' | 'text' | 'pair' | 'factors' | 'names';

/** A setting of a recipe as readers meet it: on the command line, in a recipe file, in the documents and in the studio's form. */
export interface RecipeSetting {
  /** `training.learningRate` */
  readonly path: string;
  /** `training`; empty at the top. */
  readonly group: string;
  /** `learningRate` */
  readonly name: string;
  /**
   * How a configuration's list of changes names it: by its name where options do, else by its path (`learningRate`,
   * `augmentation.hue`).
   */
  readonly shortName: string;
  /** What it means, a sentence or two. */
  readonly description: string;
  /** What a value must be, in words: `a number from 0 to 1`. */
  readonly expected: string;
  readonly kind: SettingKind;
  readonly choices?: readonly string[];
  /** What a recipe without a preset has where it doesn't say; undefined where it must. */
  readonly standard?: unknown;
}

/** A group of settings. */
export interface RecipeGroup {
  /** `augmentation`, `augmentation.perspective` */
  readonly path: string;
  readonly description: string;
}

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly enum?: readonly string[];
  readonly prefixItems?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | false;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
}

const settings: RecipeSetting[] = [];
const groups: RecipeGroup[] = [];
visit(z.toJSONSchema(recipe, { io: 'input' }) as JsonSchema, '');

/** Every setting of a recipe, in the order of its schema. */
export const recipeSettings: readonly RecipeSetting[] = settings;
/** The groups that settings stand in, outer ones first. */
export const recipeGroups: readonly RecipeGroup[] = groups;

function visit(schema: JsonSchema, group: string): void {
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const path = group ? `${group}.${name}` : name;
    const { description = '' } = inner;
    if (inner.properties) {
      groups.push({ path, description });
      visit(inner, path);
      continue;
    }
    const kind = kindOf(inner);
    // Which networks there are is the registry's to say.
    const choices = path === 'model' ? Object.keys(models) : inner.enum;
    const expected = kind === 'choice' || path === 'model' ? `one of ${choices?.join(', ')}` : expectedOf(inner, kind);
    const bare = group === '' || group === 'training' || group === 'evaluation';
    const shortName = bare ? name : path;
    settings.push({ path, group, name, shortName, description, expected, kind, choices, standard: inner.default });
  }
}

function kindOf({ enum: choices, prefixItems, items, additionalProperties, type }: JsonSchema): SettingKind {
  if (choices) return 'choice';
  if (prefixItems) return 'pair';
  if (items) return 'names';
  if (additionalProperties) return 'factors';
  return type === 'integer' ? 'whole' : type === 'number' ? 'number' : 'text';
}

function expectedOf(schema: JsonSchema, kind: SettingKind): string {
  if (kind === 'pair') return `two numbers in brackets, ${rangeOf(schema.prefixItems?.[0] ?? {}, 'each ')}`;
  if (kind === 'factors')
    return `names with a factor in braces, ${rangeOf(schema.additionalProperties || {}, 'each ')}: {backbone: 0.1}`;
  if (kind === 'text') return 'a name';
  if (kind === 'names') return 'names in brackets: [age, sex]';
  const range = rangeOf(schema);
  return `a ${kind === 'whole' ? 'whole number' : 'number'}${range.startsWith('from') || range.startsWith('above') ? ' ' : ', '}${range}`;
}

/** `from 0 to 1`, `above 0`, `above 0, at most 1`, `0 or more` */
function rangeOf({ minimum, exclusiveMinimum, maximum }: JsonSchema, prefix = ''): string {
  const highest = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (exclusiveMinimum !== undefined)
    return `${prefix}above ${exclusiveMinimum}${highest === undefined ? '' : ` and at most ${highest}`}`;
  return highest === undefined ? `${prefix}${minimum} or more` : `${prefix}from ${minimum} to ${highest}`;
}

/** The setting at a path, or that a path leads into (`training.learningRateFactors.layer3`); undefined where none is. */
export const settingAt = (path: string): RecipeSetting | undefined =>
  settings.find((setting) => path === setting.path || path.startsWith(`${setting.path}.`));

/** What a recipe, or a part of one, has at a path; undefined where it says nothing. */
export function valueAt(recipe: unknown, path: string): unknown {
  let value = recipe;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** A setting's value as text, the same for equal values: `0.001`, `0.9,1.2`, `backbone=0.1,layer4=0.5`. */
export function formatSetting(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value ?? 'none');
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',');
  const entries = Object.entries(value).map(([name, inner]) => `${name}=${inner}`);
  return entries.length === 0 ? 'none' : entries.sort().join(',');
}
