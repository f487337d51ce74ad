import type { WorkPlan } from '../../../../src/jobs/work.js';
import { formatCount } from '../../../../src/report/format.js';
import { isAtSlurm, standingOf } from '../../work/workWords.js';

/** Who has a plan in hand that this server has not: where it is done, who can stop it, and where it would go on. */
export function Whereabouts({ plan }: { readonly plan: WorkPlan }) {
  const { state, holder, slurm } = plan;
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
  if (!slurm || state !== 'resting' || standing === 'done') return null;
  return (
    <p className="aside">
      {slurm.unanswered === undefined
        ? 'It was given to Slurm, where nothing of it waits or runs any more. '
        : `It was given to Slurm, and tasks of it may still wait or run there. ${unanswered(slurm.unanswered)}`}
      What is begun here is done on this machine, and nothing twice. In a terminal,{' '}
      <code>lesionlab jobs &lt;folder&gt; --resume --on slurm</code> gives the rest to Slurm again.
    </p>
  );
}

function atSlurm({ running, waiting, reasons }: NonNullable<WorkPlan['slurm']>): string {
  const tasks = (count: number, one: string, several: string) =>
    count === 0 ? [] : [`${formatCount(count)} ${count === 1 ? one : several}`];
  const counts = [...tasks(running, 'task runs', 'tasks run'), ...tasks(waiting, 'task waits', 'tasks wait')];
  const why = reasons.length > 0 ? ` (Slurm says why: ${reasons.join(', ')})` : '';
  return `There ${counts.join(', ')}${why}. `;
}

const unanswered = (why: string) => `Slurm can’t be asked from here at this moment: ${why.replace(/\.?$/, '.')} `;
