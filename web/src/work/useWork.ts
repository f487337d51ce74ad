import { useEffect, useState } from 'react';
import type { WorkEstimate, WorkState } from '../../../src/jobs/work.js';
import { type Loaded, useLoaded } from '../browser/useLoaded.js';
import type { WrittenPlan } from './workPlans.js';
import { workServer } from './workServer.js';

/** Milliseconds until it is looked again how work stands. */
const pause = { working: 1500, resting: 6000 };

/** How all work stands, looked at again and again; at once where `again` changes, with what was seen last until then. */
export function useWork(again: string): Loaded<WorkState> & { readonly fresh: boolean } {
  const { value, error } = useLoaded(`work ${again}`, workServer.state, (last) =>
    last && isWorking(last) ? pause.working : pause.resting,
  );
  const [seen, setSeen] = useState<WorkState>();
  useEffect(() => {
    if (value) setSeen(value);
  }, [value]);
  return { value: value ?? seen, error, fresh: value !== undefined };
}

const isWorking = ({ plans }: WorkState) =>
  plans.some(({ state, jobs }) => state !== 'resting' || jobs.some((job) => job.state === 'running'));

/** What a plan costs; nothing where there is no plan. */
export interface Estimate {
  readonly measuring: boolean;
  readonly value?: WorkEstimate;
  readonly error?: unknown;
}

/** Milliseconds without a change before anything is measured. */
const patience = 900;

/** What a plan's trainings cost, measured by the server once the plan has not changed for a moment. */
export function useWorkEstimate(plan: WrittenPlan | undefined): Estimate {
  const [estimate, setEstimate] = useState<Estimate>({ measuring: false });
  const key = plan && JSON.stringify(plan);
  useEffect(() => {
    setEstimate({ measuring: key !== undefined });
    if (key === undefined) return;
    const ending = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const value = await workServer.estimate(JSON.parse(key) as WrittenPlan, ending.signal);
        setEstimate({ measuring: false, value });
      } catch (error) {
        if (!ending.signal.aborted) setEstimate({ measuring: false, error });
      }
    }, patience);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [key]);
  return estimate;
}
