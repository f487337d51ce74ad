import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/runtime/node.js';
import { webRuntime } from '../../src/runtime/web.js';
import { lossError, modelRuns, statisticsError, takeModelSteps } from './takeModelSteps.js';

describe('five steps equal PyTorch', { timeout: 180_000 }, () => {
  it.each(modelRuns.map((run) => [`${run.model}, ${run.optimizer}`, run] as const))('%s', async (name, run) => {
    const { losses, weights } = await takeModelSteps(nodeRuntime, run);
    const [lossesOff, statisticsOff] = [lossError(run, losses), statisticsError(run, weights)];
    console.log(
      `${name}: losses off by ${lossesOff.toExponential(1)}, statistics by ${statisticsOff.toExponential(1)}`,
    );
    const tolerance = run.optimizer === 'sgd' ? 1e-4 : 1e-3;
    expect(lossesOff).toBeLessThan(tolerance);
    expect(statisticsOff).toBeLessThan(tolerance);
    const [last] = [...weights].filter(([, { shape }]) => shape.length === 2);
    run.lastLayer.forEach((weight, i) => {
      expect(last[1].data[i]).toBeCloseTo(weight, 4);
    });
    expect(weights.get([...weights.keys()].find((key) => key.endsWith('num_batches_tracked'))!)!.data[0]).toBe(5);
  });

  it('in WebAssembly, too', async () => {
    const run = modelRuns.find(({ model, optimizer }) => model === 'mobilenet_v2' && optimizer === 'sgd')!;
    const { losses, weights } = await takeModelSteps(webRuntime, run);
    expect(lossError(run, losses)).toBeLessThan(1e-4);
    expect(statisticsError(run, weights)).toBeLessThan(1e-4);
  });
});
