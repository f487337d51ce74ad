// Makes the run that the studio brings with it, in web/public/example: a LeNet trained on synthetic images by
// `lesionlab demo`, without its checkpoints, pictures made small, and with some images of its test split.
//
//   node web/makeExample.mjs [run folder of a finished demo]
//
// Without a folder the demo runs first, which takes a few minutes. Compile before (npm run build).
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { paintForeignImage } from '../dist/data/index.js';
import { encodeAlone } from '../dist/explain/index.js';
import { sharpCodec } from '../dist/node/files/codec.js';
import { encodeModelFile } from '../dist/node/prediction/encodeModelFile.js';
import { readCalibration } from '../dist/node/prediction/runCalibration.js';
import { readOutOfDistribution } from '../dist/node/prediction/runOutOfDistribution.js';
import { loadCheckpoint } from '../dist/node/run/checkpointFile.js';
import { openRunFolder } from '../dist/node/run/runFolder.js';

const target = fileURLToPath(new URL('./public/example', import.meta.url));
const program = fileURLToPath(new URL('../bin/lesionlab.js', import.meta.url));
/** Images of each diagnosis in the test split, a lesion each. */
const imagesPerClass = 5;
const largestBytes = 3e6;

const source = resolve(process.argv[2] ?? (await runDemo()));
const folder = await openRunFolder(source);
const checkpoint = await loadCheckpoint(folder, 'best');
if (!checkpoint.config.data.synthetic) throw new Error(`${source} is no run on synthetic images: nothing was written.`);

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const name of ['config.json', 'metrics.jsonl', 'steps.jsonl', 'splits.json', 'splits.csv', 'calibration.json'])
  await copyText(name);
for (const name of ['evaluation', 'exploration', 'explanations']) await copyFolder(name);
await writeModel();
await writeImages();
const bytes = await sizeOf(target);
console.log(`Wrote ${target}: ${(bytes / 1e6).toFixed(2)} MB.`);
if (bytes > largestBytes)
  throw new Error(`That is more than the ${largestBytes / 1e6} MB that the page may bring along.`);

async function runDemo() {
  const run = join(await mkdtemp(join(tmpdir(), 'lesionlab-example-')), 'demo');
  const { status } = spawnSync(process.execPath, [program, 'demo', '--run', run], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`lesionlab demo ended with status ${status}.`);
  return run;
}

/** As it is, but for where the run lay on this machine. */
async function copyText(name) {
  const text = (await readFile(join(source, name), 'utf8')).replaceAll(source, 'runs/demo');
  await writeFile(join(target, name), text);
}

/** JSON, CSV and charts as they are, pictures half as large in 128 colours; pages and pictures of many images stay behind. */
async function copyFolder(name) {
  await mkdir(join(target, name), { recursive: true });
  for (const entry of await readdir(join(source, name), { withFileTypes: true })) {
    const path = join(name, entry.name);
    if (entry.isDirectory()) await copyFolder(path);
    else if (/\.(json|jsonl|csv|svg)$/.test(path)) await copyText(path);
    else if (name === 'explanations' && path.endsWith('.png'))
      await sharp(join(source, path))
        .resize({ width: 160 })
        .png({ palette: true, colours: 128, compressionLevel: 9 })
        .toFile(join(target, path));
  }
}

/** The best checkpoint with heat maps, certainty and out-of-distribution score. */
async function writeModel() {
  const certainty = await readCalibration(folder, checkpoint);
  const outOfDistribution = await readOutOfDistribution(folder, checkpoint);
  if (!certainty || !outOfDistribution) throw new Error(`${source} was not evaluated: run the whole demo.`);
  await writeFile(
    join(target, 'model.onnx'),
    encodeModelFile(encodeAlone(checkpoint), { certainty, outOfDistribution, gradCamLayer: true }),
  );
}

/**
 * images/: test images, byte for byte, and two pictures that show no skin. images.json: an object each, with the row of the
 * metadata table, or with `foreign`, the kind of picture, where it shows something else.
 */
async function writeImages() {
  await mkdir(join(target, 'images'));
  const data = join(source, 'data');
  const splits = new Map((await readTable(join(source, 'splits.csv'))).map((row) => [row.image_id, row.split]));
  const parts = (await readdir(data)).filter((name) => name.startsWith('HAM10000_images'));
  const chosen = [];
  const lesions = new Set();
  for (const { id } of checkpoint.config.data.classes) {
    const rows = (await readTable(join(data, 'HAM10000_metadata.csv')))
      .filter(({ image_id, dx }) => dx === id && splits.get(image_id) === 'test')
      .sort((a, b) => a.image_id.localeCompare(b.image_id))
      .filter(({ lesion_id }) => !lesions.has(lesion_id) && lesions.add(lesion_id));
    for (const row of rows.slice(0, imagesPerClass)) {
      const file = `images/${row.image_id}.jpg`;
      for (const part of parts) await cp(join(data, part, `${row.image_id}.jpg`), join(target, file)).catch(() => {});
      await stat(join(target, file));
      chosen.push({
        imageId: row.image_id,
        file,
        lesionId: row.lesion_id,
        dx: row.dx,
        dxType: row.dx_type,
        age: row.age === '' ? null : Number(row.age),
        sex: row.sex,
        localization: row.localization,
      });
    }
  }
  for (const [kind, index] of [
    ['photograph', 3],
    ['drawn', 1],
  ]) {
    const file = `images/foreign-${kind}.jpg`;
    const image = paintForeignImage(kind, { seed: 0, index });
    await writeFile(join(target, file), await sharpCodec.encodeJpeg(image, 85));
    chosen.push({ imageId: `foreign-${kind}`, file, foreign: kind });
  }
  await writeFile(join(target, 'images.json'), `${JSON.stringify(chosen, null, 2)}\n`);
}

/** Rows of a CSV file without quotes. */
async function readTable(path) {
  const [head, ...lines] = (await readFile(path, 'utf8')).trim().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i], value])));
}

async function sizeOf(path) {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  const sizes = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
