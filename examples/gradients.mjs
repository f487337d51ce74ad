// Gradients of a function of one's own: an ONNX graph is built, differentiated, run, and compared with finite differences.
import { conv, flatten, Graph, gradients, linear, relu, softmaxCrossEntropy, toOnnx } from 'lesionlab/graph';
import { Random } from 'lesionlab/random';
import { nodeRuntime } from 'lesionlab/runtime/node';

// Two images of 1 channel and 6 x 6 pixels, a convolution with 3 filters, a linear layer with 2 outputs, and the loss.
const shapes = { images: [2, 1, 6, 6], filters: [3, 1, 3, 3], weight: [2, 48], bias: [2], targets: [2, 2] };
const graph = new Graph();
const input = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, graph.input(name, shape)]));
const seen = graph.apply(relu, [graph.apply(conv, [input.images, input.filters], { stride: 1, padding: 0 })], {});
const logits = graph.apply(linear, [graph.apply(flatten, [seen], {}), input.weight, input.bias], {});
const loss = graph.apply(softmaxCrossEntropy, [logits, input.targets], {});
graph.output('loss', loss);
graph.output('gradient', gradients(graph, loss, [input.filters])[0]);

const random = new Random(0, 'example');
const draw = (shape) => Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.next() - 0.5);
const feeds = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { data: draw(shape), shape }]));
// Targets are the one-hot truth, divided by the number of images: the loss is a mean.
feeds.targets.data.set([0.5, 0, 0, 0.5]);

const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
const { gradient } = await session.run(feeds);
const lossAt = async (i, change) => {
  const data = feeds.filters.data.slice();
  data[i] += change;
  const outputs = await session.run({ ...feeds, filters: { ...feeds.filters, data } });
  return outputs.loss.data[0];
};
console.log('filter weight   gradient   finite difference');
for (const i of [0, 9, 18, 26]) {
  const difference = ((await lossAt(i, 2e-3)) - (await lossAt(i, -2e-3))) / 4e-3;
  console.log(
    `${String(i).padStart(13)} ${gradient.data[i].toFixed(5).padStart(10)} ${difference.toFixed(5).padStart(19)}`,
  );
}
await session.close();
