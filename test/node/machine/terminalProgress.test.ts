import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration } from '../../../src/node/machine/formatQuantity.js';
import { terminalProgress } from '../../../src/node/machine/terminalProgress.js';

/** A stream that remembers, and a clock that stands still until it is told. */
function setUp(
  options: { isTTY?: boolean; columns?: number; environment?: Record<string, string>; quiet?: boolean } = {},
) {
  let time = 100;
  let text = '';
  const stream = {
    isTTY: options.isTTY,
    columns: options.columns,
    write: (part: string) => {
      text += part;
    },
  };
  const { environment = {}, quiet } = options;
  const progress = terminalProgress(stream, { environment, quiet, now: () => time });
  return { progress, wait: (seconds: number) => (time += seconds), text: () => text };
}
const esc = '\u001b';
/** What stands on the screen's lines in the end. */
const screen = (text: string) =>
  text
    .split('\n')
    .map((line) => line.split(`${esc}[2K`).at(-1)!.replaceAll(/\r/g, ''))
    .map((line) => line.replaceAll(new RegExp(`${esc}\\[\\d+m`, 'g'), ''));

describe('progress on a terminal', () => {
  it('redraws one line with bar, count, rate, time left and detail', () => {
    const { progress, wait, text } = setUp({ isTTY: true, columns: 120 });
    const task = progress.start('Training', 200);
    for (let done = 10; done <= 100; done += 10) {
      wait(1);
      task.update(done, 'loss 1.234');
    }
    expect(text()).not.toContain('\n');
    expect(screen(text()).at(-1)).toMatch(/^Training {2}━+─+ {2}100\/200 50% {2}10\.0\/s {2}10 s left {2}loss 1\.234$/);
    task.end();
    expect(screen(text())).toEqual(['Training: stopped at 100 of 200 after 10 s', '']);
  });

  it('what stops before its first unit is not done; of what never told a number, the end alone is known', () => {
    const { progress, wait, text } = setUp({ isTTY: true, columns: 120 });
    const plan = progress.start('Plan', 7);
    plan.update(0, 'fold-1 training 3%');
    wait(5);
    plan.end();
    const silent = progress.start('Reading', 3);
    wait(5);
    silent.end();
    expect(screen(text())).toEqual(['Plan: stopped at 0 of 7 after 5.0 s', 'Reading: done in 5.0 s', '']);
  });

  it.each([100, 60, 40, 20, 8])('never exceeds %i columns', (columns) => {
    const { progress, wait, text } = setUp({ isTTY: true, columns, environment: { NO_COLOR: '1' } });
    const task = progress.start('Painting synthetic images', 12345);
    for (let done = 1; done < 12345; done += 500) {
      wait(1);
      task.update(done, 'a detail of some length');
      expect(screen(text()).at(-1)!.length).toBeLessThan(columns);
    }
  });

  it('shows the time left that the work itself tells', () => {
    const { progress, wait, text } = setUp({ isTTY: true, columns: 120 });
    const task = progress.start('Training', 200);
    for (let done = 10; done <= 100; done += 10) {
      wait(1);
      task.update(done, 'loss 1.234', 3 * (200 - done));
    }
    expect(screen(text()).at(-1)).toContain('100/200 50%  10.0/s  5 min 0 s left  loss 1.234');
    wait(1);
    task.update(110, 'loss 1.234', null);
    expect(screen(text()).at(-1)).toContain('110/200 55%  10.0/s  loss 1.234');
  });

  it('respects NO_COLOR, and is plain on a dumb terminal', () => {
    for (const [environment, coloured] of [
      [{}, true],
      [{ NO_COLOR: '1' }, false],
    ] as const) {
      const { progress, text } = setUp({ isTTY: true, columns: 80, environment });
      progress.start('Work', 10).update(1);
      expect(text().includes(`${esc}[36m`)).toBe(coloured);
    }
    const { progress, text } = setUp({ isTTY: true, environment: { TERM: 'dumb' } });
    progress.start('Work', 10).update(1);
    expect(text()).toBe('');
  });

  it('redraws at most ten times a second', () => {
    const { progress, wait, text } = setUp({ isTTY: true });
    const task = progress.start('Work', 100_000);
    for (let i = 0; i < 10_000; i++) {
      wait(0.0001);
      task.update(i);
    }
    expect(text().split('\r').length).toBeLessThan(15);
  });

  it('keeps notes above the line, and goes back to the outer task', () => {
    const { progress, wait, text } = setUp({ isTTY: true, columns: 80 });
    const outer = progress.start('Outer', 2);
    const inner = progress.start('Inner', 2);
    progress.note('something to know');
    wait(3);
    inner.end();
    expect(screen(text())).toEqual(['something to know', 'Inner: done in 3.0 s', expect.stringMatching(/^Outer/)]);
    outer.end();
    outer.end();
  });

  it('does not count what was done before it began', () => {
    const { progress, wait, text } = setUp({ isTTY: true, columns: 120 });
    const task = progress.start('Training', 1000);
    task.update(500);
    wait(10);
    task.update(510);
    expect(screen(text()).at(-1)).toContain('1.00/s');
  });
});

describe('progress elsewhere', () => {
  it('writes a line early, every 30 seconds, and at the end of a long task', () => {
    const { progress, wait, text } = setUp();
    const task = progress.start('Training', 1000);
    for (let second = 1; second <= 100; second++) {
      wait(1);
      task.update(second * 10);
    }
    task.end();
    task.end();
    const lines = text().trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^Training {2}320\/1000 32% {2}10\.0\/s {2}1 min 8 s left$/);
    expect(lines.at(-1)).toBe('Training: done, 1000 in 1 min 40 s');
  });

  it('is silent about short tasks, and with --quiet about everything', () => {
    const short = setUp();
    const task = short.progress.start('Work', 10);
    short.wait(1);
    task.update(10);
    task.end();
    expect(short.text()).toBe('');
    const quiet = setUp({ isTTY: true, quiet: true });
    quiet.progress.note('x');
    const loud = quiet.progress.start('Work', 10);
    quiet.wait(60);
    loud.update(5);
    loud.end();
    expect(quiet.text()).toBe('');
  });
});

describe('quantities', () => {
  it.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.6, '1 min 0 s'],
    [200, '3 min 20 s'],
    [3600, '1 h 0 min'],
    [7499, '2 h 5 min'],
  ])('%f seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
  it.each([
    [0, '0 bytes'],
    [812, '812 bytes'],
    [1024, '1.0 KiB'],
    [1.5 * 2 ** 30, '1.5 GiB'],
    [2 ** 40 - 1, '1.0 TiB'],
  ])('%f bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});
