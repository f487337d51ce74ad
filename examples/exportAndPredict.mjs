// A network exported to ONNX, and used twice: by lesionlab, and by onnxruntime alone, which knows nothing of lesionlab.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normaliseImage } from 'lesionlab/data';
import { readExportedModel } from 'lesionlab/evaluation';
import { fitImage } from 'lesionlab/image';
import { createContext, exportStep, predictImages, sharpCodec, trainRun, writeSyntheticDataset } from 'lesionlab/node';
import * as ort from 'onnxruntime-node';

const folder = await mkdtemp(join(tmpdir(), 'lesionlab-example-'));
process.env.LESIONLAB_CACHE = join(folder, 'cache');
const data = join(folder, 'data');
const run = join(folder, 'run');
await writeSyntheticDataset(data, { images: 140, size: [64, 48] });
const context = createContext();
await trainRun(context, { data, run, preset: 'demo', overrides: { imageSize: 32, batchSize: 8, epochs: 2 } });
const { path } = await exportStep(context, { run });
const image = join(data, 'HAM10000_images_part_1', 'SYN_0000001.jpg');

// By lesionlab: calibrated probabilities and sets as well, and mirrored views where the run averages them.
const { classes, images } = await predictImages(context, { source: path, inputs: [image] });
console.log(`${images[0].predicted}: ${images[0].probabilities.map((p) => p.toFixed(3)).join(' ')}`);

// By onnxruntime: the file's metadata says how pixels become numbers.
const { preprocessing } = readExportedModel(path, new Uint8Array(await readFile(path)));
const { imageSize: side } = preprocessing;
const square = fitImage(await sharpCodec.decode(await readFile(image)), preprocessing);
const pixels = new Float32Array(3 * side * side);
normaliseImage(square.data, preprocessing, pixels);
const session = await ort.InferenceSession.create(path);
const outputs = await session.run({ images: new ort.Tensor('float32', pixels, [1, 3, side, side]) });
const probabilities = [...outputs.probabilities.data];
const best = probabilities.indexOf(Math.max(...probabilities));
console.log(`${classes[best].id}: ${probabilities.map((p) => p.toFixed(3)).join(' ')}`);
await rm(folder, { recursive: true });
