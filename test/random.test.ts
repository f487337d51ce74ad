import { describe, expect, it } from 'vitest';
import { Random } from '../src/random.js';

/** Lengths about the block that is drawn at a time, and odd ones. */
const lengths = [0, 1, 2, 7, 1023, 1024, 1025, 2050];

describe('arrays are filled with what is drawn one by one', () => {
  it.each(lengths)('%i uniform numbers', (length) => {
    const [one, other] = [new Random(3, 'uniform', length), new Random(3, 'uniform', length)];
    const filled = new Float32Array(length);
    one.fillUniform(filled, -0.3, 0.7);
    expect(filled).toEqual(Float32Array.from({ length }, () => other.uniform(-0.3, 0.7)));
    expect(one.uint32()).toBe(other.uint32());
  });

  it.each(lengths)('%i normal numbers, and what is left over of a pair', (length) => {
    const [one, other] = [new Random(3, 'normal', length), new Random(3, 'normal', length)];
    for (const round of [0, 1, 2]) {
      const filled = new Float32Array(length);
      one.fillNormal(filled, 0.1, 2);
      expect(filled, `round ${round}`).toEqual(Float32Array.from({ length }, () => other.normal(0.1, 2)));
    }
    expect(one.normal()).toBe(other.normal());
  });

  it('refuses bounds and deviations that are no numbers', () => {
    expect(() => new Random(1).fillUniform(new Float32Array(1), 0, Number.POSITIVE_INFINITY)).toThrow('finite bounds');
    expect(() => new Random(1).fillNormal(new Float32Array(1), 0, Number.NaN)).toThrow('deviation');
  });
});
