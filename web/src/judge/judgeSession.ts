import type { JudgedReaders } from '../../../src/evaluation/readers/judgeReaders.js';
import type { PickedFile } from '../browser/pickedFiles.js';
import { makeStore } from '../browser/store.js';
import { WorkerCalls } from '../browser/workerCalls.js';
import type { FileRole } from './fileRoles.js';
import type { GivenFile } from './givenFiles.js';
import type { JudgeFunctions } from './judgeWorker.js';

/** What this page judges; it stays while other views are looked at. */
export interface JudgeSession {
  /** All that was given, networks and what belongs to them included. */
  readonly picked: readonly PickedFile[];
  /** What was found in it. */
  readonly given: readonly GivenFile[];
  /** What the reader says each is for, by key. */
  readonly roles: Readonly<Record<string, FileRole>>;
  /** Counts up with every change of the files, so that forms begin anew. */
  readonly generation: number;
  readonly result: JudgeResult | undefined;
}

/** What came of judging. */
export type JudgeResult =
  | {
      readonly kind: 'run';
      /** Of the run, among the runs of the page. */
      readonly id: string;
      readonly name: string;
      /** Of its folder, by their places. */
      readonly texts: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'readers'; readonly name: string; readonly found: JudgedReaders };

const session = makeStore<JudgeSession>({ picked: [], given: [], roles: {}, generation: 0, result: undefined });

/** What is judged, in a component. */
export const useJudging = session.use;
export const { change: changeJudging } = session;

let calls: WorkerCalls<JudgeFunctions> | undefined;

/** The worker that reads and judges; it is started when it is first needed. */
export function judgeCalls(): WorkerCalls<JudgeFunctions> {
  if (calls?.failed) calls = undefined;
  calls ??= new WorkerCalls<JudgeFunctions>(
    new Worker(new URL('./judgeWorker.ts', import.meta.url), { type: 'module', name: 'judge' }),
  );
  return calls;
}

/** Adds files to those that were given; of two with one path the later counts. */
export async function giveFiles(
  more: readonly PickedFile[],
  options: Parameters<WorkerCalls<JudgeFunctions>['call']>[2] = {},
): Promise<void> {
  const pathOf = ({ folders, file }: PickedFile) => [...folders, file.name].join('/');
  const byPath = new Map([...session.get().picked, ...more].map((one) => [pathOf(one), one]));
  await lookInto([...byPath.values()], options);
}

/** Forgets all that was given. */
export const forgetFiles = (): void => {
  calls?.close();
  calls = undefined;
  session.change({ picked: [], given: [], roles: {}, generation: session.get().generation + 1, result: undefined });
};

async function lookInto(
  picked: readonly PickedFile[],
  options: Parameters<WorkerCalls<JudgeFunctions>['call']>[2],
): Promise<void> {
  const root = `${picked.length} files`;
  const given = await judgeCalls().call('take', { root, files: picked }, options);
  const roles = Object.fromEntries(given.map(({ key, role }) => [key, role]));
  session.change({
    picked,
    given,
    // What somebody said stays.
    roles: { ...roles, ...session.get().roles },
    generation: session.get().generation + 1,
    result: undefined,
  });
}
