// Milliseconds an image of a network in the studio's prediction worker, in a Chromium that is installed here: WebAssembly with
// threads, or WebGPU. Weights are made up: they don't change the time. Compile before (npm run build).
//
//   node bench/predictInBrowser.mjs [--model resnet18] [--image-size 224] [--images 20] [--webgpu]
//
// A machine without a graphics card has WebGPU in software only, which is right and very slow; Debian's Chromium brings it along:
//   VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json node bench/predictInBrowser.mjs --webgpu --images 2
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { paintForeignImage } from '../dist/data/index.js';
import { encodeAlone } from '../dist/explain/index.js';
import { findModel, initialWeights } from '../dist/models/index.js';
import { sharpCodec } from '../dist/node/files/codec.js';
import { encodeModelFile } from '../dist/node/prediction/encodeModelFile.js';
import { startStudio } from '../dist/node/studio/startStudio.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet18' },
    'image-size': { type: 'string', default: '224' },
    images: { type: 'string', default: '20' },
    webgpu: { type: 'boolean', default: false },
  },
});
const imageSize = Number(values['image-size']);
const images = Number(values.images);

/** What `lesionlab export --grad-cam-layer` writes, seen once an image. */
function makeModel() {
  const config = JSON.parse(readFileSync(new URL('../web/public/example/config.json', import.meta.url), 'utf8'));
  const model = findModel(values.model);
  config.recipe.evaluation.testTimeAugmentation = 'none';
  config.preprocessing.imageSize = imageSize;
  config.model.id = model.id;
  const weights = initialWeights({ model, classCount: config.data.classes.length, imageSize }, 0);
  return encodeModelFile(encodeAlone({ name: 'best', weights, model, config, epoch: null, sha256: '' }), {
    gradCamLayer: true,
  });
}

const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path && existsSync(path),
);
if (!executablePath) throw new Error('No Chromium here: name one with CHROMIUM_PATH.');
const page = new URL('../dist/web/assets', import.meta.url);
const worker = readdirSync(page).find((name) => name.startsWith('predictWorker-'));
if (!worker) throw new Error('The page is not built: npm run build.');

const folder = mkdtempSync(join(tmpdir(), 'lesionlab-bench-'));
const file = join(folder, 'bench.onnx');
writeFileSync(file, makeModel());
const studio = await startStudio();
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    ...(values.webgpu ? ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--ignore-gpu-blocklist'] : []),
  ],
});
try {
  const tab = await browser.newPage();
  tab.setDefaultTimeout(0);
  await tab.goto(studio.url);
  const image = await sharpCodec.encodePng(paintForeignImage('photograph', { seed: 0, index: 0, size: [600, 450] }));
  // The model goes through a file input: as an argument its megabytes would be written out as text.
  await tab.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'bench';
    document.body.append(input);
  });
  await tab.locator('#bench').setInputFiles(file);
  const { words, opening, times } = await tab.evaluate(measure, {
    address: `./assets/${worker}`,
    device: values.webgpu ? 'webgpu' : 'cpu',
    image: [...image],
    images,
  });
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(`${values.model} at ${imageSize} px, ${words}, ${images} images one by one after the first:`);
  console.log(
    `  ${median.toFixed(0)} ms an image (median; fastest ${sorted[0].toFixed(0)}, slowest ${sorted.at(-1).toFixed(0)})`,
  );
  console.log(`  opening the model: ${(opening / 1000).toFixed(1)} s`);
} finally {
  await browser.close();
  await studio.close();
  rmSync(folder, { recursive: true });
}

/** Runs in the page. */
async function measure({ address, device, image, images }) {
  const worker = new Worker(address, { type: 'module' });
  // As web/src/browser/workerCalls.ts has it.
  const call = (name, argument) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if (data.type === 'error') reject(new Error(data.error.message));
        if (data.type === 'result') resolve(data.result);
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ type: 'call', id: 0, name, argument });
    });
  const [file] = document.querySelector('#bench').files;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const start = performance.now();
  const model = await call('open', { name: file.name, bytes, device });
  const opening = performance.now() - start;
  const times = [];
  for (let i = 0; i <= images; i++) {
    const result = await call('predict', { image: Uint8Array.from(image), heat: false });
    // The first image pays for kernels and memory.
    if (i > 0) times.push(result.milliseconds);
  }
  return { words: model.device.words, opening, times };
}
