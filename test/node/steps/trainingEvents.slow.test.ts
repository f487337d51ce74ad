import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readJsonLines } from '../../../src/node/files/jsonLines.js';
import { leakStep } from '../../../src/node/jobs/leak.js';
import { createContext } from '../../../src/node/machine/stepContext.js';
import { runFolderPaths } from '../../../src/node/run/runFolder.js';
import { findLearningRateStep } from '../../../src/node/steps/findLearningRate.js';
import { trainRun } from '../../../src/node/steps/run.js';
import type { RunOptions } from '../../../src/node/training/planRun.js';
import { silentProgress } from '../../../src/progress.js';
import { nodeRuntime } from '../../../src/runtime/node.js';
import type { EpochRecord, StepRecord, TrainEvent } from '../../../src/training/events.js';
import type { LearningRateEvent } from '../../../src/training/findLearningRate.js';
import { copyPaintedData } from '../paintedData.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-events-'));
const data = join(root, 'data');
const overrides = { imageSize: 24, epochs: 2, batchSize: 8 };
const options = (name: string, more: Partial<RunOptions> = {}): RunOptions => ({
  data,
  run: join(root, name),
  preset: 'demo',
  overrides,
  ...more,
});

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await copyPaintedData(data, { images: 140, size: [40, 30] });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('onEvent', () => {
  it('hears what the run folder holds, as numbers', async () => {
    const events: TrainEvent[] = [];
    const runs = new Set<string>();
    const saved: boolean[] = [];
    const folder = runFolderPaths(join(root, 'whole'));
    const onEvent = (event: TrainEvent, run: string) => {
      events.push(event);
      runs.add(run);
      if (event.type === 'checkpoint') saved.push(existsSync(folder.lastCheckpoint));
    };
    const { bestEpoch } = await trainRun(createContext({ threads: 1, onEvent }), options('whole'));
    expect([...runs]).toEqual([folder.path]);
    const steps = events.flatMap((event) => (event.type === 'step' ? [event.record] : []));
    const epochs = events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []));
    expect(steps).toEqual(await readJsonLines<StepRecord>(folder.steps));
    expect(epochs).toEqual(await readJsonLines<EpochRecord>(folder.metrics));
    expect(epochs).toHaveLength(2);
    expect(events[0]).toMatchObject({ type: 'start', epochs: 2, firstStep: 0 });
    expect(events.at(-1)).toEqual({ type: 'done', reason: 'all-epochs', epoch: 2, bestEpoch });
    expect(saved).toEqual([true, true]);
    const left = events.flatMap((event) => (event.type === 'epoch' ? [event.secondsLeft] : []));
    expect(left[0]).toBeGreaterThan(0);
    expect(left[1]).toBe(0);
  });

  it('comes from the only session of a run until then, and before the exploration', async () => {
    const { exploration } = runFolderPaths(join(root, 'explored'));
    const opening = vi.spyOn(nodeRuntime, 'open');
    const opened: number[] = [];
    const explored: boolean[] = [];
    const onEvent = ({ type }: TrainEvent) => {
      // The training's own thread opens the network.
      opened.push(opening.mock.calls.length);
      if (type === 'start') explored.push(existsSync(exploration));
    };
    const notes: string[] = [];
    const progress = { ...silentProgress, note: (line: string) => void notes.push(line) };
    await trainRun(createContext({ threads: 1, onEvent, progress }), options('explored', { explore: true }));
    opening.mockRestore();
    expect(new Set(opened)).toEqual(new Set([0]));
    expect(notes[0]).toMatch(/^140 images of .*steps of 8 images; disk: /);
    expect(explored).toEqual([false]);
    expect(existsSync(join(exploration, 'exploration.html'))).toBe(true);
  });

  it('lets a signal be aborted from it; the rest comes with resuming', async () => {
    const controller = new AbortController();
    const onEvent = (event: TrainEvent) => {
      if (event.type === 'epoch') controller.abort();
    };
    const interrupted = trainRun(createContext({ threads: 1, signal: controller.signal, onEvent }), options('pieces'));
    await expect(interrupted).rejects.toMatchObject({ kind: 'interrupted' });
    const starts: number[] = [];
    const context = createContext({
      threads: 1,
      onEvent: (event) => {
        if (event.type === 'start') starts.push(event.firstStep);
      },
    });
    const { epochs } = await trainRun(context, options('pieces', { resume: true }));
    expect(starts[0]).toBeGreaterThan(0);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it('ends the training with what it throws, once, and what was learned stays', async () => {
    let calls = 0;
    const onEvent = (event: TrainEvent) => {
      calls += 1;
      if (event.type === 'epoch') throw new RangeError('enough');
    };
    await expect(trainRun(createContext({ threads: 1, onEvent }), options('thrown'))).rejects.toThrow(RangeError);
    const heard = calls;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(calls).toBe(heard);
    const { epochs } = await trainRun(createContext({ threads: 1 }), options('thrown', { resume: true }));
    expect(epochs).toHaveLength(2);
  });

  it('tells the runs of a study apart', async () => {
    const done: string[] = [];
    const context = createContext({
      threads: 1,
      onEvent: (event, run) => {
        if (event.type === 'done') done.push(run);
      },
    });
    const out = join(root, 'leak');
    await leakStep(context, { data, out, preset: 'demo', overrides: { ...overrides, epochs: 1 } });
    expect(done).toEqual([join(out, 'by-image'), join(out, 'by-lesion')]);
  });

  it('hears a search for a learning rate', async () => {
    const events: LearningRateEvent[] = [];
    const { records } = await findLearningRateStep(createContext({ threads: 1 }), {
      data,
      out: join(root, 'rate'),
      preset: 'demo',
      overrides,
      range: { steps: 12 },
      onEvent: (event) => events.push(event),
    });
    expect(events.flatMap((event) => (event.type === 'step' ? [event.record] : []))).toEqual(records);
    expect(events.at(-1)!.type).toBe('done');
  });
});
