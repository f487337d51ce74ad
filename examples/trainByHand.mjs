// A small graph of one's own, trained by hand: operators, their gradients, one ONNX graph, and a loop of plain gradient descent.
import { Graph, gradients, linear, softmaxCrossEntropy, tanh, toOnnx } from 'lesionlab/graph';
import { Random } from 'lesionlab/random';
import { nodeRuntime } from 'lesionlab/runtime/node';

// Points of the plane; class 1 lies inside of a circle, so that no straight line tells them apart.
const batchSize = 128;
const random = new Random(0, 'circle');
function drawBatch() {
  const points = Float32Array.from({ length: batchSize * 2 }, () => 2 * random.next() - 1);
  const labels = Array.from({ length: batchSize }, (_, n) =>
    Math.hypot(points[2 * n], points[2 * n + 1]) < 0.75 ? 1 : 0,
  );
  // The one-hot truth, divided by the number of points: the loss is a mean.
  const targets = new Float32Array(batchSize * 2);
  for (const [n, label] of labels.entries()) targets[2 * n + label] = 1 / batchSize;
  return { points, labels, targets };
}

// Two layers. Weights are inputs of the graph, since every step changes them.
const graph = new Graph();
const points = graph.input('points', [batchSize, 2]);
const targets = graph.input('targets', [batchSize, 2]);
const shapes = { hidden: [16, 2], hiddenBias: [16], output: [2, 16], outputBias: [2] };
const parameters = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, graph.input(name, shape)]));
const { hidden, hiddenBias, output, outputBias } = parameters;
const inner = graph.apply(tanh, [graph.apply(linear, [points, hidden, hiddenBias], {})], {});
const logits = graph.apply(linear, [inner, output, outputBias], {});
const loss = graph.apply(softmaxCrossEntropy, [logits, targets], {});
graph.output('logits', logits);
graph.output('loss', loss);
const found = gradients(graph, loss, Object.values(parameters));
for (const [i, name] of Object.keys(shapes).entries()) graph.output(`gradient of ${name}`, found[i]);

const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
const weights = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal(0, 0.5));
    return [name, { data, shape }];
  }),
);
const run = (batch) =>
  session.run({
    points: { data: batch.points, shape: [batchSize, 2] },
    targets: { data: batch.targets, shape: [batchSize, 2] },
    ...weights,
  });
const countRight = ({ labels }, { data }) =>
  labels.filter((label, n) => data[2 * n + label] > data[2 * n + 1 - label]).length;

const rate = 1;
for (let step = 0; step <= 600; step++) {
  const batch = drawBatch();
  const outputs = await run(batch);
  if (step % 200 === 0)
    console.log(
      `step ${step}: loss ${outputs.loss.data[0].toFixed(3)}, ${countRight(batch, outputs.logits)} of ${batchSize} right`,
    );
  for (const [name, { data }] of Object.entries(weights)) {
    const gradient = outputs[`gradient of ${name}`].data;
    for (let i = 0; i < data.length; i++) data[i] -= rate * gradient[i];
  }
}
await session.close();
