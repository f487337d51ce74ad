import { blockedNode } from '../graph/blocked/layout.js';
import { Graph, toOnnx } from '../graph/index.js';
import type { Runtime } from './runtime.js';

/** Channels of the probe: whole blocks of every size that onnxruntime has. */
const channels = 64;
const candidates = [8, 16, 32];

/**
 * Finds out how many channels this processor's kernels of onnxruntime want side by side, by looking where they put them; undefined
 * where there are no such kernels, or where they compute something else than expected.
 */
export async function probeChannelBlock(runtime: Pick<Runtime, 'open'>): Promise<number | undefined> {
  for (const block of candidates) {
    if (await probe(runtime, block).catch(() => false)) return block;
  }
  return undefined;
}

/** One pass through two of the operators that training graphs use: channel c of the result is c + 1 times that of the input. */
async function probe(runtime: Pick<Runtime, 'open'>, channelBlock: number): Promise<boolean> {
  const graph = new Graph({ channelBlock });
  const shape = [1, channels, 1, 2];
  const blocked = blockedNode(graph, 'ReorderInput', [graph.input('images', shape)], shape);
  const factors = graph.input('factors', [channels, 1, 1, 1]);
  const attributes = { kernel_shape: [1, 1], group: channels };
  graph.output('images in blocks', blockedNode(graph, 'Conv', [blocked, factors], shape, attributes));
  const session = await runtime.open(toOnnx(graph), { threads: 1 });
  try {
    const images = Float32Array.from({ length: 2 * channels }, (_, i) => 1 + i);
    const perChannel = Float32Array.from({ length: channels }, (_, i) => 1 + i);
    const found = await session.run({
      images: { data: images, shape },
      factors: { data: perChannel, shape: [channels, 1, 1, 1] },
    });
    const { data } = found['images in blocks'];
    return images.every((value, i) => {
      const [channel, pixel] = [i >> 1, i & 1];
      const start = channelBlock * 2 * Math.floor(channel / channelBlock);
      return data[start + channelBlock * pixel + (channel % channelBlock)] === value * (channel + 1);
    });
  } finally {
    await session.close();
  }
}
