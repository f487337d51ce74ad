// Writes a large dataset of small painted lesions in HAM10000's layout, quickly: a few hundred paintings, each image one of them with noise
// and a quality of its own, so that no two files are the same.
//   node bench/reading/manyImages.mjs <folder> --images 100000 [--loose]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { generateSyntheticDataset, syntheticTable } from '../../dist/data/synthetic/index.js';
import { ZipWriter } from './zipWriter.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { images: { type: 'string', default: '100000' }, loose: { type: 'boolean' } },
});
const [folder] = positionals;
const images = Number(values.images);
const paintings = 350;
const filesInAPart = 50_000;
const atATime = 64;
sharp.concurrency(1);
mkdirSync(folder, { recursive: true });

const [width, height] = [134, 128];
const dataset = generateSyntheticDataset({ images, size: [width, height] });
const { rows } = dataset;
writeFileSync(join(folder, 'HAM10000_metadata.csv'), syntheticTable(rows));
// Some of each class, so that there is something to learn.
const painted = new Map();
for (const [i, { dx }] of rows.entries()) {
  const own = painted.get(dx) ?? [];
  if (own.length < paintings / 7) painted.set(dx, [...own, dataset.draw(i).image.data]);
}

let state = 1;
function noise() {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return state >>> 24;
}
function varied(index) {
  const own = painted.get(rows[index].dx);
  const pixels = Uint8Array.from(own[index % own.length]);
  // Every seventh byte is enough to tell files apart, and leaves them compressible as photographs are.
  for (let i = index % 7; i < pixels.length; i += 7)
    pixels[i] = Math.max(0, Math.min(255, pixels[i] + (noise() >> 4) - 8));
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 80 + (index % 15) })
    .toBuffer();
}

let zip;
for (let first = 0; first < images; first += atATime) {
  const indices = Array.from({ length: Math.min(atATime, images - first) }, (_, i) => first + i);
  const files = await Promise.all(indices.map(varied));
  for (const [i, bytes] of files.entries()) {
    const index = first + i;
    const name = `${rows[index].imageId}.jpg`;
    const part = `HAM10000_images_part_${1 + Math.floor(index / filesInAPart)}`;
    if (values.loose) {
      const sub = join(folder, part, String(Math.floor(index / 1000)));
      if (index % 1000 === 0) mkdirSync(sub, { recursive: true });
      writeFileSync(join(sub, name), bytes);
      continue;
    }
    if (index % filesInAPart === 0) {
      zip?.close();
      zip = new ZipWriter(join(folder, `${part}.zip`));
    }
    zip.add(name, bytes);
  }
}
zip?.close();
