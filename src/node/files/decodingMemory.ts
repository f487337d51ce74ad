import { availableParallelism } from 'node:os';
import { availableMemory } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { getEnvironmentData, isMainThread, setEnvironmentData, threadId, type Worker } from 'node:worker_threads';
import type { SharedMemory } from '../../image/decodeImage.js';

/** What takes less never waits, bytes: that is about 8 megapixels. */
const largeImage = 2 ** 26;
/** What takes more is decoded alone: beyond what most cameras make. */
const hugeImage = 2 ** 28;
const unit = 2 ** 10;
const key = 'lesionlab: memory for decoding';
const threads = 1023;

/** KiB in use by all threads, then by each of them. */
const inUse = sharedCounters();

/** All threads of a process count on one sheet of memory, which workers are handed as they start. */
function sharedCounters(): Int32Array {
  const handed = getEnvironmentData(key);
  if (handed instanceof SharedArrayBuffer) return new Int32Array(handed);
  const made = new SharedArrayBuffer(4 * (1 + threads));
  if (isMainThread) setEnvironmentData(key, made);
  return new Int32Array(made);
}

const slotOf = (thread: number) => 1 + (thread % threads);

/** A quarter of what is free at the start, at most 512 MiB for each core, 512 MiB to 4 GiB. */
const budget = Math.min(4 * 2 ** 30, availableParallelism() * 2 ** 29, Math.max(2 ** 29, availableMemory() / 4)) / unit;

/** Large images are decoded beside each other as far as memory goes, whichever thread they are in; huge ones alone, and each gone before the next comes. */
export const decodingMemory: SharedMemory = async (bytes, work) => {
  if (bytes < largeImage) return await work();
  const isHuge = bytes >= hugeImage;
  const needed = Math.floor(isHuge ? budget : Math.min(budget, bytes / unit));
  const free = () => give(slotOf(threadId), needed);
  await take(needed);
  try {
    return await work();
  } finally {
    if (isHuge) whenGone(free);
    else free();
  }
};

/** Who asked for an image makes something small of it at once; what it was lies about until garbage is collected, which V8 may put off while another thread decodes. */
function whenGone(then: () => void): void {
  setImmediate(() => {
    collectGarbage();
    // Memory from outside V8 is given back a turn after it was found unused.
    setImmediate(then);
  });
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

async function take(needed: number): Promise<void> {
  for (;;) {
    const used = Atomics.load(inUse, 0);
    if (used + needed > budget) await until(used);
    else if (Atomics.compareExchange(inUse, 0, used, used + needed) === used) {
      Atomics.add(inUse, slotOf(threadId), needed);
      return;
    }
  }
}

function give(slot: number, amount: number): void {
  Atomics.sub(inUse, slot, amount);
  Atomics.sub(inUse, 0, amount);
  Atomics.notify(inUse, 0);
}

/** Waits until the number in use is another; ECMAScript 2024 has the function, Node 20 too. */
async function until(used: number): Promise<void> {
  const { waitAsync } = Atomics as typeof Atomics & {
    waitAsync(array: Int32Array, index: number, value: number, timeout: number): { value: Promise<string> | string };
  };
  await waitAsync(inUse, 0, used, 1000).value;
}

/** What a thread held that was ended in the middle of its work is free again. */
export function freeWhenEnded(worker: Worker): void {
  const slot = slotOf(worker.threadId);
  worker.once('exit', () => {
    const held = Atomics.load(inUse, slot);
    if (held > 0) give(slot, held);
  });
}
