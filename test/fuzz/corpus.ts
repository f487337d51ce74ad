import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { Graph, toOnnx } from '../../src/graph/index.js';
import { readWeights } from '../../src/models/weights/readWeights.js';
import { encodeSafetensors } from '../../src/models/weights/safetensors.js';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress } from '../../src/progress.js';
import { callCommandLine } from '../cli/callCommandLine.js';
import { readExamples } from '../data/formats/formatExample.js';
import { unpackRuns } from '../fixtures/runs/unpackRuns.js';
import { pixelFiles } from '../image/pixelFiles.js';
import { writeZip } from '../node/writeZip.js';
import { smallModel } from '../smallModel.js';

/** A file to change: `path` in a folder of the corpus, or in a run folder within it. */
export interface CorpusFile {
  readonly folder: string;
  readonly run?: string;
  readonly path: string;
}

/** Files by what they are. */
export type Corpus = Readonly<Record<string, readonly CorpusFile[]>>;

const weights = join(import.meta.dirname, '../fixtures/weights');
const recipe = `extends: head
imageSize: 64
training: { epochs: 3, batchSize: 8, learningRate: 0.001 }
augmentation: { horizontalFlip: 0.5, scale: [0.9, 1.1] }
`;
const plan = `name: Not worse than the clinic's model
truth: truth.csv
predictions: new.csv
reference: old.csv
unit: lesion
positive: [mel]
threshold: 0.3
alpha: 0.025
endpoints:
  - { id: sensitivity, metric: sensitivity, hypothesis: non-inferiority, margin: 0.05, against: reference }
  - { id: area, metric: auroc, hypothesis: superiority, against: 0.8, role: secondary }
subgroups: { fields: [age, sex], metric: sensitivity }
`;

/** Writes files to change, every kind that is read, into a folder, and their list. @param whole with all that a run folder can hold, which takes time */
export async function writeCorpus(root: string, { whole }: { readonly whole: boolean }): Promise<Corpus> {
  const corpus: Record<string, CorpusFile[]> = {};
  const add = (kind: string, file: CorpusFile) => {
    corpus[kind] = [...(corpus[kind] ?? []), file];
  };
  const put = (kind: string, folder: string, path: string, bytes: Uint8Array | string) => {
    mkdirSync(dirname(join(root, folder, path)), { recursive: true });
    writeFileSync(join(root, folder, path), bytes);
    add(kind, { folder, path });
  };
  for (const name of readdirSync(weights).filter((file) => /\.(pth|ckpt|tar|pt)$/.test(file)))
    put('pth', 'weights', name, readFileSync(join(weights, name)));
  const tiny = readWeights(readFileSync(join(weights, 'tiny.pth')), 'tiny.pth').weights;
  put('safetensors', 'weights', 'tiny.safetensors', encodeSafetensors(tiny, { model: 'tiny' }));
  for (const [name, bytes] of [
    ['small', smallModel()],
    ['layers', layers()],
  ] as const)
    put('onnx', 'networks', `${name}.onnx`, bytes);
  put('onnxruntime', 'networks', 'run.onnx', smallModel());
  for (const { name, bytes, refused } of await pixelFiles())
    if (!refused) put(`image ${kindOfImage(bytes)}`, 'images', name, bytes);
  put('hdf5', 'hdf5', 'images.h5', readFileSync(join(weights, '../hdf5/images.h5')));
  put('recipe', 'recipe', 'recipe.yaml', recipe);
  put('plan', 'plan', 'analysis.yaml', plan);
  await addDatasets(root, add);
  await addPictures(root, add);
  await addRuns(root, whole, add);
  writeFileSync(join(root, 'index.json'), JSON.stringify(corpus));
  return corpus;
}

const kindOfImage = (bytes: Uint8Array): string => {
  const start = Buffer.from(bytes.subarray(0, 132)).toString('latin1');
  const signatures = {
    jpeg: /^\xff\xd8/,
    png: /^\x89PNG/,
    webp: /^RIFF/,
    avif: /^.{4}ftyp/s,
    bmp: /^BM/,
    tiff: /^(II|MM)/,
  };
  return Object.entries(signatures).find(([, pattern]) => pattern.test(start))?.[0] ?? 'dicom';
};

/** Operators beside those of the small model. */
function layers(): Uint8Array {
  const graph = new Graph();
  const images = graph.input('images', [1, 3, 8, 8]);
  const weight = graph.initializer(
    Float32Array.from({ length: 4 * 3 * 9 }, (_, i) => Math.sin(i)),
    [4, 3, 3, 3],
    'conv.weight',
  );
  const conv = graph.node('Conv', [images, weight], [1, 4, 6, 6], { kernel_shape: [3, 3] });
  const pooled = graph.node('MaxPool', [graph.node('Relu', [conv], [1, 4, 6, 6])], [1, 4, 3, 3], {
    kernel_shape: [2, 2],
    strides: [2, 2],
  });
  const flat = graph.node('Reshape', [pooled, graph.integers([1, 36])], [1, 36]);
  const head = graph.initializer(
    Float32Array.from({ length: 36 * 7 }, (_, i) => Math.cos(i)),
    [36, 7],
    'fc.weight',
  );
  graph.output('logits', graph.node('MatMul', [flat, head], [1, 7]));
  return toOnnx(graph);
}

/** A dataset of each format, with its tables, and those that lie in archives. */
async function addDatasets(root: string, add: (kind: string, file: CorpusFile) => void): Promise<void> {
  for (const [format, { files }] of await readExamples()) {
    const folder = join('datasets', format);
    const archives: Record<string, Record<string, Uint8Array>> = {};
    for (const [path, content] of Object.entries(files)) {
      const bytes = Buffer.from(content);
      const [archive, entry] = path.split(': ');
      if (entry !== undefined) {
        archives[archive] = { ...archives[archive], [entry]: bytes };
        continue;
      }
      mkdirSync(dirname(join(root, folder, path)), { recursive: true });
      writeFileSync(join(root, folder, path), bytes);
      if (/\.(csv|tsv|txt|tab|xls)$/i.test(path)) add('csv', { folder, path });
      else if (/\.jsonl?$/.test(path)) add('dataset json', { folder, path });
      else if (/\.ya?ml$/.test(path)) add('yaml', { folder, path });
    }
    for (const [archive, entries] of Object.entries(archives)) {
      mkdirSync(join(root, folder), { recursive: true });
      writeZip(join(root, folder, archive), entries);
      add(archive.endsWith('.npz') ? 'npz' : 'zip', { folder, path: archive });
    }
  }
  const painted = join(root, 'datasets', 'painted');
  await writeSyntheticDataset(painted, { images: 30, size: [32, 24], progress: silentProgress });
  const images = Object.fromEntries(
    ['HAM10000_images_part_1', 'HAM10000_images_part_2'].flatMap((part) =>
      readdirSync(join(painted, part)).map((name) => [name, new Uint8Array(readFileSync(join(painted, part, name)))]),
    ),
  );
  const zipped = join('datasets', 'zipped');
  mkdirSync(join(root, zipped));
  for (const name of readdirSync(painted).filter((file) => /\.csv$/.test(file)))
    cpSync(join(painted, name), join(root, zipped, name));
  for (const store of [false, true]) {
    const name = store ? 'HAM10000_images_part_2.zip' : 'HAM10000_images_part_1.zip';
    const half = Object.entries(images).filter((_, i) => i % 2 === Number(store));
    writeZip(join(root, zipped, name), Object.fromEntries(half), { store });
    add('zip', { folder: zipped, path: name });
  }
}

/** Datasets whose pictures decode: one with tables, and a folder a diagnosis with pictures of every kind. */
async function addPictures(root: string, add: (kind: string, file: CorpusFile) => void): Promise<void> {
  const listed = join('datasets', 'painted');
  const names = readdirSync(join(root, listed), { recursive: true }).map(String);
  const files = names.filter((name) => statSync(join(root, listed, name)).isFile());
  const tables = files.filter((name) => !name.endsWith('.jpg'));
  for (const path of [...tables, ...files.filter((name) => name.endsWith('.jpg')).slice(0, 4)])
    add('pictures', { folder: listed, path: path.split(sep).join('/') });
  const sorted = join('datasets', 'sorted');
  const usable = (await pixelFiles()).filter(({ refused }) => !refused);
  for (const [i, { name, bytes }] of usable.entries()) {
    // Of what is decoded by our own code, every third.
    if (!['jpeg', 'png', 'webp', 'avif'].includes(kindOfImage(bytes)) && i % 3 > 0) continue;
    const path = join(['mel', 'nv', 'bcc'][i % 3], name);
    mkdirSync(dirname(join(root, sorted, path)), { recursive: true });
    writeFileSync(join(root, sorted, path), bytes);
    add('pictures', { folder: sorted, path: path.split(sep).join('/') });
  }
}

/** Run folders of version 0.1, with what this version adds, and one that judges somebody else's answers. */
async function addRuns(root: string, whole: boolean, add: (kind: string, file: CorpusFile) => void): Promise<void> {
  const folder = 'runs';
  const at = (name: string) => join(root, folder, name);
  mkdirSync(at('.'), { recursive: true });
  unpackRuns('v0.1', at('.'));
  await writeSyntheticDataset(at('elsewhere'), { images: 30, size: [32, 24], seed: 9, progress: silentProgress });
  const answers = join(at('first'), 'evaluation', 'test', 'predictions.csv');
  const calls = [
    ['explore', at('data'), '--run', at('first')],
    ['evaluate', at('first'), '--data', at('data'), '--resamples', '20'],
    ['evaluate', at('first'), '--data', at('elsewhere'), '--name', 'elsewhere', '--resamples', '20'],
    ['evaluate', answers, '--truth', at('data'), '--run', at('judged'), '--resamples', '20'],
    ['explain', at('first'), '--data', at('data')],
  ];
  for (const call of whole ? calls : [calls[0], calls[3]]) {
    const { status, stderr } = await callCommandLine([...call, '--quiet', '--json']);
    if (status !== 0) throw new Error(`${call.join(' ')}: ${stderr}`);
  }
  for (const run of ['first', 'both', 'judged'])
    for (const entry of readdirSync(at(run), { recursive: true, withFileTypes: true })) {
      const path = relative(at(run), join(entry.parentPath, entry.name)).split(sep).join('/');
      if (entry.isFile() && /\.(json|jsonl|csv|safetensors|onnx)$/.test(path)) add('run', { folder, run, path });
    }
  const truth = join(root, 'judging');
  mkdirSync(truth);
  cpSync(answers, join(truth, 'answers.csv'));
  const labels = readFileSync(answers, 'utf8')
    .split('\n')
    .map((line) => line.split(',').slice(0, 3).join(','));
  writeFileSync(join(truth, 'truth.csv'), labels.join('\n'));
  for (const path of ['answers.csv', 'truth.csv']) add('predictions', { folder: 'judging', path });
}
