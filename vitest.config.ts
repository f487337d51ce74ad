import { defineConfig } from 'vitest/config';
import { GateReporter } from './test/gate/gateReporter.js';

const slow = 'test/**/*.slow.test.ts';

export default defineConfig({
  test: {
    // onnxruntime-node's addon is loaded once per process; threads sharing it are not isolated.
    pool: 'forks',
    maxWorkers: 2,
    // For machines under load; a fast test takes a second or two.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A build server sees every test's name, and fails where one is skipped that test/gate/expectedSkips.ts doesn't name.
    reporters: process.env.CI ? ['verbose', new GateReporter()] : ['default'],
    projects: [
      // `npm test`. One process runs many files, so that the library is loaded twice, not for every file.
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [slow],
          isolate: false,
          setupFiles: ['test/gate/leaveAsFound.ts'],
        },
      },
      // `npm run check` as well: whatever needs a browser, WebGPU, or more than a few seconds.
      { extends: true, test: { name: 'slow', include: [slow], testTimeout: 300_000, hookTimeout: 300_000 } },
    ],
  },
});
