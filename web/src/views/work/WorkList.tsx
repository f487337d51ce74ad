import { Link } from 'wouter';
import type { WorkPlan, WorkState } from '../../../../src/jobs/work.js';
import { planTitle, shownName, standingOf, standingWords } from '../../work/workWords.js';
import { JobProgress } from './JobProgress.js';
import { PlanActions } from './PlanActions.js';
import { type WorkKind, workAddress } from './workAddress.js';

const beginnings: readonly (readonly [kind: WorkKind, title: string, words: string])[] = [
  ['train', 'Train', 'A network learns from your data, on this machine.'],
  ['evaluate', 'Evaluate', 'How good a trained network is on test images, or on other data.'],
  ['predict', 'Ask', 'What a trained network says of a folder of images.'],
  ['judge', 'Judge', 'Somebody’s table of predictions, beside what is true.'],
  ['export', 'Export', 'A trained network as one file, for other programs.'],
];

/** What can be begun, and everything that waits, runs, or is done. */
export function WorkList({ work, onChanged }: { readonly work: WorkState; readonly onChanged: () => void }) {
  const { plans } = work;
  const open = plans.filter((plan) => ['running', 'waiting', 'elsewhere'].includes(standingOf(plan)));
  const rest = plans.filter((plan) => !open.includes(plan));
  return (
    <>
      <p className="lead">
        What this machine does for you: it goes on when this page is closed, and is saved when it is stopped.
      </p>
      <ul className="work-kinds">
        {beginnings.map(([kind, title, words]) => (
          <li key={kind}>
            <Link href={workAddress({ at: 'new', kind })} aria-describedby={`about-${kind}`}>
              {title}
            </Link>
            <span className="small muted" id={`about-${kind}`}>
              {words}
            </span>
          </li>
        ))}
      </ul>
      <section aria-labelledby="queue">
        <h2 id="queue">At work</h2>
        {open.length === 0 && <p className="absent">Nothing runs, and nothing waits.</p>}
        <ul className="work-plans">
          {open.map((plan) => (
            <PlanItem key={plan.name} plan={plan} onChanged={onChanged} />
          ))}
        </ul>
      </section>
      {rest.length > 0 && (
        <section aria-labelledby="rest">
          <h2 id="rest">Done, stopped and failed</h2>
          <ul className="work-plans">
            {rest.map((plan) => (
              <PlanItem key={plan.name} plan={plan} onChanged={onChanged} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function PlanItem({ plan, onChanged }: { readonly plan: WorkPlan; readonly onChanged: () => void }) {
  const { name, jobs, error, since } = plan;
  const failed = jobs.find((job) => job.state === 'failed');
  const running = jobs.filter(({ state, now }) => state === 'running' || now);
  return (
    <li>
      <h3>
        <Link href={workAddress({ at: 'plan', name })}>{shownName(name)}</Link>
      </h3>
      <p className="muted small">
        {planTitle(plan)}, <time dateTime={since}>{formatTime(since)}</time>
      </p>
      <p>
        <span className={`state ${standingOf(plan)}`}>{standingWords(plan)}</span>
      </p>
      {running.slice(0, 3).map((job) => (
        <JobProgress key={job.id} job={job} named={jobs.length > 1} />
      ))}
      {(error ?? failed?.error) && <p className="small">{(error ?? failed?.error)?.message}</p>}
      <PlanActions plan={plan} onChanged={onChanged} listed />
    </li>
  );
}

/** `20 minutes ago` would change while it is read. */
const formatTime = (iso: string) => new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
