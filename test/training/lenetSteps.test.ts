import { describe, expect, it } from 'vitest';
import { describeNetwork, models } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { webRuntime } from '../../src/runtime/web.js';
import { type LenetRun, lenetRuns, takeLenetSteps } from './takeLenetSteps.js';

const tolerance = (run: LenetRun) => (run.optimizer === 'sgd' ? 1e-4 : 1e-3);
const label = (run: LenetRun) => `${run.optimizer}, ${run.side} px, batch ${run.batch}`;

describe('five steps of LeNet equal PyTorch', () => {
  it.each(lenetRuns.map((run) => [label(run), run] as const))('%s', async (_, run) => {
    const found = await takeLenetSteps(nodeRuntime, run);
    run.losses.forEach((loss, i) => {
      expect(Math.abs(found.losses[i] - loss) / loss).toBeLessThan(tolerance(run));
    });
    run.lastLayer.forEach((weight, i) => {
      expect(found.lastLayer[i]).toBeCloseTo(weight, 4);
    });
  });
});

describe('onnxruntime-web', () => {
  it('gives the same losses in WebAssembly', async () => {
    const run = lenetRuns[0];
    const { losses } = await takeLenetSteps(webRuntime, run);
    run.losses.forEach((loss, i) => {
      expect(Math.abs(losses[i] - loss) / loss).toBeLessThan(1e-4);
    });
  });
});

describe('LeNet', () => {
  it("has the tutorial's number of parameters", () => {
    const network = describeNetwork({ model: models.lenet, classCount: 7, imageSize: 224 });
    expect(network.parameterCount).toBe(5_612_471);
    expect(network.layers.map(({ name }) => name)).toEqual([
      'conv1',
      'conv1.pool',
      'conv2',
      'conv2.pool',
      'fc1',
      'fc2',
      'fc3',
    ]);
  });
});
