import { type ReactNode, useMemo } from 'react';
import type { RunRecord } from '../../../../src/report/runSummary.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { Problem } from '../../components/Problem.js';
import { sourceOf } from '../../runs/runSources.js';

/** Records of a run's data by image id. */
export interface KnownRecords {
  /** Undefined while they are fetched, and where they can't be had. */
  readonly records?: ReadonlyMap<string, RunRecord>;
  /** Why they can't be had, to be shown. */
  readonly problem: ReactNode;
}

export function useRecords(id: string): KnownRecords {
  const { value, error } = useLoaded(`records ${id}`, () => sourceOf(id).records(id));
  const records = useMemo(() => value && new Map(value.records.map((record) => [record.imageId, record])), [value]);
  return { records, problem: error === undefined ? null : <Problem error={error} /> };
}
