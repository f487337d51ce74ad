import { describe, expect, it } from 'vitest';
import { storedShape } from '../../src/graph/blocked/layout.js';
import { toPlain } from '../../src/graph/graph.js';
import { elementCount, Graph, toOnnx } from '../../src/graph/index.js';
import { describeNetwork, findModel } from '../../src/models/index.js';
import { convBatchNorm, Network } from '../../src/nn/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { noise } from '../noise.js';

const ratesOf = (id: string) =>
  describeNetwork({ model: findModel(id), classCount: 3, imageSize: 64 })
    .masks.filter(({ shape }) => shape.slice(1).every((side) => side === 1))
    .map(({ name, shape, rate }) => [name.replace('dropout/', ''), shape.length, Number(rate.toFixed(6))]);

const block = await nodeRuntime.channelBlock();

describe('stochastic depth', () => {
  it("has torchvision's rates", () => {
    // 0.2 i / 16 for block i, where there is a sum.
    const efficientnet = ratesOf('efficientnet_b0');
    expect(efficientnet).toHaveLength(9);
    expect(efficientnet[0]).toEqual(['features.2.1', 4, 0.025]);
    expect(efficientnet.at(-1)).toEqual(['features.6.3', 4, 0.175]);
    // 0.1 i / 17; the first block is never dropped.
    const convnext = ratesOf('convnext_tiny');
    expect(convnext).toHaveLength(17);
    expect(convnext.at(-1)).toEqual(['features.7.2', 4, 0.1]);
    // 0.2 i / 11, attention and perceptron each on their own.
    const swin = ratesOf('swin_t');
    expect(swin).toHaveLength(22);
    expect(swin.slice(-2)).toEqual([
      ['features.7.1.attn', 4, 0.2],
      ['features.7.1', 4, 0.2],
    ]);
    expect(ratesOf('mobilenet_v3_large')).toEqual([]);
    expect(ratesOf('vit_b_16')).toEqual([]);
  });

  it.each([undefined, ...(block ? [block] : [])])(
    'leaves out the branch of the images that it drops (channels in blocks of %s)',
    async (channelBlock) => {
      const shape = [2, 16, 3, 3];
      const x = noise(288, 1);
      const run = async (mask?: readonly number[]) => {
        const graph = new Graph({ channelBlock });
        const network = new Network(graph, { dropout: mask !== undefined });
        const input = graph.input('x', shape);
        const residual = { name: 'block', shortcut: () => input, depthRate: 0.5 };
        const layer = { conv: 'conv', norm: 'norm', filters: 16, kernel: 3, residual } as const;
        graph.output('y', toPlain(graph, convBatchNorm(network, input, layer)));
        expect(network.masks).toEqual(mask ? [{ name: 'dropout/block', shape: [2, 1, 1, 1], rate: 0.5 }] : []);
        const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
        const given: Record<string, Float32Array> = { x, 'dropout/block': Float32Array.from(mask ?? []) };
        const feeds = graph.inputs.map((value, i) => {
          const sides = storedShape(value.shape, value.layout);
          return [value.name, { data: given[value.name] ?? noise(elementCount(sides), i + 2), shape: sides }];
        });
        const found = await session.run(Object.fromEntries(feeds));
        await session.close();
        return found.y.data as Float32Array;
      };
      const whole = await run();
      const dropped = await run([0, 2]);
      for (let i = 0; i < 144; i++) {
        expect(dropped[i]).toBe(x[i]);
        expect(dropped[144 + i] - x[144 + i]).toBeCloseTo(2 * (whole[144 + i] - x[144 + i]), 4);
      }
      expect(whole).not.toEqual(x);
    },
  );
});
