/**
 * Reads the cases that writeCases.py wrote with `readNetwork`, runs them and compares with what ONNX expects.
 *
 * node model-checks/conformance/readCases.mjs <folder> [part of a name]
 *
 * Floating-point inputs go in as values that gradients could be taken of; all others are given as numbers that are known. Prints every case that
 * failed, why others were refused, and the counts of docs/operators.md.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Graph, toOnnx } from '../../dist/graph/index.js';
import { decodeMessage } from '../../dist/graph/protobuf.js';
import { onnxOperators, readNetwork } from '../../dist/onnx/index.js';
import { decodeTensor } from '../../dist/onnx/mirror/decodeTensor.js';
import { floatsOf, isFloat, numbersOf, typeOfCode } from '../../dist/onnx/mirror/tensorTypes.js';
import { nodeRuntime } from '../../dist/runtime/node.js';

const [root, part = ''] = process.argv.slice(2);
const relative = 1e-3;
const absolute = 1e-7;
/** Rounding of half precision, which lesionlab computes in single. */
const coarse = { float16: 2e-3, bfloat16: 2e-2 };

function readValues(folder, stem) {
  const values = [];
  for (let i = 0; existsSync(join(folder, `${stem}_${i}.pb`)); i++) {
    const bytes = new Uint8Array(readFileSync(join(folder, `${stem}_${i}.pb`)));
    const source = { file: stem, files: new Map(), damaged: (found) => new Error(found) };
    const message = bytes.length === 0 ? undefined : decodeMessage('Tensor', bytes);
    // Of a type that lesionlab doesn't read: nothing can be given, and the network is to be refused.
    if (message && !typeOfCode(message.dataType)) values.push({ type: 'other', shape: [0], data: new Float32Array(0) });
    else values.push(message && decodeTensor(message, source));
  }
  return values;
}

function compare(name, found, expected) {
  if (`${found.shape}` !== `${expected.shape}`)
    throw new Error(`${name}: shape [${found.shape}], expected [${expected.shape}]`);
  if (expected.type === 'string') {
    if (`${found.data}` !== `${expected.data}`) throw new Error(`${name}: other texts`);
    return;
  }
  const [is, should] = [numbersOf(found), numbersOf(expected)];
  const tolerance = coarse[expected.type] ?? relative;
  for (let i = 0; i < should.length; i++) {
    const same = is[i] === should[i] || (Number.isNaN(is[i]) && Number.isNaN(should[i]));
    if (!same && !(Math.abs(is[i] - should[i]) <= absolute + tolerance * Math.abs(should[i])))
      throw new Error(`${name}[${i}]: ${is[i]}, expected ${should[i]}`);
  }
}

/** Operators of which all inputs but the first are sizes, bounds or rates: numbers that are known in every network. */
const takesSettings = new Set(['Resize', 'Upsample', 'Pad', 'Dropout']);

/** Numbers that float32 can't hold. */
const isBeyond = (tensor) =>
  tensor?.type === 'float64' && tensor.data.some((x) => Math.abs(x) > 3.4e38 && Number.isFinite(x));

async function check(folder) {
  const network = readNetwork(new Uint8Array(readFileSync(join(folder, 'model.onnx'))), { name: 'model.onnx' });
  const [given, expected] = [readValues(folder, 'input'), readValues(folder, 'output')];
  const graph = new Graph();
  const inputs = {};
  const feeds = {};
  const [{ operator }] = network.nodes;
  network.inputs.forEach(({ name }, i) => {
    const tensor = given[i];
    if (!tensor) return;
    // A graph takes no empty tensors, and none with numbers beyond float32: those are numbers that are known.
    const beyond = tensor.type === 'float64' && [...given, ...expected].some(isBeyond);
    const setting = i > 0 && network.nodes.length === 1 && takesSettings.has(operator);
    if (!isFloat(tensor.type) || tensor.data.length === 0 || beyond || setting)
      inputs[name] = { data: tensor.data, shape: tensor.shape };
    else {
      inputs[name] = graph.input(`in ${name}`, tensor.shape);
      feeds[`in ${name}`] = { data: floatsOf(tensor), shape: tensor.shape };
    }
  });
  const built = network.append(graph, { inputs });
  for (const [name, value] of built.values) graph.output(`out ${name}`, value);
  let results = {};
  if (built.values.size > 0) {
    const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
    results = await session.run(feeds);
    await session.close();
  }
  network.outputs.forEach(({ name }, i) => {
    if (expected[i]) compare(name, built.constants.get(name) ?? results[`out ${name}`], expected[i]);
  });
}

const reasons = new Map();
const rows = [];
const listed = new Set(onnxOperators.map(({ operator, domain = '' }) => `${domain}:${operator}`));
for (const group of readdirSync(root)) {
  const counts = { passed: 0, refused: 0, failed: 0 };
  for (const name of readdirSync(join(root, group)).filter((found) => found.includes(part))) {
    try {
      await check(join(root, group, name));
      counts.passed++;
    } catch (error) {
      if (
        error.name === 'LesionlabError' &&
        error.kind !== 'data' &&
        error.code !== 'run-failed' &&
        error.code !== 'model-unusable'
      ) {
        counts.refused++;
        const why = error.details[0] ?? error.message;
        const key = why
          .replace(/, \d+ of opset.*?": /, ': ')
          .replace(/"[^"]*"/g, '"…"')
          .replace(/\. [A-Z].*/, '');
        reasons.set(key, [...(reasons.get(key) ?? []), name]);
        continue;
      }
      counts.failed++;
      console.log(`FAILED ${group}/${name}: ${error.message} ${error.details ?? ''}`);
    }
  }
  rows.push([group, counts]);
}
for (const [reason, names] of [...reasons].sort((a, b) => b[1].length - a[1].length))
  console.log(`refused ${names.length} x ${reason}  (${names.slice(0, 4).join(', ')})`);
for (const [group, { passed, refused, failed }] of rows)
  console.log(`${group}: ${passed + refused + failed} cases, ${passed} passed, ${refused} refused, ${failed} failed`);
console.log(`${listed.size} operators are taken over`);
