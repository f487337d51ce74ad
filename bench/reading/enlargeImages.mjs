// Writes HAM10000 in small images as it is published in size: 600x450 pixels, JPEG of quality 90, in two zips. What it writes is as little
// to be passed on as the images that it is made from.
//   node bench/reading/enlargeImages.mjs <HAM10000 folder> <folder>
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { openDataset } from '../../dist/node/dataset/openDataset.js';
import { ZipWriter } from './zipWriter.mjs';

const [from, to] = process.argv.slice(2);
sharp.concurrency(1);
mkdirSync(to, { recursive: true });
const dataset = await openDataset(from);
copyFileSync(join(from, 'HAM10000_metadata.csv'), join(to, 'HAM10000_metadata.csv'));
const ids = dataset.records.map(({ imageId }) => imageId).sort();
const atATime = 16;
const half = Math.ceil(ids.length / 2);
for (const [part, own] of [ids.slice(0, half), ids.slice(half)].entries()) {
  const zip = new ZipWriter(join(to, `HAM10000_images_part_${part + 1}.zip`));
  for (let first = 0; first < own.length; first += atATime) {
    const some = own.slice(first, first + atATime);
    const files = await Promise.all(
      some.map(async (id) =>
        sharp(await dataset.images.read(id))
          .resize(600, 450, { fit: 'fill' })
          .jpeg({ quality: 90 })
          .toBuffer(),
      ),
    );
    for (const [i, bytes] of files.entries()) zip.add(`${some[i]}.jpg`, bytes);
  }
  zip.close();
}
await dataset.images.close();
