import type { WorkPlan } from '../../../../src/jobs/work.js';
import { formatCount } from '../../../../src/report/format.js';
import { isAtSlurm, standingOf } from '../../work/workWords.js';

/** Who has a plan in hand that this server has not: where it is done, who can stop it, and where it would go on. */
export function Whereabouts({ plan }: { readonly plan: WorkPlan }) {
  const { name, state, holder, queued, slurm } = plan;
  const standing = standingOf(plan);
  if (standing === 'elsewhere')
    return (
      <p className="aside">
        {holder
          ? `${holder} has it in hand: on this machine, on a queue or on a cluster. It can be stopped where that was started, with Ctrl-C, and is saved then. `
          : isAtSlurm(plan)
            ? 'It was given to Slurm, and needs nobody to stay with it. '
            : 'It is done elsewhere, and whoever asked for it has gone: what has begun is done and saved all the same. '}
        {isAtSlurm(plan) && atSlurm(slurm!)}
        {slurm?.unanswered !== undefined && unanswered(slurm.unanswered)}
        This page follows it by what lies in its folder.
      </p>
    );
  if ((!slurm && !queued) || state !== 'resting' || standing === 'done') return null;
  return (
    <p className="aside">
      {slurm && slurm.unanswered === undefined
        ? 'It was given to Slurm, where nothing of it waits or runs any more. '
        : slurm
          ? `It was given to Slurm, and tasks of it may still wait or run there. ${unanswered(slurm.unanswered!)}`
          : 'It was given to a queue, which can’t be asked from here: jobs of it may still wait there for a worker. '}
      What is begun from this page is done on this machine, and nothing is done twice. In a terminal,{' '}
      <code>
        lesionlab jobs &lt;runs&gt;/{name} --resume --on {slurm ? 'slurm' : 'redis://…'}
      </code>{' '}
      gives {slurm ? 'Slurm' : 'the queue'} the rest again.
    </p>
  );
}

function atSlurm({ running, waiting, reasons }: NonNullable<WorkPlan['slurm']>): string {
  const tasks = (count: number, one: string, several: string) =>
    count === 0 ? [] : [`${formatCount(count)} ${count === 1 ? one : several}`];
  const counts = [...tasks(running, 'task runs', 'tasks run'), ...tasks(waiting, 'task waits', 'tasks wait')];
  const why = reasons.length > 0 ? ` (Slurm says why: ${reasons.join(', ')})` : '';
  return `${counts.join(', ')} there${why}. `;
}

const unanswered = (why: string) => `Slurm can’t be asked from here at this moment: ${why.replace(/\.?$/, '.')} `;
