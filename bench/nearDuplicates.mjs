#!/usr/bin/env node
/**
 * Near-duplicates by threshold: of pairs of a dataset whose thumbnails can be laid on each other, how many are of one lesion, how many of two, and how
 * many of a list of pairs that are known to be one.
 * usage: node bench/nearDuplicates.mjs <dataset> [known.csv] [--repeat n]
 * known.csv holds two image ids a row, with or without an ending, in its last two columns. --repeat n takes the dataset n times, each image but the first time
 * shifted, zoomed and turned by chance, and measures the search for candidates alone: seconds for all images by the bits that may differ.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { findLikePairs, likenessThresholds } from '../dist/data/likeness/findLikePairs.js';
import { HashIndex } from '../dist/data/likeness/hashIndex.js';
import { brightness, markPicture, thumbnailSize as size, viewCount } from '../dist/data/likeness/imageHash.js';
import { openDataset } from '../dist/node/dataset/openDataset.js';
import { prepareImages } from '../dist/node/dataset/prepare.js';
import { silentProgress } from '../dist/progress.js';
import { Random } from '../dist/random.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { repeat: { type: 'string' } } });
const [data, knownFile] = positionals;
const dataset = await openDataset(data);
const { records } = dataset;
const fitting = { imageSize: size, fit: 'squash' };
const { images } = await prepareImages({ dataset, records, fitting, threads: 2, progress: silentProgress });
if (values.repeat) await measureSearch(Number(values.repeat));
else await measureThresholds();
images.close();
await dataset.images.close();

async function measureThresholds() {
  const bare = (cell) => cell.trim().replace(/\.\w+$/, '');
  const rows = knownFile ? (await readFile(knownFile, 'utf8')).trim().split(/\r?\n/) : [];
  const known = new Set(rows.map((row) => row.split(',').slice(-2).map(bare).sort().join(' ')));
  const lesionOf = new Map(records.map(({ imageId, lesionId }) => [imageId, lesionId]));
  const begun = performance.now();
  const pairs = await findLikePairs(images, { thresholds: { ...likenessThresholds, detail: 0.4 } });
  const { user, system } = process.cpuUsage();
  console.log(
    `${records.length} images: ${((performance.now() - begun) / 1000).toFixed(1)} s; CPU seconds of it all ${((user + system) / 1e6).toFixed(1)}`,
  );
  const found = pairs.map(({ first, second, likeness }) => {
    const ids = [first, second].map((i) => images.imageIds[i]);
    return {
      ids,
      likeness,
      own: lesionOf.get(ids[0]) === lesionOf.get(ids[1]),
      known: known.has([...ids].sort().join(' ')),
    };
  });
  console.log('detail at least, pairs of one lesion, of two lesions, of these in the list');
  for (const least of [0.5, 0.6, 0.65, 0.7, 0.725, 0.75, 0.8, 0.9]) {
    const those = found.filter(({ likeness }) => likeness.detail >= least);
    const apart = those.filter(({ own }) => !own);
    console.log(
      [least, those.length - apart.length, apart.length, apart.filter((pair) => pair.known).length].join(', '),
    );
  }
  for (const { ids, likeness, known: listed } of found
    .filter(({ own }) => !own)
    .sort((a, b) => b.likeness.detail - a.likeness.detail)
    .slice(0, 20))
    console.log(
      `${ids.join(' ')} detail ${likeness.detail.toFixed(3)} whole ${likeness.whole.toFixed(3)}${listed ? ' listed' : ''}`,
    );
}

async function measureSearch(repeat) {
  const random = new Random(0, 'bench');
  const pixels = new Uint8Array(size * size * 3);
  const count = records.length * repeat;
  const views = Array.from({ length: viewCount }, () => ({
    high: new Uint32Array(count),
    low: new Uint32Array(count),
  }));
  const queries = [];
  const step = Math.ceil(count / 300);
  const begun = performance.now();
  for (let i = 0; i < count; i++) {
    images.read(i % records.length, pixels);
    const grey = brightness(pixels);
    const marks = markPicture(i < records.length ? grey : moved(grey, random));
    for (const [v, [{ hash }]] of marks.entries()) [views[v].high[i], views[v].low[i]] = [hash.high, hash.low];
    if (i % step === 0) queries.push(marks);
  }
  console.log(`${count} images; marks: ${((performance.now() - begun) / count).toFixed(2)} ms an image`);
  for (const radius of [7, 11, 15]) {
    const indices = views.map(({ high, low }) => new HashIndex(high, low, radius));
    const start = performance.now();
    let candidates = 0;
    for (const marks of queries)
      for (const [v, own] of marks.entries())
        for (const { hash } of own) indices[v].query(hash, -1, () => candidates++);
    const each = (performance.now() - start) / queries.length;
    console.log(
      `${radius} bits: ${each.toFixed(2)} ms and ${Math.round(candidates / queries.length)} candidates an image, ${((each * count) / 2000).toFixed(0)} s for all`,
    );
  }
}

function moved(grey, random) {
  const between = (low, high) => low + (high - low) * random.next();
  const [zoom, turn, cx, cy] = [between(0.75, 1.15), between(-0.3, 0.3), between(-0.25, 0.25), between(-0.25, 0.25)];
  const [c, s] = [Math.cos(turn) * zoom, Math.sin(turn) * zoom];
  const inside = (at) => Math.min(size - 1, Math.max(0, Math.round(at * 15.5 + 15.5)));
  return grey.map((_, i) => {
    const [x, y] = [((i % size) - 15.5) / 15.5, (Math.floor(i / size) - 15.5) / 15.5];
    return grey[inside(s * x + c * y + cy) * size + inside(c * x - s * y + cx)];
  });
}
