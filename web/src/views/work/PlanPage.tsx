import { Link } from 'wouter';
import type { WorkJob, WorkPlan } from '../../../../src/jobs/work.js';
import { purposeNotice } from '../../../../src/report/page.js';
import { Problem } from '../../components/Problem.js';
import {
  isDone,
  jobAtHand,
  jobStateWords,
  jobWords,
  planTitle,
  standingOf,
  standingWords,
} from '../../work/workWords.js';
import { runsAddress } from '../runs/runAddress.js';
import { LiveCurves } from '../runs/TrainingSection.js';
import { useRun } from '../runs/useRun.js';
import { AnswersTable } from './AnswersTable.js';
import { JobProgress } from './JobProgress.js';
import { NextSteps } from './NextSteps.js';
import { PlanActions } from './PlanActions.js';
import { Whereabouts } from './Whereabouts.js';

/** One plan: how far it is, what went wrong, its jobs, and what to do next. */
export function PlanPage({ plan, onChanged }: { readonly plan: WorkPlan; readonly onChanged: () => void }) {
  const { jobs, error } = plan;
  const running = jobs.filter(({ state, now }) => state === 'running' || now);
  const failed = jobs.filter((job) => job.error && job.state === 'failed');
  const standing = standingOf(plan);
  return (
    <>
      <p className="lead">{planTitle(plan)}</p>
      {/* Read out as it changes; the numbers would be too much. */}
      <p role="status">
        <span className={`state ${standing}`}>{standingWords(plan)}</span>
      </p>
      {error && <Problem error={error} />}
      {failed.map((job) => (
        <FailedJob key={job.id} job={job} named={jobs.length > 1} />
      ))}
      {running.map((job) => (
        <JobProgress key={job.id} job={job} named={jobs.length > 1} />
      ))}
      <Whereabouts plan={plan} />
      <PlanActions plan={plan} onChanged={onChanged} />
      <LiveTraining job={jobAtHand(plan)} named={jobs.length > 1} />
      {jobs
        .filter(({ kind, table }) => kind === 'predict' && table)
        .map((job) => (
          <AnswersTable key={job.id} plan={plan.name} job={job} />
        ))}
      {jobs.length > 1 && <JobTable jobs={jobs} elsewhere={standing === 'elsewhere'} />}
      <Notes jobs={jobs} />
      <NextSteps plan={plan} />
      <p className="small muted">{purposeNotice}</p>
    </>
  );
}

function FailedJob({ job: { id, error, attempts }, named }: { readonly job: WorkJob; readonly named: boolean }) {
  const { message, hint, pageHint } = error!;
  const often = attempts > 1 ? ` (tried ${attempts} times)` : '';
  return <Problem error={{ message: `${named ? `${id}${often}: ` : ''}${message}`, hint: pageHint ?? hint }} />;
}

/** Curves of a training as it goes on; nothing before it has a run folder. */
function LiveTraining({ job, named }: { readonly job: WorkJob | undefined; readonly named: boolean }) {
  if (job?.kind !== 'train' || job.progress === null || job.runId === null) return null;
  return <Curves id={job.runId} of={named ? job.id : 'it'} />;
}

function Curves({ id, of }: { readonly id: string; readonly of: string }) {
  const { run } = useRun(id);
  if (!run || !('recipe' in run.config)) return null;
  return (
    <section aria-labelledby="curves">
      <h2 id="curves">How {of} learns</h2>
      <LiveCurves run={run} />
    </section>
  );
}

function JobTable({ jobs, elsewhere }: { readonly jobs: readonly WorkJob[]; readonly elsewhere: boolean }) {
  return (
    <section aria-labelledby="jobs">
      <h2 id="jobs">Its jobs</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
      <section className="scroll" tabIndex={0} aria-label="Jobs of this plan">
        <table className="stacked">
          <thead>
            <tr>
              <th scope="col">Job</th>
              <th scope="col">What it does</th>
              <th scope="col">State</th>
              <th scope="col" className="number">
                Epochs
              </th>
            </tr>
          </thead>
          <tbody>
            {jobs.map((job) => (
              <tr key={job.id}>
                <th scope="row">{job.id}</th>
                <td data-column="What it does">
                  {job.runId !== null && (job.progress !== null || isDone(job)) ? (
                    <Link
                      href={runsAddress({
                        kind: 'run',
                        id: job.runId,
                        section: job.kind === 'train' ? 'training' : 'results',
                        evaluation: job.evaluation,
                      })}
                    >
                      {jobWords(job)}
                    </Link>
                  ) : (
                    jobWords(job)
                  )}
                </td>
                <td data-column="State">{jobStateWords(job, elsewhere)}</td>
                <td className="number" data-column="Epochs">
                  {job.progress ? `${job.progress.done} of ${job.progress.total}` : '–'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

/** What the jobs said that this server had done, as a terminal would show it. */
function Notes({ jobs }: { readonly jobs: readonly WorkJob[] }) {
  const told = jobs.filter(({ notes }) => notes);
  if (told.length === 0) return null;
  return (
    <details>
      <summary>What it said last</summary>
      {told.map(({ id, notes }) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
        <pre key={id} tabIndex={0} className="work-notes">
          {told.length > 1 ? `${id}\n` : ''}
          {notes!.join('\n')}
        </pre>
      ))}
    </details>
  );
}
