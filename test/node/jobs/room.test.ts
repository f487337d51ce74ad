import { describe, expect, it } from 'vitest';
import type { PlannedJob } from '../../../src/jobs/plan.js';
import { createRoom } from '../../../src/node/jobs/here/room.js';

const job = (id: string, threads = 1, preset = 'head') =>
  ({ id, kind: 'train', threads, settings: { preset, split: { kind: 'fold', fold: 0, folds: 3 } } }) as PlannedJob;
const gigabyte = 2 ** 30;

function machine(options: { cores?: number; free?: number; beside?: number; order?: readonly PlannedJob[] } = {}) {
  const clock = { now: 0, free: options.free ?? 100 * gigabyte };
  const room = createRoom({
    cores: options.cores ?? 4,
    available: () => clock.free,
    beside: options.beside,
    order: options.order,
    now: () => clock.now,
  });
  const inside: string[] = [];
  const ask = (one: PlannedJob) => room.enter(one).then((enters) => enters && inside.push(one.id));
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  /** Trains for a moment, with so much memory. */
  const train = async (one: PlannedJob, bytes: number) => {
    const process = {};
    room.assign(one, process);
    room.works(one);
    clock.now += 5000;
    room.measure(process, bytes);
    await settle();
  };
  return { room, inside, ask, settle, train, clock };
}

describe('room for jobs', () => {
  it('goes to what follows a training before the next training, as the plan has them', async () => {
    const order = ['a', 'a-evaluate', 'b', 'b-evaluate'].map((id) => job(id));
    const { room, inside, ask, settle } = machine({ cores: 1, order });
    const [a, ofA, b] = order;
    ask(b);
    ask(a);
    await settle();
    expect(inside).toEqual(['b']);
    room.leave(b);
    ask(order[3]);
    await settle();
    expect(inside).toEqual(['b', 'a']);
    room.leave(a);
    ask(ofA);
    await settle();
    expect(inside).toEqual(['b', 'a', 'a-evaluate']);
    room.leave(ofA);
    await settle();
    expect(inside).toEqual(['b', 'a', 'a-evaluate', 'b-evaluate']);
  });

  it('is measured with the first, then as many begin as cores allow', async () => {
    const { room, inside, ask, settle, train } = machine({ cores: 3 });
    const jobs = ['a', 'b', 'c', 'd'].map((id) => job(id));
    jobs.forEach(ask);
    await settle();
    expect(inside).toEqual(['a']);
    await train(jobs[0], gigabyte);
    expect(inside).toEqual(['a', 'b', 'c']);
    room.leave(jobs[1]);
    await settle();
    expect(inside).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is as large as the memory that is left, what those inside will still take counted', async () => {
    const { inside, ask, settle, train, clock } = machine({ free: 3 * gigabyte });
    const jobs = ['a', 'b', 'c'].map((id) => job(id));
    jobs.forEach(ask);
    await settle();
    await train(jobs[0], 2 * gigabyte);
    // b has come, and will need 2.3 of the 3 that are left: nothing for c.
    expect(inside).toEqual(['a', 'b']);
    clock.free = 0.5 * gigabyte;
    await train(jobs[1], 2 * gigabyte);
    expect(inside).toEqual(['a', 'b']);
    clock.free = 4 * gigabyte;
    await train(jobs[1], 2 * gigabyte);
    expect(inside).toEqual(['a', 'b', 'c']);
  });

  it('lets one job in whatever it needs, and no other kind beside one that is not measured', async () => {
    const { inside, ask, settle } = machine({ cores: 2, free: 0 });
    ask(job('large', 64));
    ask(job('other', 1, 'demo'));
    await settle();
    expect(inside).toEqual(['large']);
  });

  it('keeps to the number that was asked for, and is closed at once', async () => {
    const { room, inside, ask, settle, train } = machine({ beside: 1 });
    const jobs = ['a', 'b'].map((id) => job(id));
    jobs.forEach(ask);
    await settle();
    await train(jobs[0], 1);
    expect(inside).toEqual(['a']);
    room.close();
    room.leave(jobs[0]);
    await settle();
    expect(inside).toEqual(['a']);
    expect(await room.enter(job('c'))).toBe(false);
  });
});
