import { describe, expect, it } from 'vitest';
import { planBatches } from '../../src/data/augmentation/batches.js';
import type { TrainEvent } from '../../src/training/events.js';
import { type TrainOptions, train } from '../../src/training/train.js';
import type { Trainer } from '../../src/training/trainer.js';
import type { ValidationResult } from '../../src/training/validate.js';

const batchSize = 4;
const training = {
  epochs: 3,
  learningRate: 0.1,
  schedule: 'constant',
  warmUp: 0,
  stepEpochs: 1,
  stepFactor: 0.5,
  earlyStopping: 0,
} as const;
/** Epochs end after 2, 5 and 7 steps: the remainder of one goes into the next. */
const plan = planBatches({ count: 10, batchSize, seed: 0 });
const validation = (balancedAccuracy: number, loss = 1): ValidationResult => ({
  loss,
  accuracy: 0.5,
  balancedAccuracy,
  recall: [balancedAccuracy, null, 1],
});

/** A trainer whose loss is 10, 9, 8, ... or what is said, and that gets `step % 4` images right. */
function fakeTrainer(losses: Readonly<Record<number, number>> = {}, first = 0, weights: readonly number[] = []) {
  let step = first;
  const learningRates: number[] = [];
  const trainer = {
    options: { batchSize, classCount: 3 },
    async step(_images: Float32Array, _labels: Int32Array, learningRate: number) {
      learningRates.push(learningRate);
      const result = { loss: losses[step] ?? 10 - step, weight: weights[step] ?? 4, correct: step % 4 };
      step += 1;
      return result;
    },
    synchronise: async () => {},
    evaluatedWeights: () => new Map(),
  };
  return { trainer: trainer as unknown as Trainer, learningRates };
}

async function collect(options: Partial<TrainOptions> & Pick<TrainOptions, 'trainer'>): Promise<TrainEvent[]> {
  const batch = {
    images: new Float32Array(),
    labels: new Int32Array(batchSize),
    indices: new Int32Array(batchSize),
    epoch: 0,
    step: 0,
  };
  const events: TrainEvent[] = [];
  const all = train({
    training,
    classIds: ['mel', 'nv', 'vasc'],
    plan,
    batches: { next: async () => batch, recycle: () => {} },
    validate: async () => validation(0.5),
    ...options,
  });
  for await (const event of all) events.push(event);
  return events;
}

const outline = (events: readonly TrainEvent[]) =>
  events.map((event) => {
    if (event.type === 'step') return `step ${event.record.step}`;
    if (event.type === 'epoch') return `epoch ${event.record.epoch}${event.best ? ' best' : ''}`;
    if (event.type === 'checkpoint') return `checkpoint ${event.position.step}${event.best ? ' best' : ''}`;
    if (event.type === 'stopped') return `${event.reason} ${event.step}`;
    return event.type === 'validation' ? `validation ${event.epoch}` : event.type;
  });

describe('train', () => {
  it('goes step by step, validates and saves at the end of every epoch', async () => {
    const scores = [0.4, 0.6, 0.6];
    const events = await collect({ ...fakeTrainer(), validate: async () => validation(scores.shift()!) });
    expect(outline(events)).toEqual([
      'start',
      ...['step 1', 'step 2', 'validation 1', 'epoch 1 best', 'checkpoint 2 best'],
      ...['step 3', 'step 4', 'step 5', 'validation 2', 'epoch 2 best', 'checkpoint 5 best'],
      // A tie: the earlier epoch stays the best.
      ...['step 6', 'step 7', 'validation 3', 'epoch 3', 'checkpoint 7'],
      'done',
    ]);
    expect(events[0]).toMatchObject({ steps: 7, stepsPerEpoch: 2.5, epochs: 3, firstStep: 0 });
    expect(events.at(-1)).toEqual({ type: 'done', reason: 'all-epochs', epoch: 3, bestEpoch: 2 });
    const records = events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []));
    // Losses 10 9 | 8 7 6 | 5 4; right answers 0 1 | 2 3 0 | 1 2 of 4 each.
    expect(records.map(({ trainLoss }) => trainLoss)).toEqual([9.5, 7, 4.5]);
    expect(records.map(({ trainAccuracy }) => trainAccuracy)).toEqual([1 / 8, 5 / 12, 3 / 8]);
    expect(records.map(({ validationRecall }) => validationRecall)).toEqual(
      [0.4, 0.6, 0.6].map((mel) => ({ mel, nv: null, vasc: 1 })),
    );
  });

  it('writes a record every few steps, with means since the last', async () => {
    const events = await collect({ ...fakeTrainer(), recordsPerEpoch: 1 });
    const records = events.flatMap((event) => (event.type === 'step' ? [event.record] : []));
    expect(records.map(({ step }) => step)).toEqual([3, 6, 7]);
    // An epoch's end begins the mean anew.
    expect(records.map(({ loss }) => loss)).toEqual([8, 5, 4]);
    expect(records[0].epoch).toBeCloseTo(3 / 2.5);
  });

  // Validation's loss is a mean over images weighted by class; so is the training's, over batches of unequal weight.
  it('weights a batch by the class weights of its labels', async () => {
    const weights = [1, 3, 2, 2, 4, 1, 1];
    const records = (events: readonly TrainEvent[]) =>
      events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []));
    const events = await collect({ ...fakeTrainer({}, 0, weights), recordsPerEpoch: 1.25 });
    const expected = [(10 + 3 * 9) / 4, (2 * 8 + 2 * 7 + 4 * 6) / 8, (5 + 4) / 2];
    expect(records(events).map(({ trainLoss }) => trainLoss)).toEqual(expected);
    const steps = events.flatMap((event) => (event.type === 'step' ? [event.record] : []));
    expect(steps[0].loss).toBe((10 + 3 * 9) / 4);

    let asked = 0;
    const first = await collect({ ...fakeTrainer({}, 0, weights), shouldStop: () => ++asked >= 4 });
    const position = first.flatMap((event) => (event.type === 'checkpoint' ? [event.position] : [])).at(-1)!;
    const second = await collect({ ...fakeTrainer({}, 4, weights), position });
    expect(records(second)[0].trainLoss).toBe(expected[1]);
    // A state of before, whose sum was of plain losses: the rest of the epoch alone.
    const { weightSum: _, ...old } = position;
    const third = await collect({ ...fakeTrainer({}, 4, weights), position: old as typeof position });
    expect(records(third)[0]).toMatchObject({ trainLoss: 6, trainAccuracy: 0 });
    expect(records(third)[1].trainLoss).toBe(expected[2]);
  });

  it('stops when asked, in the middle of an epoch, and goes on to the same figures', async () => {
    const whole = await collect(fakeTrainer());
    let asked = 0;
    const first = await collect({ ...fakeTrainer(), shouldStop: () => ++asked >= 4 });
    expect(outline(first).slice(-2)).toEqual(['checkpoint 4', 'interrupted 4']);
    const saved = first.flatMap((event) => (event.type === 'checkpoint' ? [event.position] : [])).at(-1)!;
    // It goes through JSON on its way to the disk.
    const position = JSON.parse(JSON.stringify(saved));
    expect(position).toEqual(saved);
    const second = await collect({ ...fakeTrainer({}, 4), position });
    expect(second[0]).toMatchObject({ type: 'start', firstStep: 4 });
    const figures = (events: readonly TrainEvent[]) =>
      events.flatMap((event) =>
        event.type === 'epoch' ? [[event.best, { ...event.record, seconds: 0, imagesPerSecond: 0 }]] : [],
      );
    expect([...figures(first), ...figures(second)]).toEqual(figures(whole));
    expect(second.at(-1)).toEqual(whole.at(-1));
  });

  it('knows the best epoch after an interruption in the first, even where nothing was recognised', async () => {
    const first = await collect({ ...fakeTrainer(), shouldStop: () => true });
    const { position } = first.find((event) => event.type === 'checkpoint')!;
    const second = await collect({
      ...fakeTrainer({}, 1),
      position: JSON.parse(JSON.stringify(position)),
      validate: async () => validation(0),
    });
    expect(second.at(-1)).toMatchObject({ type: 'done', bestEpoch: 1 });
  });

  it('does nothing where all steps are done', async () => {
    const events = await collect(fakeTrainer());
    const position = events.flatMap((event) => (event.type === 'checkpoint' ? [event.position] : [])).at(-1)!;
    const again = await collect({ ...fakeTrainer(), position });
    expect(outline(again)).toEqual(['start', 'done']);
  });

  it('ends without a checkpoint once the loss is no number', async () => {
    expect(outline(await collect(fakeTrainer({ 3: Number.NaN }))).slice(-3)).toEqual([
      'checkpoint 2 best',
      'step 3',
      'diverged 3',
    ]);
    // The last update of an epoch shows only in the validation.
    const losses = [1, Number.NaN];
    const events = await collect({ ...fakeTrainer(), validate: async () => validation(0.1, losses.shift()) });
    expect(outline(events).slice(-3)).toEqual(['step 5', 'validation 2', 'diverged 5']);
  });

  it('asks the schedule for every step', async () => {
    const { trainer, learningRates } = fakeTrainer();
    await collect({ trainer, training: { ...training, schedule: 'cosine' } });
    expect(learningRates).toHaveLength(7);
    expect(learningRates[0]).toBeCloseTo(0.1);
    for (let i = 1; i < 7; i++) expect(learningRates[i]).toBeLessThan(learningRates[i - 1]);
  });

  it('knows the epoch of every step where the schedule falls with the epochs', async () => {
    const { trainer, learningRates } = fakeTrainer();
    await collect({ trainer, training: { ...training, schedule: 'step' } });
    expect(learningRates).toEqual([0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]);
  });
});

describe('early stopping', () => {
  const patient = { ...training, epochs: 8, earlyStopping: 2 };
  const scored = (scores: readonly number[]) => {
    const left = [...scores];
    return async () => validation(left.shift()!);
  };

  it('ends once so many epochs brought nothing better, after saving', async () => {
    const validate = scored([0.4, 0.6, 0.5, 0.6]);
    const events = await collect({ ...fakeTrainer(), training: patient, validate });
    // A tie is nothing better.
    expect(outline(events).slice(-3)).toEqual(['epoch 4', 'checkpoint 10', 'done']);
    expect(events.at(-1)).toEqual({ type: 'done', reason: 'early-stopping', epoch: 4, bestEpoch: 2 });
  });

  it('begins to count anew with every better epoch, and is not what ends the last epoch', async () => {
    const validate = scored([0.4, 0.3, 0.5, 0.4, 0.6, 0.7, 0.6, 0.6]);
    const events = await collect({ ...fakeTrainer(), training: patient, validate });
    expect(events.at(-1)).toEqual({ type: 'done', reason: 'all-epochs', epoch: 8, bestEpoch: 6 });
  });

  it('counts on after an interruption, and does nothing where it had ended the training', async () => {
    let asked = 0;
    const first = await collect({
      ...fakeTrainer(),
      training: patient,
      validate: scored([0.6, 0.5]),
      shouldStop: () => ++asked >= 6,
    });
    const lastPosition = (events: readonly TrainEvent[]) =>
      JSON.parse(
        JSON.stringify(events.flatMap((event) => (event.type === 'checkpoint' ? [event.position] : [])).at(-1)!),
      );
    expect(outline(first).at(-1)).toBe('interrupted 6');
    const rest = { training: patient, validate: scored([0.5, 0.9]) };
    const second = await collect({ ...fakeTrainer({}, 6), ...rest, position: lastPosition(first) });
    expect(second.at(-1)).toEqual({ type: 'done', reason: 'early-stopping', epoch: 3, bestEpoch: 1 });
    const third = await collect({ ...fakeTrainer(), ...rest, position: lastPosition(second) });
    expect(outline(third)).toEqual(['start', 'done']);
    expect(third.at(-1)).toEqual(second.at(-1));
  });
});
