import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/runtime/node.js';
import { webRuntime } from '../../src/runtime/web.js';
import { expectSteps, modelRuns } from './takeModelSteps.js';

describe('five steps equal PyTorch', () => {
  // MobileNetV2 is among the fast tests.
  const runs = modelRuns.filter(({ model }) => model !== 'mobilenet_v2');
  it.each(runs.map((run) => [`${run.model}, ${run.optimizer}`, run] as const))('%s', async (_, run) => {
    expect(run.losses).toHaveLength(5);
    await expectSteps(nodeRuntime, run);
  });

  it('in WebAssembly, too', async () => {
    const run = modelRuns.find(({ model, optimizer }) => model === 'mobilenet_v2' && optimizer === 'sgd')!;
    await expectSteps(webRuntime, run);
  });
});
