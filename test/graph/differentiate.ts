import { toBlocked } from '../../src/graph/blocked/layout.js';
import { toPlain } from '../../src/graph/graph.js';
import {
  elementCount,
  Graph,
  type GraphOptions,
  gradients,
  type Operator,
  toOnnx,
  type Value,
} from '../../src/graph/index.js';
import type { OpenOptions, TensorLike } from '../../src/runtime/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';

/** What an operator gives, and the gradients of the sum of output times seed; undefined where none is wanted. */
export interface Differentiated {
  readonly shape: readonly number[];
  readonly output: Float32Array;
  readonly gradients: readonly (Float32Array | undefined)[];
}

/**
 * Runs one operator of a graph, forward and backward.
 * @param seed the gradient that enters, for a number of elements
 * @param maps which inputs, and behind them the gradient that enters, are given with their channels in blocks, as other operators would hand
 *   them over
 */
export async function differentiate<A>(
  operator: Operator<A>,
  attributes: A,
  inputs: readonly TensorLike[],
  seed: (count: number) => Float32Array,
  options: GraphOptions,
  wanted: readonly boolean[] = inputs.map(() => true),
  maps: readonly boolean[] = [],
  open: OpenOptions = { threads: 1 },
): Promise<Differentiated> {
  const graph = new Graph(options);
  const values = inputs.map(({ shape }, i) => {
    const value = graph.input(`input${i}`, shape);
    return maps[i] ? toBlocked(graph, value) : value;
  });
  const output = graph.apply(operator, values, attributes);
  const seedValue = graph.input('seed', output.shape);
  const blocked: Value[] = [];
  const give = (name: string, value: Value) => {
    graph.output(name, toPlain(graph, value));
    if (!value.layout) return;
    blocked.push(value);
    graph.output(`memory ${blocked.length - 1}`, value);
  };
  give('output', output);
  const places = values.flatMap((_, i) => (wanted[i] ? [i] : []));
  const sources = places.map((i) => values[i]);
  const entering = maps[inputs.length] ? toBlocked(graph, seedValue) : seedValue;
  const found = gradients(graph, output, sources, entering);
  found.forEach((value, i) => {
    if (`${value.shape}` !== `${sources[i].shape}`)
      throw new Error(`Gradient of input ${places[i]}: [${value.shape}] in place of [${sources[i].shape}]`);
    give(`gradient of input${places[i]}`, value);
  });
  const session = await nodeRuntime.open(toOnnx(graph), open);
  const feeds: Record<string, TensorLike> = { seed: { data: seed(elementCount(output.shape)), shape: output.shape } };
  inputs.forEach((input, i) => {
    feeds[`input${i}`] = input;
  });
  const results = await session.run(feeds);
  await session.close();
  for (const [i, value] of blocked.entries()) requireZeros(value, results[`memory ${i}`].data as Float32Array);
  return {
    shape: output.shape,
    output: results.output.data as Float32Array,
    gradients: inputs.map((_, i) => results[`gradient of input${i}`]?.data as Float32Array | undefined),
  };
}

/** @throws where channels that fill up a block aren't zero: sums and convolutions would take them for numbers */
function requireZeros({ name, shape: [, c, h, w], layout }: Value, memory: Float32Array): void {
  const { block } = layout!;
  const blocks = Math.ceil(c / block);
  memory.forEach((number, i) => {
    const channel = (Math.floor(i / (block * h * w)) % blocks) * block + (i % block);
    if (channel >= c && number !== 0) throw new Error(`${name}: ${number} in channel ${channel} of ${c}`);
  });
}
