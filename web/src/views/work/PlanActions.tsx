import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { WorkJob, WorkPlan } from '../../../../src/jobs/work.js';
import { Problem } from '../../components/Problem.js';
import { serverRuns } from '../../runs/serverRuns.js';
import { workServer } from '../../work/workServer.js';
import { isAtSlurm, isDone, standingOf } from '../../work/workWords.js';
import { runsAddress } from '../runs/runAddress.js';
import { workAddress } from './workAddress.js';

/** Buttons and links for what can be done with a plan as it stands. */
export function PlanActions({
  plan,
  onChanged,
  listed = false,
}: {
  readonly plan: WorkPlan;
  readonly onChanged: () => void;
  /** Among others, where none stands out. */
  readonly listed?: boolean;
}) {
  const { name, jobs } = plan;
  const standing = standingOf(plan);
  const [asked, setAsked] = useState<'stop' | 'resume' | 'remove'>();
  const [error, setError] = useState<unknown>();
  const [, navigate] = useLocation();
  const ask = async (action: 'stop' | 'resume' | 'remove') => {
    setAsked(action);
    setError(undefined);
    try {
      await workServer[action](name);
      if (action === 'remove') navigate(workAddress({ at: 'list' }));
      onChanged();
    } catch (problem) {
      setError(problem);
      setAsked(undefined);
    }
  };
  const button = (action: 'stop' | 'resume' | 'remove', words: string, emphasised = false) => (
    <button
      type="button"
      className={emphasised && !listed ? 'action' : 'plain'}
      aria-label={`${words}: ${name}`}
      onClick={() => ask(action)}
    >
      {words}
    </button>
  );
  // Others that are at it were asked by somebody else.
  const stops = standing === 'running' || (standing === 'elsewhere' && isAtSlurm(plan) && plan.holder === undefined);
  // One that was asked to stop saves first.
  if (asked === 'stop' && stops)
    return (
      <p className="muted" role="status">
        Saving, then it stops…
      </p>
    );
  return (
    <>
      <p className="actions">
        {stops && button('stop', 'Stop')}
        {standing === 'waiting' && button('stop', 'Take out of the queue')}
        {standing === 'stopped' && button('resume', 'Go on', true)}
        {standing === 'new' && button('resume', 'Begin', true)}
        {standing === 'failed' && button('resume', 'Try again')}
        {['done', 'failed', 'stopped'].includes(standing) && (
          <Results plan={plan} stands={standing === 'done' && !listed} />
        )}
        {['failed', 'new', 'stopped', 'done'].includes(standing) &&
          !jobs.some(hasOwnResults) &&
          button('remove', 'Remove')}
      </p>
      {error !== undefined && <Problem error={error} />}
    </>
  );
}

/** Whether the plan's own folder holds results of it, which no button removes. */
const hasOwnResults = (job: WorkJob) =>
  job.kind === 'train'
    ? job.progress !== null
    : job.kind === 'judge'
      ? job.attempts > 0 || isDone(job)
      : job.table === true;

/** Where the results of a plan are looked at. */
function Results({ plan: { name, jobs }, stands }: { readonly plan: WorkPlan; readonly stands: boolean }) {
  const className = stands ? 'button-link' : undefined;
  const link = (href: string, words: string) => (
    <Link className={className} href={href}>
      {words}
    </Link>
  );
  const inRuns = jobs.filter(({ runId }) => runId !== null);
  const of = (...kinds: WorkJob['kind'][]) => inRuns.filter((job) => kinds.includes(job.kind) && isDone(job));
  const [evaluated] = of('evaluate', 'judge');
  const [exported] = of('export');
  const [reported] = of('report');
  const trained = inRuns.filter(({ kind, progress }) => kind === 'train' && progress !== null);
  const ids = trained.map(({ runId }) => runId!);
  if (exported)
    return (
      <a className={className} download href={serverRuns.fileUrl(exported.runId!, 'model.onnx')!}>
        Save model.onnx
      </a>
    );
  if (jobs.some(({ table }) => table))
    return stands ? null : link(workAddress({ at: 'plan', name }), 'See its answers');
  if (trained.length > 1) return link(runsAddress({ kind: 'compare', ids }), `Compare the ${trained.length} trainings`);
  if (!evaluated)
    return ids.length === 0
      ? null
      : link(runsAddress({ kind: 'run', id: ids[0], section: 'training' }), 'See how it learned');
  const { runId, evaluation } = evaluated;
  return (
    <>
      {link(runsAddress({ kind: 'run', id: runId!, section: 'results', evaluation }), 'See the results')}
      {reported && (
        <a href={serverRuns.fileUrl(reported.runId!, 'report.html')!} target="_blank" rel="noreferrer">
          Report (opens in a new tab)
        </a>
      )}
    </>
  );
}
