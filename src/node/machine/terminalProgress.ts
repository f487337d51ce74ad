import type { Progress, ProgressTask } from '../../progress.js';
import { silentProgress } from '../../progress.js';
import { formatDuration } from './formatQuantity.js';
import { RateMeter } from './rateMeter.js';

/** What is needed of `process.stderr`. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** How much progress says. */
export interface TerminalProgressOptions {
  /** Says nothing at all. */
  readonly quiet?: boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Seconds; tests bring their own clock. */
  readonly now?: () => number;
}

/** Redraws a second on a terminal; seconds between lines elsewhere; a task that ends sooner than `shortTask` isn't worth a line. */
const redrawsPerSecond = 10;
const secondsBetweenLines = 30;
const shortTask = 2;

/**
 * Progress for people: on a terminal one line that is redrawn in place, elsewhere (a file, a log) a line at the start and
 * at the end of a long task and one every 30 seconds between.
 */
export function terminalProgress(stream: TerminalStream, options: TerminalProgressOptions = {}): Progress {
  if (options.quiet) return silentProgress;
  const environment = options.environment ?? process.env;
  const now = options.now ?? (() => performance.now() / 1000);
  return stream.isTTY && environment.TERM !== 'dumb'
    ? redrawnProgress(stream, environment, now)
    : loggedProgress(stream, now);
}

function redrawnProgress(
  stream: TerminalStream,
  environment: Readonly<Record<string, string | undefined>>,
  now: () => number,
): Progress {
  const coloured = !environment.NO_COLOR;
  const running: RunningTask[] = [];
  let drawnAt = Number.NEGATIVE_INFINITY;
  const clear = '\r\u001b[2K';

  const draw = () => {
    const task = running.at(-1);
    drawnAt = now();
    stream.write(clear + (task ? task.line((stream.columns || 80) - 1, coloured) : ''));
  };
  return {
    start(label, total) {
      const task = new RunningTask(label, total, now);
      running.push(task);
      draw();
      return {
        update(done, detail, secondsLeft) {
          task.update(done, detail, secondsLeft);
          if (running.at(-1) === task && now() - drawnAt >= 1 / redrawsPerSecond) draw();
        },
        end() {
          const position = running.indexOf(task);
          if (position < 0) return;
          running.splice(position, 1);
          stream.write(task.seconds >= shortTask ? `${clear}${task.summary()}\n` : clear);
          if (running.length > 0) draw();
        },
      };
    },
    note(line) {
      stream.write(`${running.length > 0 ? clear : ''}${line}\n`);
      if (running.length > 0) draw();
    },
  };
}

function loggedProgress(stream: TerminalStream, now: () => number): Progress {
  return {
    start(label, total): ProgressTask {
      const task = new RunningTask(label, total, now);
      let lastLine: number | undefined;
      let ended = false;
      return {
        update(done, detail, secondsLeft) {
          task.update(done, detail, secondsLeft);
          if (lastLine === undefined ? task.seconds < shortTask : now() - lastLine < secondsBetweenLines) return;
          lastLine = now();
          stream.write(`${task.line(Number.POSITIVE_INFINITY, false)}\n`);
        },
        end() {
          if (!ended && task.seconds >= shortTask) stream.write(`${task.summary()}\n`);
          ended = true;
        },
      };
    },
    note(line) {
      stream.write(`${line}\n`);
    },
  };
}

class RunningTask {
  readonly #label: string;
  readonly #total: number | undefined;
  readonly #now: () => number;
  readonly #start: number;
  readonly #meter: RateMeter;
  /** Undefined for as long as nobody has said. */
  #done: number | undefined;
  #detail = '';
  #secondsLeft: number | null | undefined;

  constructor(label: string, total: number | undefined, now: () => number) {
    this.#label = label;
    this.#total = total;
    this.#now = now;
    this.#start = now();
    this.#meter = new RateMeter(this.#start);
  }

  get seconds(): number {
    return this.#now() - this.#start;
  }

  update(done: number, detail?: string, secondsLeft?: number | null): void {
    this.#done = done;
    this.#secondsLeft = secondsLeft;
    if (detail !== undefined) this.#detail = detail;
    this.#meter.add(this.#now(), done);
  }

  /** The running line, at most `width` columns: parts are left out, the least important first, until it fits. */
  line(width: number, coloured: boolean): string {
    const total = this.#total;
    const done = this.#done ?? 0;
    const rate = this.#meter.rate();
    const percent = total === undefined ? '' : `${Math.floor((100 * done) / Math.max(total, 1))}%`;
    const count = total === undefined ? `${round(done)}` : `${round(done)}/${round(total)} ${percent}`;
    const speed = rate === undefined ? '' : `${formatRate(rate)}/s`;
    const secondsLeft = this.#secondsLeft === undefined ? this.#forecast() : this.#secondsLeft;
    const left = secondsLeft === null ? '' : `${formatDuration(secondsLeft)} left`;
    const detail = this.#detail;
    const choices = [[count, speed, left, detail]];
    if (detail) choices.push([count, left, detail], [percent || count, left, detail], [left || count, detail]);
    for (const parts of [...choices, [count, speed, left], [count, left], [count]]) {
      const text = parts.filter(Boolean).join('  ');
      const needed = this.#label.length + 2 + text.length;
      const barWidth = total === undefined || width === Infinity ? 0 : Math.min(30, width - needed - 2);
      if (barWidth >= 8) return `${this.#label}  ${bar(done / Math.max(1, total!), barWidth, coloured)}  ${text}`;
      if (needed <= width) return `${this.#label}  ${text}`;
    }
    return this.#label.slice(0, Math.max(0, width));
  }

  /** Seconds that are left, by the speed of the last units. */
  #forecast(): number | null {
    const rate = this.#meter.rate();
    return !rate || this.#total === undefined ? null : Math.max(0, this.#total - (this.#done ?? 0)) / rate;
  }

  summary(): string {
    const seconds = formatDuration(this.seconds);
    const [total, done] = [this.#total, this.#done];
    if (total !== undefined && done !== undefined && done < total)
      return `${this.#label}: stopped at ${round(done)} of ${round(total)} after ${seconds}`;
    return `${this.#label}: done${done ? `, ${round(done)}` : ''} in ${seconds}`;
  }
}

const round = (count: number) => (Number.isInteger(count) ? String(count) : count.toFixed(1));
const formatRate = (rate: number) => (rate >= 100 ? rate.toFixed(0) : rate >= 10 ? rate.toFixed(1) : rate.toFixed(2));

function bar(share: number, width: number, coloured: boolean): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  const [done, rest] = ['━'.repeat(full), '─'.repeat(width - full)];
  return coloured ? `\u001b[36m${done}\u001b[2m${rest}\u001b[0m` : `${done}${rest}`;
}
