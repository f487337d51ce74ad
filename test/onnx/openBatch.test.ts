import { expect, it } from 'vitest';
import { Graph, toOnnx } from '../../src/graph/index.js';
import { readNetwork } from '../../src/onnx/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { floats, integers, makeModel } from './makeModel.js';

/** A token and a mask that the file makes for as many images as it is given: once a graph held them for the batch that it was built for. */
it('what a file makes for each image of a batch is there for any batch', async () => {
  const bytes = makeModel({
    opset: 17,
    inputs: { x: ['batch', 2, 3] },
    outputs: ['y'],
    initializers: {
      token: floats([7, 8, 9], [1, 1, 3]),
      first: integers([0]),
      second: integers([1]),
      one: integers([1]),
      three: integers([3]),
    },
    nodes: [
      { operator: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { operator: 'Slice', inputs: ['shape', 'first', 'second'], outputs: ['batch'] },
      { operator: 'Concat', inputs: ['batch', 'one', 'three'], outputs: ['spread'], attributes: { axis: 0 } },
      { operator: 'Expand', inputs: ['token', 'spread'], outputs: ['tokens'] },
      { operator: 'Concat', inputs: ['tokens', 'x'], outputs: ['all'], attributes: { axis: 1 } },
      {
        operator: 'ConstantOfShape',
        inputs: ['spread'],
        outputs: ['mask'],
        attributes: { value: { tensor: floats([0.5]) } },
      },
      { operator: 'Add', inputs: ['all', 'mask'], outputs: ['y'] },
    ],
  });
  const graph = new Graph({ target: 'webgpu' });
  const x = graph.input('x', [2, 2, 3]);
  graph.output('y', readNetwork(bytes).append(graph, { inputs: { x } }).values.get('y')!);
  const symbolicShapes = { x: ['batch', 2, 3], y: ['batch', 3, 3] };
  const session = await nodeRuntime.open(toOnnx(graph, { symbolicShapes }), { threads: 1 });
  const data = Float32Array.from({ length: 5 * 6 }, (_, i) => i);
  const { y } = await session.run({ x: { data, shape: [5, 2, 3] } });
  await session.close();
  expect(y.shape).toEqual([5, 3, 3]);
  expect([...(y.data as Float32Array)].slice(-9)).toEqual([7.5, 8.5, 9.5, 24.5, 25.5, 26.5, 27.5, 28.5, 29.5]);
});
