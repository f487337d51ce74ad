import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executeCommandLine } from '../../dist/cli/main.js';
import { readAnalysisPlan } from '../../dist/evaluation/index.js';
import { findModel, takeInitialWeights } from '../../dist/models/index.js';
import { readWeights } from '../../dist/models/weights/readWeights.js';
import { sharpCodec } from '../../dist/node/files/codec.js';
import { fileAt } from '../../dist/node/files/folderFiles.js';
import { openHdf5 } from '../../dist/node/files/hdf5Files.js';
import { openNetworkFile } from '../../dist/node/run/networkFile.js';
import { nodeRuntime } from '../../dist/runtime/node.js';

const lenet = { model: findModel('lenet'), classCount: 7, imageSize: 32 };

/** A command as it would be called; what it prints is no concern here, but it must never be a bug. */
async function command(...args) {
  let text = '';
  const stream = {
    write: (piece) => {
      text += piece;
    },
  };
  const streams = { stdout: { write() {} }, stderr: stream, signal: new AbortController().signal };
  const status = await executeCommandLine(
    ['node', 'lesionlab', ...args, '--json', '--quiet', '--threads', '1'],
    streams,
  );
  if (![0, 2, 3, 4].includes(status))
    throw new Error(`lesionlab ${args.join(' ')} ended with status ${status}:\n${text}`);
  return status === 0;
}

const weights = async (bytes, name) => {
  const file = readWeights(bytes, name);
  for (const set of file.sets ?? []) set.load();
  try {
    takeInitialWeights(file, lenet, {});
  } catch (error) {
    // Few fit the network; that they were read is what counts.
    if (error.name !== 'LesionlabError') throw error;
  }
};

/** The corpus' folder with one file in another version. */
async function inFolder(place, bytes, work) {
  const folder = join(place.work, 'folder');
  rmSync(folder, { recursive: true, force: true });
  cpSync(place.folder, folder, { recursive: true });
  writeFileSync(join(folder, place.path), bytes);
  return await work(folder);
}

const dataset = (place, bytes) =>
  inFolder(place, bytes, async (folder) => {
    const explored = await command('explore', folder, '--out', join(place.work, 'explored'));
    const split = await command('split', folder, '--out', join(place.work, 'split'));
    return explored || split;
  });

/** Commands that look at the pictures of a dataset. */
const lookers = {
  explore: (folder, place) => command('explore', folder, '--out', join(place.work, 'explored')),
  split: (folder, place) => command('split', folder, '--out', join(place.work, 'split'), '--near-duplicates'),
  predict: (folder, place) => command('predict', firstRun(place), folder, '--out', join(place.work, 'answers.csv')),
  evaluate: (folder, place) => command('evaluate', firstRun(place), '--data', folder, '--resamples', '0'),
};
/** A run of its own: evaluations are written into it. */
const firstRun = (place) => {
  const run = join(place.work, 'first');
  cpSync(join(place.folder, '../../runs/first'), run, { recursive: true });
  return run;
};

/** Which commands read a file of a run folder, by its name. */
const readers = [
  [
    /^config\.json$|^\.lesionlab/,
    ['report', 'predict', 'resume', 'evaluate', 'export', 'explain', 'compare', 'overwrite'],
  ],
  [/^(exploration|explanations)\//, ['report', 'explain']],
  [/^evaluation\//, ['report', 'compare', 'evaluate', 'explain']],
  [/^splits\./, ['report', 'evaluate', 'resume', 'overlap']],
  [/^(metrics|steps)\.jsonl$/, ['report', 'resume']],
  [/state\.safetensors$/, ['resume']],
  [/initial\.safetensors$/, ['explain']],
  [/\.safetensors$/, ['evaluate', 'predict', 'explain', 'resume', 'export']],
  [/calibration\.json$/, ['predict', 'report', 'evaluate']],
  [/model\.onnx$/, ['predictFile', 'inspectFile']],
  [/./, ['report']],
];

const commandsOf = (run, place) => {
  const other = join(place.folder, 'second');
  return {
    report: () => command('report', run),
    predict: () => command('predict', run, join(place.folder, 'data')),
    predictFile: () => command('predict', join(run, 'model.onnx'), join(place.folder, 'data')),
    inspectFile: () => command('inspect', join(run, 'model.onnx')),
    evaluate: () =>
      command('evaluate', run, '--data', join(place.folder, 'data'), '--resamples', '0', '--split', 'validation'),
    explain: () => command('explain', run, '--data', join(place.folder, 'data')),
    export: () => command('export', run),
    compare: () => command('compare', run, other),
    overlap: () => command('compare', other, run),
    resume: () => command('train', join(place.folder, 'data'), '--run', run, '--resume'),
    overwrite: () => command('ensemble', run, other, '--run', join(place.work, 'both'), '--overwrite'),
  };
};

const decode = async ({ bytes }) => {
  await sharpCodec.decode(bytes);
};

/** What is done with a mutated file, by its kind. Whatever is thrown but a LesionlabError is a fault. */
export const targets = {
  safetensors: ({ bytes, name }) => weights(bytes, name),
  pth: ({ bytes, name }) => weights(bytes, name),
  onnx: async ({ bytes, place }) => {
    const path = join(place.work, 'a.onnx');
    writeFileSync(path, bytes);
    await openNetworkFile(path);
  },
  onnxruntime: async ({ bytes }) => {
    const session = await nodeRuntime.open(bytes, { file: 'a.onnx', threads: 1 });
    try {
      await session.run({ images: { data: new Float32Array(3 * 8 * 8).fill(0.5), shape: [1, 3, 8, 8] } });
    } finally {
      await session.close();
    }
  },
  ...Object.fromEntries(
    ['avif', 'bmp', 'dicom', 'jpeg', 'png', 'tiff', 'webp'].map((name) => [`image ${name}`, decode]),
  ),
  hdf5: async ({ bytes, place }) => {
    const path = join(place.work, 'a.h5');
    writeFileSync(path, bytes);
    const opened = await openHdf5(await fileAt(path));
    try {
      for (const file of opened?.files ?? []) {
        void file.byteLength;
        await file.read();
      }
    } finally {
      await opened?.close();
    }
  },
  zip: ({ bytes, place }) => dataset(place, bytes),
  npz: ({ bytes, place }) => dataset(place, bytes),
  csv: ({ bytes, place }) => dataset(place, bytes),
  yaml: ({ bytes, place }) => dataset(place, bytes),
  pictures: ({ bytes, place, draw }) =>
    inFolder(place, bytes, async (folder) => {
      const names = Object.keys(lookers);
      return await lookers[names[draw % names.length]](folder, place);
    }),
  'dataset json': ({ bytes, place }) => dataset(place, bytes),
  recipe: ({ bytes, place }) => inFolder(place, bytes, (folder) => command('recipe', join(folder, place.path))),
  plan: ({ bytes, name }) => {
    readAnalysisPlan(bytes.toString(), name);
  },
  predictions: ({ bytes, place }) =>
    inFolder(place, bytes, (folder) =>
      command(
        'evaluate',
        join(folder, 'answers.csv'),
        '--truth',
        join(folder, 'truth.csv'),
        '--run',
        join(place.work, 'run'),
        '--resamples',
        '0',
        '--overwrite',
      ),
    ),
  run: async ({ bytes, place, draw }) => {
    const run = join(place.work, 'run');
    rmSync(run, { recursive: true, force: true });
    cpSync(join(place.folder, place.run), run, { recursive: true });
    writeFileSync(join(run, place.path), bytes);
    const known = readers.find(([pattern]) => pattern.test(place.path))[1];
    return await commandsOf(run, place)[known[draw % known.length]]();
  },
};
