import { describe, expect, it } from 'vitest';
import { type ExpectedSkip, judgeSkips, type TestEnd } from './judgeSkips.js';

const entry = (more: Partial<ExpectedSkip> = {}): ExpectedSkip => ({
  file: 'test/a.test.ts',
  name: 'real images',
  reason: 'they are not here',
  here: true,
  ...more,
});
const end = (name: string, state: TestEnd['state'], file = 'test/a.test.ts'): TestEnd => ({ file, name, state });
const judge = (expected: ExpectedSkip[], ends: TestEnd[]) =>
  judgeSkips(expected, ends, (file) => file !== 'test/gone.test.ts');
const nothing = { unexpected: [], stale: [] };

describe('skips', () => {
  it('are fine where an entry names the suite or the test', () => {
    const ends = [end('real images > open', 'skipped'), end('others', 'passed')];
    expect(judge([entry()], ends)).toEqual(nothing);
    expect(judge([entry({ name: 'real images > open' })], ends)).toEqual(nothing);
  });

  it('are unexpected in other files, other suites, and suites of which only the name begins alike', () => {
    const ends = [
      end('real images > open', 'skipped'),
      end('real images > open', 'skipped', 'test/b.test.ts'),
      end('the page > opens', 'skipped'),
      end('real images of others', 'skipped'),
    ];
    expect(judge([entry()], ends).unexpected).toEqual([
      'test/b.test.ts > real images > open',
      'test/a.test.ts > the page > opens',
      'test/a.test.ts > real images of others',
    ]);
  });

  it('are unexpected where this machine has what the tests need', () => {
    const ends = [end('real images > open', 'skipped')];
    expect(judge([entry({ here: false })], ends)).toEqual({
      unexpected: ['test/a.test.ts > real images > open'],
      stale: [],
    });
  });
});

describe('entries', () => {
  it('are stale where their tests ran, or are no more', () => {
    expect(judge([entry()], [end('real images > open', 'passed')]).stale).toEqual([
      'test/a.test.ts > real images: 1 of 1 tests ran here',
    ]);
    expect(judge([entry()], [end('renamed > open', 'passed')]).stale).toEqual([
      'test/a.test.ts > real images: there is no such test',
    ]);
    expect(judge([entry({ file: 'test/gone.test.ts' })], []).stale).toEqual([
      'test/gone.test.ts > real images: there is no such file',
    ]);
  });

  it('are not judged by tests that ran where they may, nor where their file was not run', () => {
    expect(judge([entry({ here: undefined })], [end('real images > open', 'passed')])).toEqual(nothing);
    expect(judge([entry({ here: undefined })], [end('real images > open', 'skipped')])).toEqual(nothing);
    expect(judge([entry()], [end('others', 'passed', 'test/b.test.ts')])).toEqual(nothing);
  });
});
