import { z } from 'zod';
import { type RunConfig, runConfig } from './config.js';
import { type JudgedConfig, judgedConfig } from './judgedConfig.js';

const share = z.number().min(0).max(1);

const scores = z.object({ balancedAccuracy: share, loss: z.number() });

/** What an ensemble's config.json says of a member. */
const memberSchema = z.object({
  /** Run folder, relative to the ensemble's. */
  run: z.string(),
  checkpoint: z.enum(['best', 'last']),
  /** Of the checkpoint file, in hexadecimal. */
  sha256: z.string(),
  model: z.string(),
  parameters: z.int(),
  seed: z.int(),
  preprocessing: runConfig.shape.preprocessing,
  testTimeAugmentation: runConfig.shape.recipe.shape.evaluation.shape.testTimeAugmentation,
  /** What its probabilities are multiplied by; 0 where it was found to add nothing, and is not used. */
  weight: share,
  /** On the validation split, alone; left out of folds, which have no split in common. */
  validation: scores.optional(),
  /** Of a fold: on its test images, alone. */
  outOfFold: z.object({ images: z.int(), ...scores.shape }).optional(),
});

/** How weights came about: all alike, or chosen on the validation split. */
export const weightings = ['equal', 'validation'] as const;
/** How members count: alike, or by how likely they make the validation images. */
export type Weighting = (typeof weightings)[number];

/** config.json of a run folder that holds an ensemble of other runs: what it shares with a trained run, and its members. */
export const ensembleConfig = z.object({
  ...runConfig.pick({
    lesionlab: true,
    created: true,
    seed: true,
    data: true,
    split: true,
    device: true,
    threads: true,
    versions: true,
  }).shape,
  /** Of the member with the largest weight: what pictures show, and what an exported model takes. */
  preprocessing: runConfig.shape.preprocessing,
  model: z.object({ id: z.literal('ensemble'), parameters: z.int(), weightsFile: z.null() }),
  ensemble: z.object({
    weighting: z.enum(weightings),
    /** How the weights were chosen, a sentence for readers. */
    method: z.string(),
    /** SHA-256 of splits.csv, which all members share; of folds, of the one in which all images were learned from. */
    splits: z.string(),
    /** On the validation split, of the members' mean and with the weights; left out of folds. */
    validation: z.object({ images: z.int(), lesions: z.int(), equal: scores, weighted: scores }).optional(),
    /** Of the folds of a cross-validation, for new data: every image taught some of the members, so that the mean can be tested on none of them. */
    folds: z.object({ count: z.int().min(2) }).optional(),
    members: z.array(memberSchema).min(2),
  }),
});
/** config.json of an ensemble: its members, their weights, and what they have in common. */
export type EnsembleConfig = z.infer<typeof ensembleConfig>;
/** A network of an ensemble. */
export type EnsembleMember = EnsembleConfig['ensemble']['members'][number];

/** config.json of a run folder with networks of its own, or of its members. */
export type NetworkConfig = RunConfig | EnsembleConfig;

/** What config.json of a run folder holds. */
export type AnyConfig = NetworkConfig | JudgedConfig;

/** Whether a run folder judges a classifier that somebody else made: it has no network. */
export const isJudged = (config: AnyConfig): config is JudgedConfig => 'judged' in config;

/** Whether a run folder answers with several networks. */
export const isEnsemble = (config: AnyConfig): config is EnsembleConfig => 'ensemble' in config;

/** Folds whose networks answer together; null of anything else: of its own images there is then none that it could be tested on. */
export const countFolds = (config: AnyConfig): number | null =>
  isEnsemble(config) ? (config.ensemble.folds?.count ?? null) : null;

/** config.json of any kind, told apart by its `ensemble` or `judged`. */
export const anyConfig = z.unknown().transform((value, context): AnyConfig => {
  const has = (key: string) => typeof value === 'object' && value !== null && key in value;
  const schema = has('ensemble') ? ensembleConfig : has('judged') ? judgedConfig : runConfig;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});

/** The member that did best on validation, alone: by balanced accuracy, the first of several. */
export function bestMember({ ensemble: { members } }: EnsembleConfig): EnsembleMember {
  const score = ({ validation }: EnsembleMember) => validation?.balancedAccuracy ?? -1;
  return members.reduce((best, member) => (score(member) > score(best) ? member : best));
}

/** The member with the largest weight, the first of several. */
export function leadingMember<T extends { readonly weight: number }>(members: readonly T[]): T {
  return members.reduce((lead, member) => (member.weight > lead.weight ? member : lead));
}
