import { formatDuration } from '../../../src/report/format.js';

export interface ProgressBarProps {
  readonly label: string;
  /** Done so far and in all; without them the bar only says that something is going on. */
  readonly done?: number;
  readonly total?: number;
  /** Seconds left, where they can be told. */
  readonly secondsLeft?: number;
}

/** How far something is, with an estimate of the time left. */
export function ProgressBar({ label, done, total, secondsLeft }: ProgressBarProps) {
  const known = done !== undefined && total !== undefined && total > 0;
  return (
    <div className="progress">
      <label>
        <span>{label}</span>
        <progress {...(known ? { value: done, max: total } : {})} />
      </label>
      <span className="muted small">
        {known && `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`}
        {secondsLeft !== undefined && Number.isFinite(secondsLeft) && `, about ${formatDuration(secondsLeft)} left`}
      </span>
    </div>
  );
}
