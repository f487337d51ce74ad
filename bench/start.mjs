// How long people wait until something happens, each time in a new process, on 2 threads: medians of five, by the clock and in the processor's time.
//   node bench/start.mjs [help predict first-step] [--rounds 5] [--models resnet18] [--image-size 224] [--batch-size 16] [--data folder] [--limit 900] [--dist dist]
// `help` is `lesionlab --help`. `predict` is one image by a run (in eight views) and by the file exported from it. `first-step` is a training on images
// that were prepared before: from when they are ready to the end of the first step, and from the start of the process.
// --data takes a dataset in place of 120 painted images, --limit some of its images: few enough that a training tells of every step (40 an epoch).
// --models names others than the default, separated by commas; one such as vit_b_16 takes minutes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    models: { type: 'string', default: 'resnet18' },
    'image-size': { type: 'string', default: '224' },
    'batch-size': { type: 'string', default: '16' },
    data: { type: 'string' },
    limit: { type: 'string' },
    dist: { type: 'string', default: 'dist' },
  },
});
const dist = resolve(values.dist);
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const [first, ...rest] = positionals;
const began = performance.now();
const say = (text) =>
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);

if (first === 'training') await trainOneStep(...rest);
else await measureAll(positionals.length > 0 ? positionals : ['help', 'predict', 'first-step']);

async function measureAll(wanted) {
  const folder = mkdtempSync(join(tmpdir(), 'lesionlab-start-'));
  process.env.LESIONLAB_CACHE = join(folder, 'cache');
  try {
    const rows = [];
    if (wanted.includes('help')) rows.push(['lesionlab --help', ...measure(['--help'])]);
    if (wanted.includes('predict') || wanted.includes('first-step')) {
      const data = values.data ? resolve(values.data) : await paintImages(join(folder, 'data'));
      if (wanted.includes('predict')) rows.push(...measurePredictions(folder, data));
      if (wanted.includes('first-step'))
        for (const model of values.models.split(',')) rows.push(...measureFirstSteps(folder, data, model));
    }
    for (const [name, seconds, cpu] of rows)
      console.log(
        name.padEnd(72),
        `${seconds.toFixed(2)} s`.padStart(8),
        cpu === undefined ? '' : `${cpu.toFixed(2)} CPU s`,
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function paintImages(data) {
  const { writeSyntheticDataset } = await load('node/dataset/writeSyntheticDataset.js');
  const progress = { start: () => ({ update() {}, end() {} }), note() {} };
  await writeSyntheticDataset(data, { images: 120, seed: 0, progress, signal: new AbortController().signal });
  return data;
}

function measurePredictions(folder, data) {
  const run = join(folder, 'run');
  const [model, size] = [values.models.split(',')[0], values['image-size']];
  command(['train', data, '--run', run, '--model', model, '--image-size', size, '--epochs', '1', '--batch-size', '16']);
  command(['evaluate', run, '--resamples', '0']);
  command(['export', run]);
  const image = join(
    data,
    readdirSync(data, { recursive: true }).find((name) => /\.(jpg|png)$/.test(name)),
  );
  return [
    [`predict one image with a run of ${model}`, ...measure(['predict', run, image])],
    ['predict one image with its exported file', ...measure(['predict', join(run, 'model.onnx'), image])],
  ];
}

function measureFirstSteps(folder, data, model) {
  const name = `training of ${model}, batches of ${values['batch-size']}`;
  const train = () => {
    say(name);
    const limited = values.limit ? ['--limit', values.limit] : [];
    const given = [
      '--dist',
      dist,
      ...limited,
      '--image-size',
      values['image-size'],
      '--batch-size',
      values['batch-size'],
    ];
    const { stdout } = start([import.meta.filename, 'training', data, join(folder, 'trained'), model, ...given]);
    rmSync(join(folder, 'trained'), { recursive: true, force: true });
    return JSON.parse(stdout);
  };
  train(); // prepares the images
  const rounds = Array.from({ length: Number(values.rounds) }, train);
  const medianOf = (figure) => median(rounds.map(figure));
  return [
    [`${name}: first step, from the start`, medianOf(({ step }) => step.seconds), medianOf(({ step }) => step.cpu)],
    [
      `${name}: first step, from when its images are ready`,
      medianOf(({ ready, step }) => step.seconds - ready.seconds),
    ],
  ];
}

/** In a process of its own: says when the images were ready, and when the first step was done. */
async function trainOneStep(data, run, model) {
  const { createContext, trainRun } = await load('node/index.js');
  const now = () => {
    const { user, system } = process.cpuUsage();
    return { seconds: performance.now() / 1000, cpu: (user + system) / 1e6 };
  };
  const marks = {};
  const done = new Error('the first step is done');
  const progress = { start: () => ({ update() {}, end() {} }), note() {} };
  const onEvent = ({ type }) => {
    if (type !== 'step') return;
    marks.step ??= now();
    throw done;
  };
  const context = createContext({ threads: 2, progress, signal: new AbortController().signal });
  const overrides = {
    model,
    imageSize: Number(values['image-size']),
    batchSize: Number(values['batch-size']),
    epochs: 1,
  };
  await trainRun(
    { ...context, onEvent },
    { data, run, overrides, limit: values.limit ? Number(values.limit) : undefined },
  ).catch((error) => {
    if (error !== done) throw error;
  });
  // The split is what is written first, once all images are read or found in the cache.
  marks.ready = { seconds: (statSync(join(run, 'splits.csv')).mtimeMs - performance.timeOrigin) / 1000 };
  console.log(JSON.stringify(marks));
}

/** Medians of the seconds and the CPU seconds that a command takes. */
function measure(args) {
  const rounds = Array.from({ length: Number(values.rounds) }, () => command(args));
  return [median(rounds.map(({ seconds }) => seconds)), median(rounds.map(({ cpu }) => cpu))];
}

function command(args) {
  say(`lesionlab ${args.map((arg) => (arg.startsWith(tmpdir()) ? basename(arg) : arg)).join(' ')}`);
  return start(['bin/lesionlab.js', ...args, ...(args[0] === '--help' ? [] : ['--threads', '2'])]);
}

/** Runs Node, and has the process say at its end how much of the processor's time it took. */
function start(args) {
  const said = join(process.env.LESIONLAB_CACHE, '..', 'cpu.json');
  const listener = `import { isMainThread } from 'node:worker_threads';
    import { writeFileSync } from 'node:fs';
    if (isMainThread) process.on('exit', () => writeFileSync(${JSON.stringify(said)}, JSON.stringify(process.cpuUsage())));`;
  const started = performance.now();
  const options = { encoding: 'utf8', maxBuffer: 1e9 };
  const importing = `data:text/javascript,${encodeURIComponent(listener)}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', importing, ...args], options);
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  const { user, system } = JSON.parse(readFileSync(said, 'utf8'));
  return { seconds, cpu: (user + system) / 1e6, stdout };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
