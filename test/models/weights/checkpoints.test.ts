import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LesionlabError } from '../../../src/errors.js';
import { describeFit } from '../../../src/models/weights/describeFit.js';
import { fitWeights } from '../../../src/models/weights/fitWeights.js';
import { readWeights } from '../../../src/models/weights/readWeights.js';

const fixtures = join(import.meta.dirname, '../../fixtures/weights');
const fixture = (name: string) => new Uint8Array(readFileSync(join(fixtures, name)));
type Values = Record<string, { shape: number[]; data: number[] }>;
/** What makeCheckpoints.py put into the files: the network, and a copy of it at half the size. */
const { state, average }: { state: Values; average: Values } = JSON.parse(
  readFileSync(join(fixtures, 'checkpoints.json'), 'utf8'),
);
const wanted = Object.entries(state).map(([name, { shape }]) => ({ name, shape }));

function take(name: string, tensors = wanted) {
  const file = readWeights(fixture(name), name);
  const { weights, report } = fitWeights(file, tensors, { classifier: ['fc'] });
  const values = Object.fromEntries([...weights].map(([key, { shape, data }]) => [key, { shape, data: [...data] }]));
  return { values, report, words: [describeFit(report), ...file.notes].join('\n'), metadata: file.metadata };
}

function errorOf(name: string): LesionlabError {
  try {
    take(name);
  } catch (error) {
    return error as LesionlabError;
  }
  throw new Error(`${name} was taken`);
}

describe('checkpoints that hold more than weights', () => {
  it.each(['extras.pth', 'extrasProtocol4.pth', 'extrasLegacy.pth'])(
    '%s: weights beside numpy numbers, arguments, paths, dates, optimizers',
    (name) => {
      const { values, words, metadata } = take(name);
      expect(values).toEqual(state);
      expect(words).toContain('"args" (argparse.Namespace)');
      expect(words).toContain('"settings" (__main__.Settings)');
      expect(words).toContain('"phase" (__main__.Phase)');
      expect(words).not.toContain('"best_acc"');
      expect(metadata).toMatchObject({ epoch: '3', best_acc: '0.875', steps: '12' });
    },
  );

  it('an object of an unknown class beside a state dict is left out by name', () => {
    const file = readWeights(fixture('hostileObject.pth'), 'x.pth');
    expect(file.weights.size).toBeGreaterThan(0);
    expect(file.notes.join()).toContain('"args" (__main__.Attributes)');
  });

  it('Lightning: names behind model., metrics and losses listed as left over', () => {
    const { values, words, report } = take('lightning.ckpt');
    expect(values).toEqual(state);
    expect(report.leftOver).toEqual(['criterion.weight', 'metric.total']);
    expect(words).toContain('prefix "model."');
    expect(words).toContain('"hyper_parameters" (__main__.AttributeDict)');
  });

  it('takes the weights, not their moving average that stands first, and says so', () => {
    const { values, words } = take('averaged.pth.tar');
    expect(values).toEqual(state);
    expect(words).toContain('under "state_dict_ema"; not used');
  });

  it('takes an average where there is nothing else', () => {
    const file = readWeights(fixture('averaged.pth.tar'), 'a.pth');
    const only = { ...file, sets: file.sets?.filter(({ entry }) => entry === 'state_dict_ema') };
    const { weights } = fitWeights(only, wanted, { classifier: ['fc'] });
    expect([...weights.get('fc.bias')!.data]).toEqual(average['fc.bias'].data);
  });

  it('finds names behind wrappers and a prefix, in a dict of dicts', () => {
    const { values, words } = take('wrapped.pth');
    expect(values).toEqual(state);
    expect(words).toContain('"net"');
    expect(words).toContain('"backbone."');
    expect(words).toContain('"_orig_mod.", "module."');
  });

  it('puts together a network that was saved in parts', () => expect(take('parts.pth').values).toEqual(state));

  it('reads weights that were saved as numpy arrays, column by column', () =>
    expect(take('arrays.pth').values).toEqual(state));

  it('takes a head in a sequence where it can be no other', () => {
    const { values, report, words } = take('headInSequence.pth');
    expect(values).toEqual(state);
    expect(report.head).toMatchObject({ layer: 'fc', from: 'fc.1', taken: true });
    expect(words).toContain("taken from the file's fc.1");
  });

  it('takes it from the weights, whatever their moving average has beside them', () => {
    const file = readWeights(fixture('headInSequence.pth'), 'x.pth');
    const weights = new Map(
      [...file.weights].flatMap(([name, { data, shape }]) => [
        [`model.${name}`, { data, shape }] as const,
        [`model_ema.${name}`, { data: data.map((value) => value / 2), shape }] as const,
      ]),
    );
    const both = fitWeights({ ...file, weights, sets: undefined }, wanted, { classifier: ['fc'] });
    expect(both.report.head).toMatchObject({ layer: 'fc', from: 'fc.1', taken: true });
    expect([...both.weights.get('fc.weight')!.data]).toEqual(state['fc.weight'].data);
  });

  it('lists a head in a sequence for another number of classes, and begins anew', () => {
    const seven = wanted.map(({ name, shape }) => ({
      name,
      shape: name.startsWith('fc.') ? [7, ...shape.slice(1)] : shape,
    }));
    const { values, report, words } = take('headInSequence.pth', seven);
    expect(Object.keys(values)).not.toContain('fc.weight');
    expect(report.replaced).toEqual(['fc.weight', 'fc.bias']);
    expect(words).toContain("the file's fc.1, which stands for fc, has 2 classes, not 7");
  });

  it.each([
    ['half.pth', 'F16', 2 ** -11],
    ['double.pth', 'F64', 0],
  ])('%s is read as float32', (name, type, error) => {
    const { values, words } = take(name);
    for (const [key, { data }] of Object.entries(values))
      data.forEach((value, i) => {
        expect(Math.abs(value - state[key].data[i])).toBeLessThanOrEqual(error * Math.max(1, Math.abs(value)));
      });
    expect(words).toContain(`Converted from ${type}`);
  });

  it('refuses a whole model by its class', () => {
    const error = errorOf('modelInCheckpoint.pt');
    expect(error.code).toBe('weights-refused');
    expect(error.message).toContain('"__main__.Tiny" as "model"');
    expect(error.hint).toContain('state_dict()');
  });

  it('refuses where one of the weights themselves is nothing that is read', () => {
    const error = errorOf('sparseWeight.pth');
    expect(error.code).toBe('weights-refused');
    expect(error.message).toContain('"fc.weight" is a sparse tensor');
  });
});
