/** A test, or a suite with all its tests, that some machines cannot run. */
export interface ExpectedSkip {
  /** From the repository's root: `test/run/a.test.ts`. */
  readonly file: string;
  /** As Vitest prints it: suites and the test, joined by ` > `. A suite's name stands for all its tests. */
  readonly name: string;
  readonly reason: string;
  /** Whether it is skipped on this machine; undefined where that can't be known beforehand, and either is right. */
  readonly here: boolean | undefined;
}

/** How one test of a file ended. */
export interface TestEnd {
  readonly file: string;
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
}

/**
 * Holds what was skipped against what is expected to be.
 * @param hasFile whether the repository has a file: an entry for one that was not run is only checked for that
 * @returns one line a test that was skipped though no entry says so, and one an entry that no longer says what is true
 */
export function judgeSkips(
  expected: readonly ExpectedSkip[],
  ends: readonly TestEnd[],
  hasFile: (file: string) => boolean,
): { unexpected: string[]; stale: string[] } {
  const isOf = (entry: ExpectedSkip, { file, name }: TestEnd) =>
    file === entry.file && (name === entry.name || name.startsWith(`${entry.name} > `));
  const unexpected = ends
    .filter((end) => end.state === 'skipped' && !expected.some((entry) => entry.here !== false && isOf(entry, end)))
    .map(({ file, name }) => `${file} > ${name}`);
  const stale = expected.flatMap((entry) => {
    const title = `${entry.file} > ${entry.name}`;
    if (!hasFile(entry.file)) return [`${title}: there is no such file`];
    if (!ends.some(({ file }) => file === entry.file)) return [];
    const own = ends.filter((end) => isOf(entry, end));
    if (own.length === 0) return [`${title}: there is no such test`];
    const ran = own.filter(({ state }) => state !== 'skipped');
    return entry.here && ran.length > 0 ? [`${title}: ${ran.length} of ${own.length} tests ran here`] : [];
  });
  return { unexpected, stale };
}
