// Holds lesionlab against the reference of one exported network: node checkNetwork.mjs <folder> <lowering>, one line of JSON to standard output.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Graph, gradients, listExternalFiles, softmaxCrossEntropy, toOnnx } from '../dist/graph/index.js';
import { decodeSafetensors } from '../dist/models/index.js';
import { readNetwork } from '../dist/onnx/index.js';
import { nodeRuntime } from '../dist/runtime/node.js';

/** What is allowed, as issue and README say. */
export const allowed = { output: 1e-4, gradient: 1e-3, loss: 1e-3 };

const threads = 2;
const largest = (data) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const difference = (a, b) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
// NaN is not under any bound, and Math.max lets it through only where it comes first.
const finite = (data) => data.every(Number.isFinite);

/** A graph for a lowering: onnxruntime's own layouts, channels in blocks, or what WebGPU has (it runs on the CPU too). */
async function newGraph(lowering) {
  if (lowering === 'blocks') return new Graph({ target: 'cpu', channelBlock: await nodeRuntime.channelBlock() });
  return new Graph({ target: lowering === 'webgpu' ? 'webgpu' : 'cpu' });
}

async function readFolder(folder) {
  const meta = JSON.parse(await readFile(join(folder, 'meta.json'), 'utf8'));
  const stored = await readFile(join(folder, 'reference.safetensors'));
  const { weights: reference } = decodeSafetensors(stored, 'reference.safetensors');
  const bytes = await readFile(join(folder, 'net.onnx'));
  const names = listExternalFiles(bytes, 'net.onnx');
  const files = new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))])));
  return { meta, reference, network: readNetwork(bytes, { name: 'net.onnx', files }) };
}

/** The network alone, its weights constants: what a prediction runs. */
async function predict({ meta, reference, network }, lowering) {
  const graph = await newGraph(lowering);
  const input = graph.input('images', meta.inputShape);
  const { values } = network.append(graph, {
    inputs: { [meta.inputName]: input },
    outputs: [meta.outputName],
    parameter: ({ name, shape, data }) => graph.initializer(data, shape, name),
  });
  graph.output('logits', values.get(meta.outputName));
  const session = await nodeRuntime.open(toOnnx(graph), { threads });
  const { logits } = await session.run({ images: { shape: meta.inputShape, data: reference.get('input').data } });
  await session.close();
  return logits.data;
}

/** The network with its parameters fed, a weighted cross-entropy and all gradients. */
async function openTraining({ meta, reference, network }, lowering) {
  const graph = await newGraph(lowering);
  const input = graph.input('images', meta.inputShape);
  const parameters = new Map();
  const constant = [];
  const { values } = network.append(graph, {
    inputs: { [meta.inputName]: input },
    outputs: [meta.outputName],
    parameter: ({ name, shape, data }) => {
      if (!reference.has(`gradient/${name}`)) {
        constant.push(name);
        return graph.initializer(data, shape, name);
      }
      const value = graph.input(name, shape);
      parameters.set(name, { value, shape, data: Float32Array.from(data) });
      return value;
    },
  });
  const logits = values.get(meta.outputName);
  const targets = graph.input('targets', [meta.labels.length, meta.classes]);
  const loss = graph.apply(softmaxCrossEntropy, [logits, targets], {});
  const names = [...parameters.keys()];
  const made = gradients(
    graph,
    loss,
    names.map((name) => parameters.get(name).value),
  );
  graph.output('logits', logits);
  graph.output('loss', loss);
  for (const [i, gradient] of made.entries()) graph.output(`gradient/${names[i]}`, gradient);
  return {
    session: await nodeRuntime.open(toOnnx(graph), { threads }),
    parameters,
    constant,
    nodes: graph.nodes.length,
  };
}

/** Labels as targets of the cross-entropy: class weights and their sum are in them. */
function targetsOf({ labels, classes, classWeights }) {
  const sum = labels.reduce((total, label) => total + classWeights[label], 0);
  const data = new Float32Array(labels.length * classes);
  for (const [row, label] of labels.entries()) data[row * classes + label] = classWeights[label] / sum;
  return { shape: [labels.length, classes], data };
}

/** Errors as parts of what is compared: a gradient of its parameter's largest, or of a thousandth of the network's where that is more. */
function compareGradients(found, reference, names) {
  const wanted = new Map(names.map((name) => [name, reference.get(`gradient/${name}`).data]));
  const floor = 1e-3 * Math.max(...[...wanted.values()].map(largest));
  let worst = { error: 0, parameter: '' };
  for (const [name, theirs] of wanted) {
    const mine = found[`gradient/${name}`].data;
    if (mine.length !== theirs.length)
      throw new Error(`Gradient of ${name} has ${mine.length} values, not ${theirs.length}`);
    const error = finite(mine) ? difference(mine, theirs) / Math.max(largest(theirs), floor) : Number.POSITIVE_INFINITY;
    if (error >= worst.error) worst = { error, parameter: name };
  }
  return worst;
}

async function check(folder, lowering) {
  const files = await readFolder(folder);
  const { meta, reference } = files;
  const expected = reference.get('output').data;
  const outputError = (mine) =>
    finite(mine) ? difference(mine, expected) / largest(expected) : Number.POSITIVE_INFINITY;
  const predicted = outputError(await predict(files, lowering));
  const { session, parameters, constant, nodes } = await openTraining(files, lowering);
  const wanted = [...reference.keys()]
    .filter((key) => key.startsWith('gradient/'))
    .map((key) => key.slice('gradient/'.length));
  const missing = wanted.filter((name) => !parameters.has(name));
  const images = { shape: meta.inputShape, data: reference.get('input').data };
  const targets = targetsOf(meta);
  const step = () => session.run({ images, targets, ...Object.fromEntries(parameters) });
  let found = await step();
  const gradient = compareGradients(found, reference, [...parameters.keys()]);
  const trained = outputError(found.logits.data);
  let loss = 0;
  for (const after of [undefined, ...meta.losses]) {
    const theirs = after ?? meta.loss;
    const error = Math.abs(found.loss.data[0] - theirs) / Math.abs(theirs);
    loss = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(loss, error);
    if (after === meta.losses.at(-1)) break;
    for (const [name, { data }] of parameters) {
      const slope = found[`gradient/${name}`].data;
      for (let i = 0; i < data.length; i += 1) data[i] -= meta.learningRate * slope[i];
    }
    found = await step();
  }
  await session.close();
  const output = Math.max(predicted, trained);
  const faults = [
    ...(missing.length > 0 ? [`not taken as parameters: ${missing.join(', ')}`] : []),
    ...(output <= allowed.output ? [] : ['output']),
    ...(gradient.error < allowed.gradient ? [] : [`gradient of ${gradient.parameter}`]),
    ...(loss < allowed.loss ? [] : ['losses']),
  ];
  return { output, gradient, loss, parameters: parameters.size, constant, missing, nodes, faults };
}

try {
  process.stdout.write(`${JSON.stringify(await check(...process.argv.slice(2)))}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ faults: [`${error.name}: ${error.message}`] })}\n`);
}
