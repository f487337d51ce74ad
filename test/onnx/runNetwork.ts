import { elementCount, Graph, type Shape, toOnnx } from '../../src/graph/index.js';
import { type BuiltNetwork, readNetwork } from '../../src/onnx/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { wave } from '../wave.js';
import { type ModelSpec, makeModel } from './makeModel.js';

/** What a model gives when onnxruntime runs the file itself, and when it runs what lesionlab made of it, for the same input. */
export interface TwoRuns {
  readonly built: BuiltNetwork;
  readonly graph: Graph;
  readonly original: readonly number[];
  readonly taken: readonly number[];
  readonly shape: Shape;
}

/** Runs a model with one input and one output both ways. @param shape of the input where the file leaves it open */
export async function runBoth(spec: ModelSpec, shape?: Shape): Promise<TwoRuns> {
  const bytes = makeModel(spec);
  const [[input, declared]] = Object.entries(spec.inputs);
  const sides = shape ?? (declared as Shape);
  const feed = { data: wave(elementCount(sides), 1), shape: sides };
  const [output] = spec.outputs;
  const session = await nodeRuntime.open(bytes, { threads: 1 });
  const original = (await session.run({ [input]: feed }))[output];
  await session.close();
  const graph = new Graph();
  const built = readNetwork(bytes, { name: 'net.onnx' }).append(graph, {
    inputs: { [input]: graph.input('x', sides) },
  });
  graph.output('result', built.values.get(output)!);
  const own = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
  const taken = (await own.run({ x: feed })).result;
  await own.close();
  return {
    built,
    graph,
    original: Array.from(original.data as Float32Array),
    taken: Array.from(taken.data as Float32Array),
    shape: taken.shape,
  };
}
