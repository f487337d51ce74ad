import type { Weighting } from './ensembleConfig.js';
import type { Recipe } from './recipeSchema.js';

/** Settings that a user may put in place of the preset's, by name; undefined ones stay as they are. */
export type RecipeOverrides = Partial<
  Readonly<
    Pick<
      Recipe,
      | 'model'
      | 'imageSize'
      | 'trainingImageSize'
      | 'fit'
      | 'border'
      | 'light'
      | 'normalisation'
      | 'featureViews'
      | 'metadata'
    > &
      Recipe['training'] &
      Recipe['evaluation']
  >
>;

type Part<T> = { readonly [K in keyof T]?: T[K] };

/** Settings of a recipe that differ from another's. */
interface SettingChanges extends Part<Omit<Recipe, 'augmentation' | 'training' | 'evaluation'>> {
  readonly augmentation?: {
    readonly [K in keyof Recipe['augmentation']]?: Recipe['augmentation'][K] extends readonly unknown[]
      ? Recipe['augmentation'][K]
      : Part<Recipe['augmentation'][K]>;
  };
  readonly training?: Part<Recipe['training']>;
  readonly evaluation?: Part<Recipe['evaluation']>;
}

/** One of several networks: what it changes of what they have in common. */
export interface MemberChanges extends SettingChanges {
  /** As its folder and `--member` have it. Default: its network's; the second of one network is `<model>-2`. */
  readonly name?: string;
}

/** What a recipe file says: the preset that it changes and the settings that differ, or all settings. */
export interface RecipeChanges extends SettingChanges {
  /** Name of a preset. */
  readonly extends?: string;
  /** Several networks that are trained each by itself and answer together, in place of the preset's; none: one network, without those of the preset. */
  readonly members?: readonly MemberChanges[];
  /** How the answers of several networks count. Default: the preset's, else alike. */
  readonly weighting?: Weighting;
}

/** A recipe file that was read; see `readRecipe`. */
export interface RecipeFile {
  /** As errors and config.json name it. */
  readonly name: string;
  readonly changes: RecipeChanges;
  /** Line of each setting and group, from 1, by path. */
  readonly lines: ReadonlyMap<string, number>;
  /** Of the file's bytes, in hexadecimal, where it is known. */
  readonly sha256?: string;
}
