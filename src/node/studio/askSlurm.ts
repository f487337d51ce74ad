import { setTimeout as pause } from 'node:timers/promises';
import type { WorkAtSlurm } from '../../jobs/work.js';
import type { OpenedPlan } from '../jobs/openedPlan.js';
import { type CallSlurm, callSlurm, SlurmRefusal } from '../jobs/slurm/callSlurm.js';
import { nothingThere, readAtSlurm, wasAtSlurm } from '../jobs/slurm/readAtSlurm.js';

/** Tells what Slurm has of a plan, for a page that asks again and again; undefined for one that was never given to it. */
export type AskSlurm = (opened: OpenedPlan) => Promise<WorkAtSlurm | undefined>;

/** Milliseconds: how long an answer is good for, and how long one is waited for. */
const usualTiming = { good: 5000, patience: 2000 };

/**
 * Asks Slurm for plans that were submitted to it, once for all of them and no more than once at a time. Where it is slow or away, what it said last
 * stands, with why it is not known now.
 */
export function createAskSlurm(call: CallSlurm = callSlurm, timing = usualTiming): AskSlurm {
  const shared = sharedAnswers(call, timing);
  const known = new Map<string, WorkAtSlurm>();
  return async (opened) => {
    if (!wasAtSlurm(opened)) return undefined;
    const said = await readAtSlurm(shared, opened);
    if (said.unanswered === undefined) known.set(opened.hash, said);
    else return { ...(known.get(opened.hash) ?? nothingThere), unanswered: said.unanswered };
    return said;
  };
}

/** Of the same question one answer for a while; who asks while it is still to come waits as long as is left of the patience, counted from when it was put. */
function sharedAnswers(call: CallSlurm, { good, patience }: typeof usualTiming): CallSlurm {
  const asked = new Map<string, { readonly answer: Promise<string>; readonly late: number; ended?: number }>();
  return async (program, words) => {
    const question = [program, ...words].join(' ');
    let one = asked.get(question);
    if (!one || (one.ended !== undefined && Date.now() - one.ended >= good)) {
      const put: typeof one = { answer: call(program, words), late: Date.now() + patience };
      const end = () => {
        put.ended = Date.now();
      };
      put.answer.then(end, end);
      asked.set(question, put);
      one = put;
    }
    if (one.ended !== undefined) return await one.answer;
    const late = pause(Math.max(0, one.late - Date.now()), undefined, { ref: false }).then((): never => {
      throw new SlurmRefusal('it has not answered yet');
    });
    return await Promise.race([one.answer, late]);
  };
}
