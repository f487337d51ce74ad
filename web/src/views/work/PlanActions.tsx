import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { WorkJob, WorkPlan } from '../../../../src/jobs/work.js';
import { Problem } from '../../components/Problem.js';
import { serverRuns } from '../../runs/serverRuns.js';
import { workServer } from '../../work/workServer.js';
import { isDone, standingOf } from '../../work/workWords.js';
import { runsAddress } from '../runs/runAddress.js';
import { workAddress } from './workAddress.js';

/** Buttons and links for what can be done with a plan as it stands. */
export function PlanActions({ plan, onChanged }: { readonly plan: WorkPlan; readonly onChanged: () => void }) {
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
      className={emphasised ? 'action' : 'plain'}
      aria-label={`${words}: ${name}`}
      onClick={() => ask(action)}
    >
      {words}
    </button>
  );
  // One that was asked to stop saves first.
  if (asked === 'stop' && standing === 'running')
    return (
      <p className="muted" role="status">
        Saving, then it stops…
      </p>
    );
  return (
    <>
      <p className="actions">
        {standing === 'running' && button('stop', 'Stop')}
        {standing === 'waiting' && button('stop', 'Take out of the queue')}
        {standing === 'stopped' && button('resume', 'Go on', true)}
        {standing === 'new' && button('resume', 'Begin', true)}
        {standing === 'failed' && button('resume', 'Try again')}
        {['done', 'failed', 'stopped'].includes(standing) && <Results plan={plan} done={standing === 'done'} />}
        {['failed', 'new', 'stopped', 'done'].includes(standing) &&
          !jobs.some(hasOwnResults) &&
          button('remove', 'Remove')}
      </p>
      {error !== undefined && <Problem error={error} />}
    </>
  );
}

/** Whether the plan's own folder holds results of it, which no button removes. */
const hasOwnResults = ({ kind, progress, attempts, table }: WorkJob) =>
  kind === 'train' ? progress !== null : kind === 'judge' ? attempts > 0 : table === true;

/** Where the results of a plan are looked at. */
function Results({ plan: { jobs }, done }: { readonly plan: WorkPlan; readonly done: boolean }) {
  const inRuns = jobs.filter(({ runId }) => runId !== null);
  const evaluated = inRuns.find((job) => (job.kind === 'evaluate' || job.kind === 'judge') && isDone(job));
  const shown = evaluated ?? inRuns.find((job) => job.kind === 'train' && job.progress !== null);
  const exported = inRuns.find((job) => job.kind === 'export' && isDone(job));
  const reported = inRuns.find((job) => job.kind === 'report' && isDone(job));
  if (exported)
    return (
      <a className="button-link" download href={serverRuns.fileUrl(exported.runId!, 'model.onnx')!}>
        Save model.onnx
      </a>
    );
  if (!shown) return null;
  const section = evaluated ? 'results' : 'training';
  return (
    <>
      <Link
        className={done ? 'button-link' : undefined}
        href={runsAddress({ kind: 'run', id: shown.runId!, section, evaluation: evaluated?.evaluation })}
      >
        {evaluated ? 'See the results' : 'See how it learned'}
      </Link>
      {reported && (
        <a href={serverRuns.fileUrl(reported.runId!, 'report.html')!} target="_blank" rel="noreferrer">
          Report (opens in a new tab)
        </a>
      )}
    </>
  );
}
