/**
 * A program of its own, `node deviceProbe.js <cpu|webgpu> <threads>`: runs one 3x3 convolution and prints how fast, as JSON.
 * `lesionlab doctor` starts it as a child, since a broken graphics driver can take the whole process with it.
 */
import { Graph } from '../../graph/graph.js';
import { toOnnx } from '../../graph/onnx.js';
import type { MissingAddon } from '../../runtime/node.js';

export interface DeviceProbe {
  /** The package that ran it: onnxruntime-web where onnxruntime-node does not load. */
  readonly runtime: string;
  readonly missingAddon?: MissingAddon;
  readonly version: string;
  readonly gigaflops: number;
}

const [images, channels, side] = [8, 32, 56];

async function probe(device: 'cpu' | 'webgpu', threads: number): Promise<DeviceProbe> {
  const { nodeRuntime } = await import('../../runtime/node.js');
  const graph = new Graph({ target: device });
  const shape = [images, channels, side, side];
  const x = graph.input('x', shape);
  const weights = graph.initializer(new Float32Array(channels * channels * 9).fill(0.5), [channels, channels, 3, 3]);
  graph.output('y', graph.node('Conv', [x, weights], shape, { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }));
  const session = await nodeRuntime.open(toOnnx(graph), { device, threads });
  const feeds = { x: { data: new Float32Array(images * channels * side * side).fill(1), shape } };
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + 1000;
  for (let run = 0; run < 10 && (run < 2 || performance.now() < end); run++) {
    const start = performance.now();
    const { y } = await session.run(feeds);
    best = Math.min(best, performance.now() - start);
    // A pixel in the middle sees nine ones of every channel, one in a corner four.
    const middle = (side / 2) * side + side / 2;
    if (
      Math.abs((y.data as Float32Array)[middle] - channels * 4.5) > 1e-3 ||
      (y.data as Float32Array)[0] !== channels * 2
    )
      throw new Error('a convolution came out wrong');
  }
  await session.close();
  const operations = 2 * images * channels * channels * 9 * side * side;
  const { name, version, missingAddon } = nodeRuntime;
  return { runtime: name, version, missingAddon, gigaflops: operations / best / 1e6 };
}

try {
  const result = await probe(process.argv[2] as 'cpu' | 'webgpu', Number(process.argv[3]));
  process.stdout.write(`${JSON.stringify(result)}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
