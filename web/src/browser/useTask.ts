import { useEffect, useState } from 'react';
import { idleTask, TaskRunner, type TaskState, type Work } from './taskRunner.js';

export interface Task extends TaskState {
  /** Runs something; what was running is cancelled. */
  run(work: Work): Promise<void>;
  cancel(): void;
}

/** Something that takes a while, as long as its component is seen: how far it is, how long it will take, what went wrong, and how to cancel it. */
export function useTask(): Task {
  const [state, setState] = useState(idleTask);
  const [{ run, cancel }] = useState(() => {
    const runner = new TaskRunner((next) => setState((before) => ({ ...before, ...next })));
    return { run: (work: Work) => runner.run(work), cancel: () => runner.cancel() };
  });
  useEffect(() => cancel, [cancel]);
  return { ...state, run, cancel };
}
