import type { Weighting } from '../ensembleConfig.js';
import type { MemberChanges } from '../recipeChanges.js';
import type { Recipe } from '../recipeSchema.js';

/** A recipe with a name. */
export interface Preset {
  readonly title: string;
  /** What it is for and how long it takes, for `--help` and the report. */
  readonly description: string;
  /** Where there are several networks: what they have in common, with the first one's network. */
  readonly recipe: Recipe;
  /** Of several networks that answer together: what each changes of `recipe`. Left out where there is one. */
  readonly members?: readonly MemberChanges[];
  /** How the answers of several count. Default: alike. */
  readonly weighting?: Weighting;
}
