import type { SplitName } from '../data/dataset.js';
import type { Evaluation } from '../evaluation/evaluate.js';
import type { Interval } from '../evaluation/metrics/intervals.js';
import type { EpochRecord } from '../training/events.js';
import { findBestEpoch } from '../training/findBestEpoch.js';
import type { RunConfig } from '../training/recipe/config.js';
import { type AnyConfig, isEnsemble, isJudged } from '../training/recipe/ensembleConfig.js';

/** As far as a run's files tell; no file says whether a process is alive. */
export type RunState = 'training' | 'finished' | 'interrupted';

/** One evaluation of a run in brief. */
export interface EvaluationSummary {
  /** `test`, `validation`, or the name of external data. */
  readonly name: string;
  readonly images: number;
  readonly lesions: number;
  readonly accuracy: number;
  readonly accuracyInterval: Interval;
  readonly balancedAccuracy: number;
  readonly balancedAccuracyInterval: Interval;
}

/** One run in brief: what a list of runs shows of it. */
export interface RunSummary {
  /** Path relative to the folder of runs, with `/` on every system. */
  readonly id: string;
  readonly state: RunState;
  /** ISO 8601. */
  readonly created: string;
  readonly model: string;
  /** Null of an ensemble and of somebody else's classifier, which have no training of their own. */
  readonly preset: string | null;
  /** True where somebody else's classifier was judged: there is no network in the folder. */
  readonly judged?: boolean;
  /** Of the data. */
  readonly data: {
    readonly name: string;
    readonly synthetic: boolean;
    readonly images: number;
    readonly lesions: number;
  };
  readonly epochs: { readonly done: number; readonly planned: number; readonly best: number | null };
  /** Balanced accuracy on validation of the best epoch, measured while training: without an interval. */
  readonly bestValidation: number | null;
  /** Those that were made, test first, then validation, then others by name. */
  readonly evaluations: readonly EvaluationSummary[];
  /** Whether a report was written. */
  readonly report: boolean;
}

/** What `GET api/runs` answers. */
export interface RunList {
  /** The folder that is looked through. */
  readonly folder: string;
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** Folders that hold a run whose files can't be used. */
  readonly problems: readonly { readonly id: string; readonly message: string; readonly hint?: string }[];
  /** Folders with the page of an ablation, relative to `folder`, with `/`: `GET api/ablations/<folder>`. */
  readonly ablations?: readonly string[];
}

/** What is known of an image of a run besides its prediction. */
export interface RunRecord {
  readonly imageId: string;
  readonly lesionId: string;
  readonly dx: string;
  /** Null of external data. */
  readonly split: SplitName | null;
  /** How the diagnosis was made. */
  readonly dxType?: string;
  /** Years. */
  readonly age: number | null;
  readonly sex?: string;
  readonly localization?: string;
}

/** What `GET api/runs/<id>/records` answers; with `?external=<name>`, of the data of that evaluation. */
export interface RunRecords {
  readonly records: readonly RunRecord[];
}

/** Contents of a run folder, as far as its summary needs them. */
export interface SummaryInput {
  readonly id: string;
  readonly config: AnyConfig;
  readonly metrics: readonly EpochRecord[];
  readonly evaluations: readonly { readonly name: string; readonly evaluation: Evaluation }[];
  /** Whether something says that the training goes on at this moment. */
  readonly alive: boolean;
  readonly report: boolean;
}

/** Brings what a run's files say into the form of a list. */
export function summariseRun({ id, config, metrics, evaluations, alive, report }: SummaryInput): RunSummary {
  const { data } = config;
  const best = findBestEpoch(metrics);
  return {
    id,
    state: isTrained(config, metrics) ? 'finished' : alive ? 'training' : 'interrupted',
    created: config.created,
    model: config.model.id,
    preset: isEnsemble(config) || isJudged(config) ? null : config.preset,
    ...(isJudged(config) && { judged: true }),
    data: { name: data.name, synthetic: data.synthetic, images: data.images, lesions: data.lesions },
    epochs: {
      done: metrics.at(-1)?.epoch ?? 0,
      planned: isEnsemble(config) || isJudged(config) ? 0 : config.recipe.training.epochs,
      best: best?.epoch ?? null,
    },
    bestValidation: best?.validationBalancedAccuracy ?? null,
    evaluations: [...evaluations]
      .sort((a, b) => order(a.name) - order(b.name) || (a.name < b.name ? -1 : 1))
      .map(brief),
    report,
  };
}

/** Whether it has weights to predict with: an epoch's, or those of an ensemble's members. */
export const canPredict = ({ epochs, preset, judged }: RunSummary): boolean =>
  !judged && (epochs.best !== null || preset === null);

/** Whether all epochs were trained, or early stopping ended it; an ensemble's members are. */
export function isTrained(config: Pick<RunConfig, 'recipe'> | AnyConfig, metrics: readonly EpochRecord[]): boolean {
  if (!('recipe' in config)) return true;
  const { epochs, earlyStopping } = config.recipe.training;
  const done = metrics.at(-1)?.epoch ?? 0;
  const best = findBestEpoch(metrics)?.epoch ?? done;
  return done >= epochs || (earlyStopping > 0 && done - best >= earlyStopping);
}

const order = (name: string) => ({ test: 0, validation: 1 })[name] ?? 2;

function brief({ name, evaluation }: SummaryInput['evaluations'][number]): EvaluationSummary {
  const { images, lesions, accuracy, balancedAccuracy, intervals } = evaluation;
  return {
    name,
    images,
    lesions,
    accuracy,
    accuracyInterval: intervals?.accuracy ?? null,
    balancedAccuracy,
    balancedAccuracyInterval: intervals?.balancedAccuracy ?? null,
  };
}
