import { join } from 'node:path';
import { type AttemptLine, attemptLine } from '../../jobs/attempt.js';
import type { PlannedJob } from '../../jobs/plan.js';
import { appendJsonLine, readJsonLines } from '../files/jsonLines.js';
import { journalFolder } from './openedPlan.js';

/** The journal of a job: a line for each try that began, and one for how it ended. */
export const journalFile = (planFolder: string, id: string): string => join(journalFolder(planFolder), `${id}.jsonl`);

/** @throws LesionlabError kind `run` naming the line that is none */
export const readJournal = (planFolder: string, id: string): Promise<AttemptLine[]> =>
  readJsonLines(journalFile(planFolder, id), attemptLine);

/** To be called by whoever has the job's folder. */
export const appendAttempt = (planFolder: string, id: string, line: AttemptLine): Promise<void> =>
  appendJsonLine(journalFile(planFolder, id), line);

/** Tries that began in a call, but for those that were asked to stop: a cluster's time limit does so again and again, and nothing is wrong with the job. */
export function triesOf(lines: readonly AttemptLine[], call: string): number {
  const count = (event: AttemptLine['event']) =>
    lines.filter((line) => line.event === event && line.call === call).length;
  return count('began') - count('interrupted');
}

/** Tries of a call that were stopped one after another, up to now, before any of them had saved something new. */
export function stopsInVain(lines: readonly AttemptLine[], call: string): number {
  const ends = lines.filter((line) => line.call === call && line.event !== 'began');
  const last = ends.findLastIndex((line) => line.event !== 'interrupted' || line.advanced !== false);
  return ends.length - 1 - last;
}

/** The last line that says how a try ended, where none has begun since. */
export function lastEnd(lines: readonly AttemptLine[]): Exclude<AttemptLine, { event: 'began' }> | undefined {
  const last = lines.at(-1);
  return last?.event === 'began' ? undefined : last;
}

/** The job as it was when it was last begun; undefined where it never was. */
export const lastBegun = (lines: readonly AttemptLine[]): Partial<PlannedJob> | undefined => {
  const line = lines.findLast(({ event }) => event === 'began');
  return line?.event === 'began' ? (line.job as Partial<PlannedJob>) : undefined;
};
