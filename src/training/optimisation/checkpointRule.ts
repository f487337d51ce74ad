import { requireInteger, requireNumber, requireOneOf } from '../../checks.js';

/** By what an epoch's weights are kept as the best. */
export const checkpointRules = ['balanced-accuracy', 'log-loss', 'macro-auroc', 'last'] as const;
/** By what an epoch's weights are kept as the best; `last`: the latest, whatever validation says. */
export type CheckpointRule = (typeof checkpointRules)[number];

/** What validation says of an epoch's weights. */
interface EpochFigures {
  readonly balancedAccuracy: number;
  readonly logLoss?: number;
  readonly macroAuroc?: number | null;
}

/** How the best epoch is told. */
export interface CheckpointChoice {
  /** Default `balanced-accuracy`. */
  readonly checkpointRule?: CheckpointRule;
  /** Epochs over which the rule's figure is averaged, the one at hand the last of them. Default 1. */
  readonly checkpointSmoothing?: number;
}

/** What choosing among epochs remembers; plain data, saved with a training's state. */
export interface CheckpointMemory {
  /** Of the best epoch so far, larger is better; null where none was judged by as many epochs as the rule asks for. */
  readonly bestScore: number | null;
  /** Figures of the last epochs, as many as the next one is averaged with. */
  readonly recentScores: readonly number[];
}

/** Of a training that begins. */
export const noCheckpoints: CheckpointMemory = { bestScore: null, recentScores: [] };

/**
 * Judges an epoch that is over: whether its weights are to be kept as the best, the earlier on ties. An epoch counts by the mean of as many epochs as `checkpointSmoothing` says, so
 * that one lucky epoch doesn't win; until there are so many, the latest is kept.
 * @param epochs of the whole training: an average over more isn't waited for
 * @throws LesionlabError kind `usage` for another rule, or a number of epochs that isn't one
 */
export function judgeEpoch(
  { bestScore, recentScores }: CheckpointMemory,
  validation: EpochFigures,
  { checkpointRule = 'balanced-accuracy', checkpointSmoothing = 1 }: CheckpointChoice,
  epochs: number,
): { readonly best: boolean; readonly memory: CheckpointMemory } {
  requireOneOf('checkpointRule', checkpointRule, checkpointRules);
  requireInteger('checkpointSmoothing', checkpointSmoothing, { min: 1 });
  if (checkpointRule === 'last') return { best: true, memory: noCheckpoints };
  const span = Math.min(checkpointSmoothing, epochs);
  const scores = [...recentScores, scoreOf(checkpointRule, validation)].slice(-span);
  const memory = { bestScore, recentScores: span > 1 ? scores.slice(1 - span) : [] };
  if (scores.length < span) return { best: true, memory };
  const score = scores.reduce((sum, value) => sum + value, 0) / span;
  const best = bestScore === null || score > bestScore;
  return { best, memory: { ...memory, bestScore: best ? score : bestScore } };
}

function scoreOf(
  rule: Exclude<CheckpointRule, 'last'>,
  { balancedAccuracy, logLoss, macroAuroc }: EpochFigures,
): number {
  if (rule === 'balanced-accuracy') return balancedAccuracy;
  if (rule === 'log-loss') return -given('logLoss', logLoss);
  // Where validation has images of one class alone, no ranking of images says anything: all epochs are alike.
  return macroAuroc === null ? 0 : given('macroAuroc', macroAuroc);
}

const given = (name: string, value: number | undefined) =>
  requireNumber(`${name} of the validation`, value ?? Number.NaN);
