// Grad-CAM as an array: where a trained network looks in one image, and what share of the heat lies on the lesion.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localiseHeat } from 'lesionlab/explain';
import { overlayHeat } from 'lesionlab/image';
import { createContext, explainImage, sharpCodec, trainRun, writeSyntheticDataset } from 'lesionlab/node';

const folder = await mkdtemp(join(tmpdir(), 'lesionlab-example-'));
process.env.LESIONLAB_CACHE = join(folder, 'cache');
const data = join(folder, 'data');
const run = join(folder, 'run');
await writeSyntheticDataset(data, { images: 140, size: [64, 48] });
await trainRun(createContext(), { data, run, preset: 'demo', overrides: { imageSize: 32, batchSize: 8, epochs: 2 } });

// The image may be a path, the bytes of a file, or pixels.
const image = join(data, 'HAM10000_images_part_1', 'SYN_0000001.jpg');
const { heat, probabilities, classes, explained, layer, seen } = await explainImage(run, image);
for (const [k, { id }] of classes.entries()) console.log(`${id.padEnd(6)} ${probabilities[k].toFixed(3)}`);
console.log(`evidence for ${explained} in ${layer}: [${heat.height}, ${heat.width}], from 0 to 9`);
for (let y = 0; y < heat.height; y++) {
  const row = heat.values.subarray(y * heat.width, (y + 1) * heat.width);
  console.log([...row].map((value) => Math.round(9 * value)).join(' '));
}

// The heat over what the network saw, as a picture.
await writeFile(join(folder, 'heat.png'), await sharpCodec.encodePng(overlayHeat(seen, heat)));

const masks = join(data, 'HAM10000_segmentations_lesion_tschandl');
const mask = await sharpCodec.decode(await readFile(join(masks, 'SYN_0000001_segmentation.png')));
const { heatInside, lesionShare } = localiseHeat(heat, mask, { fit: 'squash', imageSize: 32 });
console.log(`${(100 * heatInside).toFixed(0)}% of the heat lies on ${(100 * lesionShare).toFixed(0)}% of the image`);
await rm(folder, { recursive: true });
