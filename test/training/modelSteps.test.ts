import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/runtime/node.js';
import { expectSteps, modelRuns } from './takeModelSteps.js';

describe('five steps equal PyTorch', () => {
  const runs = modelRuns.filter(({ model }) => model === 'mobilenet_v2');
  it.each(runs.map((run) => [`${run.model}, ${run.optimizer}`, run] as const))('%s', async (_, run) => {
    expect(run.losses).toHaveLength(5);
    await expectSteps(nodeRuntime, run);
  });
});
