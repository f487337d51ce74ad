import type { JobKindName } from './kinds/registry.js';

/** A job without what all jobs of its plan have in common. */
export interface PartialJob {
  readonly id: string;
  readonly kind: JobKindName;
  readonly run: string;
  readonly needs: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * The jobs of a cross-validation: a training and an evaluation for each fold, and all predictions scored together. What is trained, and the shares of the splits
 * (`foldRatios`), are to be added to the trainings.
 * @param folds at least 3 @param resamples behind the pooled intervals, 0 for none; the usual number where undefined
 */
export function foldJobs(folds: number, resamples?: number): PartialJob[] {
  const jobs = Array.from({ length: folds }, (_, fold): PartialJob[] => {
    const id = `fold-${fold + 1}`;
    const split = { kind: 'fold', fold, folds };
    return [
      { id, kind: 'train', run: id, needs: [], settings: { split } },
      { id: `${id}-evaluate`, kind: 'evaluate', run: id, needs: [id], settings: { scoresOnly: true, resamples: 0 } },
    ];
  }).flat();
  const needs = jobs.flatMap(({ id, kind }) => (kind === 'evaluate' ? [id] : []));
  return [
    ...jobs,
    { id: 'pool', kind: 'pool', run: '.', needs, settings: resamples === undefined ? {} : { resamples } },
  ];
}
