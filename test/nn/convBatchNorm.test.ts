import { describe, expect, it } from 'vitest';
import { Graph, gradients, toOnnx } from '../../src/graph/index.js';
import { convBatchNorm, Network } from '../../src/nn/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';

const channelBlock = await nodeRuntime.channelBlock();

describe.runIf(channelBlock !== undefined)('convBatchNorm in a graph with channel blocks', () => {
  it('also differentiates what is unusual: few channels inside the network, more padding than kernel', async () => {
    const graph = new Graph({ channelBlock });
    const network = new Network(graph);
    const images = graph.input('images', [2, 3, 12, 12]);
    const few = convBatchNorm(network, images, { conv: 'conv1', norm: 'bn1', filters: 4, kernel: 3 });
    const fromFew = convBatchNorm(network, few, { conv: 'conv2', norm: 'bn2', filters: 16, kernel: 3 });
    const padded = convBatchNorm(network, fromFew, { conv: 'conv3', norm: 'bn3', filters: 8, kernel: 1, padding: 1 });
    expect(padded.shape).toEqual([2, 8, 14, 14]);
    const weights = [1, 2, 3].map((layer) => network.parameterValues.get(`conv${layer}.weight`)!);
    const found = gradients(graph, padded, weights, graph.input('seed', padded.shape, 'float32', padded.layout));
    expect(found.map(({ shape }) => shape)).toEqual(weights.map(({ shape }) => shape));
    for (const [layer, gradient] of found.entries()) graph.output(`gradient ${layer}`, gradient);
    const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
    await session.close();
    const fused = graph.applications.filter(({ operator }) => operator.name === 'blockedConvNorm');
    expect(fused).toHaveLength(3);
  });
});
