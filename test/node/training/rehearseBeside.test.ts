import { expect, it, vi } from 'vitest';
import { makeTurnstile } from '../../../src/node/machine/turnstile.js';
import { rehearseBeside } from '../../../src/node/training/rehearseBeside.js';
import type { TrainThread } from '../../../src/node/training/trainThread.js';
import type { TrainEvent } from '../../../src/training/events.js';
import { resolveRecipe } from '../../../src/training/index.js';

const { recipe } = resolveRecipe('lenet', { imageSize: 32, batchSize: 10, epochs: 10 });
const dataset = {
  info: { name: 'Moles', classes: [{ id: 'a' }, { id: 'b' }] },
  records: new Array(1000).fill({}),
} as never as Parameters<typeof rehearseBeside>[2];

type Rehearse = TrainThread['rehearse'];

function begin(opened: Promise<void>, rehearse: Rehearse = async () => ({ step: 0.1, augmented: 0 })) {
  const notes: string[] = [];
  const turnstile = makeTurnstile();
  const note = (line: string) => void notes.push(line);
  return { notes, turnstile, rehearsal: rehearseBeside({ note }, recipe, dataset, { opened, rehearse }, turnstile) };
}

const later = () => new Promise((resolve) => setTimeout(resolve, 5));
const step = (at: number, secondsLeft: number) =>
  ({ type: 'step', record: { step: at }, steps: 640, secondsLeft }) as TrainEvent;

it('says at once what a run will do, and how long it takes once its network stands open', async () => {
  const { notes, rehearsal } = begin(Promise.resolve());
  expect(notes).toEqual([
    expect.stringMatching(/^1,000 images of Moles: LeNet at 32 pixels, 10 epochs, 640 steps of 10 images; disk: /),
  ]);
  await later();
  await rehearsal.end();
  // 640 steps of 0.1 s, and a twelfth of that for validation.
  expect(notes.slice(1)).toEqual(['Training will take about 1 min 9 s.']);
  // It is said once.
  for (const at of [1, 2, 3]) rehearsal.hear(step(at, 50));
  expect(notes.length).toBe(2);
});

it('images wait while steps are timed', async () => {
  let finish!: () => void;
  const timed = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { turnstile, rehearsal } = begin(Promise.resolve(), async () => {
    await timed;
    return { step: 0.1, augmented: 0 };
  });
  await later();
  let isRead = false;
  const reading = turnstile.pass(async () => {
    isRead = true;
  });
  await later();
  expect(isRead).toBe(false);
  finish();
  await Promise.all([reading, rehearsal.end()]);
  expect(isRead).toBe(true);
});

it('begins nothing once the images are there: steps of the training tell, once they are as fast as they will be', async () => {
  let rehearsed = 0;
  let open!: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { notes, rehearsal } = begin(opened, async () => {
    rehearsed += 1;
    return { step: 0.1, augmented: 0 };
  });
  await rehearsal.end();
  open();
  await later();
  const began = Date.now();
  const clock = vi.spyOn(Date, 'now');
  // Milliseconds, steps, and what is forecast: too much until the first steps, which are slow, are few among the others.
  for (const [after, at, forecast] of [
    [0, 2, 900],
    [20, 4, 500],
    [40, 6, 300],
    [600, 50, 60],
    [700, 58, 59],
  ]) {
    clock.mockReturnValue(began + after);
    rehearsal.hear(step(at, forecast));
    expect([rehearsed, notes.length]).toEqual([0, after < 500 ? 1 : 2]);
  }
  clock.mockRestore();
  expect(notes.slice(1)).toEqual(['Training will take about 1 min 0 s.']);
});

it('a short training is over before there is anything to tell', async () => {
  const { notes, rehearsal } = begin(new Promise(() => {}));
  await rehearsal.end();
  for (const at of [320, 640]) rehearsal.hear(step(at, 1));
  expect(notes.length).toBe(1);
});

it.each([
  ['the network does not open', () => Promise.reject(new Error('no memory')), undefined],
  ['a step fails', () => Promise.resolve(), () => Promise.reject(new Error('no memory'))],
])('stops the images where %s', async (_, open, rehearse) => {
  const { turnstile, rehearsal, notes } = begin(open(), rehearse);
  await later();
  await expect(turnstile.pass(async () => {})).rejects.toThrow('no memory');
  await expect(rehearsal.end()).rejects.toThrow('no memory');
  expect(notes.length).toBe(1);
});
