import type { TaskState } from '../browser/taskRunner.js';
import { ProgressBar } from './ProgressBar.js';

interface WaitingProps {
  readonly task: TaskState & { cancel(): void };
  /** Until the work itself says what it does. */
  readonly label: string;
}

/** How far something is that takes a while, and the button that ends it. */
export function Waiting({ task, label }: WaitingProps) {
  return (
    <section className="under-way" aria-label={label}>
      {/* Read out as it changes; the numbers would be too much. */}
      <p className="unseen" role="status">
        {task.report?.label ?? label}
      </p>
      <ProgressBar label={task.report?.label ?? label} {...task.report} />
      <button type="button" className="plain" onClick={task.cancel}>
        Cancel
      </button>
    </section>
  );
}
