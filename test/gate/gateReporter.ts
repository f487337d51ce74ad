import { existsSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { expectedSkips } from './expectedSkips.js';
import { judgeSkips, type TestEnd } from './judgeSkips.js';

const root = resolve(import.meta.dirname, '../..');

/**
 * Fails a run of the tests in which one was skipped that isn't expected to be, by name, or an expectation is stale. Writes the counts to
 * the file that LESIONLAB_TEST_COUNTS names, where it names one.
 */
export class GateReporter implements Reporter {
  #vitest?: Vitest;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const ends = modules.flatMap((module) =>
      [...module.children.allTests()].map((test): TestEnd => {
        const { state } = test.result();
        const file = relative(root, module.moduleId).split(sep).join('/');
        // A test that never ended has not passed.
        return { file, name: test.fullName, state: state === 'pending' ? 'failed' : state };
      }),
    );
    // Tests left out by `-t` are no skips of the tests' own.
    const chosenByName = this.#vitest?.config.testNamePattern !== undefined;
    const hasFile = (file: string) => existsSync(join(root, file));
    const { unexpected, stale } = chosenByName
      ? { unexpected: [], stale: [] }
      : judgeSkips(expectedSkips(), ends, hasFile);
    // A file that does not load counts once.
    const unloaded = modules.filter(
      (module) => module.state() === 'failed' && [...module.children.allTests()].length === 0,
    );
    // So does one whose hooks fail after its tests have passed, and an error that belongs to no test.
    const brokenHooks = modules.filter(
      (module) =>
        module.state() === 'failed' &&
        !unloaded.includes(module) &&
        ![...module.children.allTests()].some((test) => test.result().state === 'failed'),
    );
    const count = (state: TestEnd['state']) => ends.filter((end) => end.state === state).length;
    const counts = {
      passed: count('passed'),
      failed:
        count('failed') +
        unloaded.length +
        brokenHooks.length +
        unhandledErrors.length +
        unexpected.length +
        stale.length,
      skipped: count('skipped') - unexpected.length,
    };
    for (const [title, lines] of [
      ['Skipped, though test/gate/expectedSkips.ts does not expect it on this machine:', unexpected],
      ['No longer true in test/gate/expectedSkips.ts:', stale],
    ] as const)
      if (lines.length > 0) console.error(`\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}`);
    if (counts.failed > 0) process.exitCode = 1;
    const file = process.env.LESIONLAB_TEST_COUNTS;
    if (file) writeFileSync(file, JSON.stringify(counts));
  }
}
