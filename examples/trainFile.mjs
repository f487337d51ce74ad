// Anybody's ONNX file, trained by hand: read, put into a graph with its weights as inputs, differentiated, and written again.
import { conv, Graph, globalAveragePool, gradients, linear, relu, softmaxCrossEntropy, toOnnx } from 'lesionlab/graph';
import { readNetwork } from 'lesionlab/onnx';
import { Random } from 'lesionlab/random';
import { nodeRuntime } from 'lesionlab/runtime/node';

const random = new Random(0, 'stripes');
const draw = (...shape) => Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal(0, 0.3));

// In the place of `await readFile('net.onnx')`: a small network with random weights, built for one image.
function somebodysFile() {
  const graph = new Graph();
  const images = graph.input('pixels', [1, 1, 12, 12]);
  const weight = (name, ...shape) => graph.initializer(draw(...shape), shape, name);
  const filters = [images, weight('conv.weight', 8, 1, 3, 3), weight('conv.bias', 8)];
  const map = graph.apply(relu, [graph.apply(conv, filters, { stride: 1, padding: 1 })], {});
  const features = graph.apply(globalAveragePool, [map], {});
  graph.output('scores', graph.apply(linear, [features, weight('fc.weight', 2, 8), weight('fc.bias', 2)], {}));
  return toOnnx(graph);
}

const network = readNetwork(somebodysFile(), { name: 'net.onnx' });
const [{ name: input }] = network.inputs;
const [{ name: output }] = network.outputs;
console.log(network.operators.map(({ operator, count }) => `${count} ${operator}`).join(', '));

// What can't be taken over is a list before it is an error; other sizes than the file's are fixed here.
const batchSize = 32;
const shape = [batchSize, 1, 12, 12];
for (const refusal of network.refusals({ inputs: { [input]: shape } })) console.log(refusal.operator, refusal.reason);

// Its weights become inputs of the graph, beginning with the file's numbers.
const graph = new Graph();
const weights = new Map();
const { values, layers } = network.append(graph, {
  inputs: { [input]: graph.input('images', shape) },
  parameter: ({ name, shape, data }) => {
    weights.set(name, { data: data.slice(), shape });
    return graph.input(name, shape);
  },
});
console.log(`${layers.length} layers, trained: ${[...weights.keys()].join(', ')}`);
const targets = graph.input('targets', [batchSize, 2]);
const loss = graph.apply(softmaxCrossEntropy, [values.get(output), targets], {});
graph.output('loss', loss);
const trained = graph.inputs.filter(({ name }) => weights.has(name));
for (const [i, gradient] of gradients(graph, loss, trained).entries()) graph.output(`d ${trained[i].name}`, gradient);

const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
for (let step = 0; step <= 300; step++) {
  // Class 0 has stripes that lie, class 1 stripes that stand.
  const labels = Array.from({ length: batchSize }, () => random.integer(2));
  const striped = (at) => ((labels[Math.floor(at / 144)] === 1 ? at % 12 : Math.floor(at / 12) % 12) % 4 < 2 ? 1 : 0);
  const data = Float32Array.from({ length: 144 * batchSize }, (_, at) => striped(at) + random.normal(0, 0.3));
  const truth = Float32Array.from({ length: 2 * batchSize }, (_, i) => (labels[i >> 1] === i % 2 ? 1 / batchSize : 0));
  const feeds = { images: { data, shape }, targets: { data: truth, shape: [batchSize, 2] } };
  const outputs = await session.run({ ...feeds, ...Object.fromEntries(weights) });
  if (step % 100 === 0) console.log(`step ${step}: loss ${outputs.loss.data[0].toFixed(3)}`);
  for (const [name, { data: numbers }] of weights)
    for (const [i, slope] of outputs[`d ${name}`].data.entries()) numbers[i] -= 0.5 * slope;
}
await session.close();

// The same network with its new weights, for any number of images.
const after = new Graph();
const parameter = ({ name, shape }) => after.initializer(weights.get(name).data, shape, name);
const built = network.append(after, { inputs: { [input]: after.input('images', [1, 1, 12, 12]) }, parameter });
after.output('scores', built.values.get(output));
const bytes = toOnnx(after, { symbolicShapes: { images: ['batch', 1, 12, 12], scores: ['batch', 2] } });
console.log(`a file of ${bytes.length} bytes that takes images [${readNetwork(bytes).inputs[0].shape}]`);
