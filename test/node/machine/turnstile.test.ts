import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { makeTurnstile } from '../../../src/node/machine/turnstile.js';

it('what is done alone has nothing beside it, and everything goes on after it', async () => {
  const turnstile = makeTurnstile();
  const log: string[] = [];
  let inside = 0;
  const piece = (name: string) =>
    turnstile.pass(async () => {
      inside += 1;
      await wait(2);
      inside -= 1;
      log.push(name);
    });
  const before = [piece('first'), piece('second')];
  const alone = turnstile.alone(async () => {
    expect(inside).toBe(0);
    await wait(4);
    expect(inside).toBe(0);
    log.push('alone');
    return 7;
  });
  const after = [piece('third'), piece('fourth')];
  expect(await alone).toBe(7);
  await Promise.all([...before, ...after]);
  expect(log).toEqual(['first', 'second', 'alone', 'third', 'fourth']);
});

it('is closed once more where it was closed before', async () => {
  const turnstile = makeTurnstile();
  const log: string[] = [];
  for (const name of ['one', 'two']) {
    await turnstile.alone(async () => void log.push(name));
    await turnstile.pass(async () => void log.push(`after ${name}`));
  }
  expect(log).toEqual(['one', 'after one', 'two', 'after two']);
});

it('lets nobody through after what was done alone failed, and says why', async () => {
  const turnstile = makeTurnstile();
  const waiting = turnstile.alone(async () => {
    await wait(1);
    throw new Error('no memory');
  });
  const piece = turnstile.pass(async () => {});
  await expect(waiting).rejects.toThrow('no memory');
  await expect(piece).rejects.toThrow('no memory');
  await expect(turnstile.pass(async () => {})).rejects.toThrow('no memory');
});

it('a piece that fails lets others through', async () => {
  const turnstile = makeTurnstile();
  await expect(turnstile.pass(() => Promise.reject(new Error('unreadable')))).rejects.toThrow('unreadable');
  expect(await turnstile.alone(async () => 1)).toBe(1);
  expect(await turnstile.pass(async () => 2)).toBe(2);
});
