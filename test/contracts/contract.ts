import { describe, expect, it } from 'vitest';
import { LesionlabError } from '../../src/errors.js';

/** A public function, arguments that it takes, and values that it must refuse in their place. */
export interface Contract {
  readonly call: (...args: never[]) => unknown;
  /** Default the function's own name. */
  readonly name?: string;
  readonly good: () => readonly unknown[];
  /** Where in the arguments (`1`, `1.level`, `0.labels`), and what may not stand there. */
  readonly bad: readonly (readonly [place: string, values: readonly unknown[]])[];
}

/** What is no whole number from `least`. */
export const notWhole = (least: number): unknown[] => [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  least - 1,
  least + 0.5,
  '5',
  null,
];
/** What is no number from `least` on, up to `most`. */
export const notFrom = (least: number, most = Number.POSITIVE_INFINITY): unknown[] => [
  ...[Number.NaN, Number.POSITIVE_INFINITY, least - 0.001, '0.5', null],
  ...(most < Number.POSITIVE_INFINITY ? [most + 0.001] : []),
];
/** What is no number between `least` and `most`. */
export const notBetween = (least: number, most: number): unknown[] => [Number.NaN, least, most, most + 94, '0.5', null];
/** What is no class index below `classes`, in the place of labels [0, 1, ...]. */
export const notLabels = (classes: number, length = 2): unknown[] =>
  [classes, -1, 0.5, Number.NaN].map((label) => Float64Array.from({ length }, (_, i) => (i === 1 ? label : 0)));

function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  if (path.length === 0) return by;
  const [first, ...rest] = path;
  const inner = (value as Record<string, unknown>)[first];
  const changed = replaced(inner, rest, by);
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === first ? changed : item));
  if (value instanceof Map) return new Map([...value]).set(first, changed);
  return { ...(value as object), [first]: changed };
}

const show = (value: unknown): string => {
  if (typeof value === 'object' && value !== null && 'length' in value) {
    const { length } = value as ArrayLike<unknown>;
    return length > 6 ? `${length} values` : `[${Array.from(value as ArrayLike<unknown>, show).join(', ')}]`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  return value === null || typeof value !== 'object' ? String(value) : `{ ${Object.keys(value).join(', ')} }`;
};

async function outcome(call: Contract['call'], args: readonly unknown[]): Promise<unknown> {
  try {
    const result = (await call(...(args as never[]))) as unknown;
    // Generators do nothing before they are asked.
    if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result)
      for await (const _ of result as AsyncIterable<unknown>) break;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Tests that every function takes what it should, and refuses all else with a word on what it expected. */
export function testContracts(what: string, contracts: readonly Contract[]): void {
  describe(`contracts of ${what}`, () => {
    it.each(contracts.map((contract) => [contract.name ?? contract.call.name, contract] as const))(
      '%s',
      async (_name, { call, good, bad }) => {
        expect(await outcome(call, good())).toBeUndefined();
        expect(bad.length).toBeGreaterThan(0);
        for (const [place, values] of bad) {
          for (const value of values) {
            const label = `${place} = ${show(value)}`;
            const error = await outcome(call, replaced([...good()], place.split('.'), value) as unknown[]);
            expect(error, label).toBeInstanceOf(LesionlabError);
            expect((error as LesionlabError).kind, label).toBe('usage');
            expect((error as LesionlabError).message, label).toMatch(/[Ee]xpected .*found /s);
          }
        }
      },
    );
  });
}
