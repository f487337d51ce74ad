import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { WorkPlan } from '../../../../src/jobs/work.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { Problem } from '../../components/Problem.js';
import { pollMilliseconds } from '../../runs/pollMilliseconds.js';
import { serverRuns } from '../../runs/serverRuns.js';
import { planEvaluation, planName, runPath } from '../../work/workPlans.js';
import { workServer } from '../../work/workServer.js';
import { isDone } from '../../work/workWords.js';
import { runsAddress } from '../runs/runAddress.js';
import { workAddress } from './workAddress.js';

/** What to do with the runs that a plan has trained. */
export function NextSteps({ plan: { jobs } }: { readonly plan: WorkPlan }) {
  const trained = jobs.filter(({ kind }) => kind === 'train');
  const runs = trained.flatMap(({ runId }) => runId ?? []);
  if (!trained.every(isDone)) return null;
  if (runs.length === 0) return null;
  if (runs.length > 1) {
    const about = aboutSeveral(jobs);
    return about === undefined ? null : <p>{about}</p>;
  }
  return (
    <section aria-labelledby="next">
      <h2 id="next">What next</h2>
      <RunSteps id={runs[0]} />
    </section>
  );
}

/** What the results of several trainings say together; undefined where each stands for itself. */
function aboutSeveral(jobs: WorkPlan['jobs']): string | undefined {
  const isOf = (kind: WorkPlan['jobs'][number]['kind']) => jobs.some((job) => job.kind === kind);
  if (isOf('pool')) return 'Each fold was tested by the network that did not learn from it.';
  const trained = jobs.filter(({ kind }) => kind === 'train');
  if (trained.every(({ id }) => /^seed-\d+$/.test(id)))
    return 'The same recipe and the same split, begun with other random numbers: how much they differ is chance.';
  return undefined;
}

/** What can be done with one run. */
export function RunSteps({ id }: { readonly id: string }) {
  const { value: summary } = useLoaded(
    `summary ${id}`,
    () => serverRuns.summary(id),
    () => pollMilliseconds.over,
  );
  const judged = summary?.evaluations.some(({ name }) => name === 'test');
  const [error, setError] = useState<unknown>();
  const [asked, setAsked] = useState(false);
  const [, navigate] = useLocation();
  const judge = async () => {
    setAsked(true);
    setError(undefined);
    try {
      const plan = planEvaluation({ source: runPath(id), split: 'test', data: '', excludeUnusable: false });
      navigate(workAddress({ at: 'plan', name: await workServer.start(planName(id, 'test'), plan) }));
    } catch (problem) {
      setError(problem);
      setAsked(false);
    }
  };
  const link = (kind: 'evaluate' | 'predict' | 'export', words: string) => (
    <Link href={workAddress({ at: 'new', kind, run: id })}>{words}</Link>
  );
  return (
    <>
      {judged && (
        <p>
          <Link href={runsAddress({ kind: 'run', id, section: 'results' })}>See how it does on the test images</Link>
        </p>
      )}
      {judged === false && (
        <>
          <p>
            Nobody has looked yet at how it does on the test images. Each look that changes what you do next makes them
            worth less: look once it is the network that you mean to keep.
          </p>
          <p className="actions">
            <button type="button" className="action" disabled={asked} onClick={judge}>
              Judge it on the test images
            </button>
          </p>
        </>
      )}
      <p>
        {link('evaluate', 'Evaluate it on other images')} · {link('predict', 'Ask it about a folder of images')} ·{' '}
        {link('export', 'Export it as a file')}
      </p>
      {error !== undefined && <Problem error={error} />}
    </>
  );
}
