/**
 * Holds heat maps of others' networks against those of the Python package grad-cam: see README.md.
 *
 * usage: node model-checks/gradCamCheck.mjs <folder of gradCam.py> [part of a name]
 * Ends with status 1 where a map correlates with grad-cam's by no more than 0.999.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openNetworkExplainer } from '../dist/explain/index.js';
import { foreignModel } from '../dist/models/foreign/foreignModel.js';
import { findImageInput } from '../dist/models/foreign/imageInput.js';
import { decodeSafetensors, initialWeights } from '../dist/models/index.js';
import { readNetwork } from '../dist/onnx/index.js';
import { nodeRuntime } from '../dist/runtime/node.js';

const [root, part = ''] = process.argv.slice(2);
if (!root) {
  console.error('usage: node model-checks/gradCamCheck.mjs <folder> [part of a name]');
  process.exit(2);
}
const allowed = 0.999;
let failed = 0;
const names = readdirSync(root).filter((name) => name.startsWith('gradcam-') && name.includes(part));
for (const name of names) {
  const at = (file) => join(root, name, file);
  const meta = JSON.parse(readFileSync(at('meta.json'), 'utf8'));
  const { weights: maps } = decodeSafetensors(readFileSync(at('maps.safetensors')), name);
  const network = readNetwork(new Uint8Array(readFileSync(at('net.onnx'))), { name });
  const imageSize = meta.inputShape[2];
  const use = { imageSize, output: meta.outputName, head: 'own' };
  const model = foreignModel(network, { id: name, input: findImageInput(network), ...use });
  const size = { model, classCount: model.classCount, imageSize };
  const known = new Set(model.surveyed.map(({ output }) => output));
  const layer = [meta.tensor, ...meta.alike].find((tensor) => known.has(tensor));
  for (const [method, key] of [
    ['grad-cam', 'gradcam'],
    ['hirescam', 'hirescam'],
  ]) {
    const line = `${name.slice('gradcam-'.length)}  ${method}`;
    if (!layer) {
      // Batch norm and the ReLU after it are one layer here: what lies between them has no value of its own.
      console.log(`left out  ${line}: no value of its own at ${meta.tensor}`);
      continue;
    }
    const explainer = await openNetworkExplainer(nodeRuntime, {
      ...{ ...size, weights: initialWeights(size, 0), method, layer },
      batchSize: meta.classes.length,
    });
    const found = await explainer.explain(maps.get('input').data, meta.classes);
    await explainer.close();
    const theirs = maps.get(`${key}/map`);
    const cells = theirs.shape[1] * theirs.shape[2];
    const worst = Math.min(
      ...found.map(({ values }, i) => correlate(values, theirs.data.subarray(i * cells, (i + 1) * cells))),
    );
    const passed = worst > allowed;
    if (!passed) failed += 1;
    const own = layer === model.gradCamLayer ? ', the layer that is found by itself' : '';
    console.log(`${passed ? 'passed  ' : 'FAILED  '}  ${line}  correlation ${worst.toFixed(6)} at ${layer}${own}`);
  }
}
process.exitCode = failed > 0 || names.length === 0 ? 1 : 0;

/** Pearson's correlation. */
function correlate(a, b) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squareA, squareB] = [0, 0, 0];
  a.forEach((value, i) => {
    both += (value - meanA) * (b[i] - meanB);
    squareA += (value - meanA) ** 2;
    squareB += (b[i] - meanB) ** 2;
  });
  return both / Math.sqrt(squareA * squareB);
}
