import { type ReactNode, useMemo } from 'react';
import type { RunRecord } from '../../../../src/report/runSummary.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { Problem } from '../../components/Problem.js';
import { sourceOf } from '../../runs/runSources.js';
import { externalName } from './externalName.js';

/** Records of a run's data by image id. */
export interface KnownRecords {
  /** Undefined while they are fetched, and where they can't be had. */
  readonly records?: ReadonlyMap<string, RunRecord>;
  /** Why they can't be had, to be shown. */
  readonly problem: ReactNode;
}

/** @param evaluation whose images they are */
export function useRecords(id: string, evaluation: string): KnownRecords {
  const external = externalName(evaluation);
  const { value, error } = useLoaded(`records ${id} ${external ?? ''}`, () => sourceOf(id).records(id, external));
  const records = useMemo(() => value && new Map(value.records.map((record) => [record.imageId, record])), [value]);
  return { records, problem: error === undefined ? null : <Problem error={error} /> };
}
