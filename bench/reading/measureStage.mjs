// One stage of the way on a dataset, in a process of its own: seconds, CPU seconds and the most memory that was resident.
//   node bench/reading/measureStage.mjs <open|describe|split|explore|first-step|prepare|epoch|evaluate> <data> [--image-size 224] [--dist dist] [--run folder]
// `first-step` is a run up to the end of its first training step, `epoch` one epoch with all before it that is not in the cache yet. Set LESIONLAB_CACHE to an
// empty folder to measure the first time. --dist names another build to measure. A training tells of some of its steps, forty an epoch: the end of the first is when
// it first tells, less the time that the steps since took, by what those until it tells again take.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dist: { type: 'string', default: 'dist' },
    threads: { type: 'string', default: '2' },
    'image-size': { type: 'string', default: '224' },
    'batch-size': { type: 'string', default: '32' },
    run: { type: 'string' },
  },
});
const [stage, data] = positionals;
const load = (path) => import(pathToFileURL(join(resolve(values.dist), path)).href);
const { openDataset, createContext, exploreStep, describeStep, trainRun, runStep, evaluateStep } =
  await load('node/index.js');
const out = values.run ?? mkdtempSync(join(tmpdir(), 'lesionlab-stage-'));
const imageSize = Number(values['image-size']);
const notes = [];
const began = performance.now();
const say = (text) =>
  notes.push(`${((performance.now() - began) / 1000).toFixed(2)} s, ${cpuSeconds().toFixed(2)} CPU s: ${text}`);
const progress = {
  start: (name) => {
    say(name);
    return { update() {}, end: () => say(`${name}: done`) };
  },
  note: say,
};
const controller = new AbortController();
const context = createContext({ threads: Number(values.threads), progress, signal: controller.signal });
const options = {
  data,
  run: join(out, 'run'),
  overrides: { model: 'lenet', imageSize, epochs: 1, batchSize: Number(values['batch-size']) },
};

const measured = { images: 0 };
const open = async (use) => {
  const dataset = await openDataset(data);
  measured.images = dataset.records.length;
  try {
    return await use(dataset);
  } finally {
    await dataset.images.close();
  }
};

const stages = {
  open: () => open(async () => {}),
  describe: () => describeStep(data),
  async split() {
    // The command itself, since what it does beyond the step differs between versions.
    const { executeCommandLine } = await load('cli/main.js');
    const streams = { stdout: { write() {} }, stderr: process.stderr, signal: controller.signal };
    const command = ['node', 'lesionlab', 'split', data, '--out', join(out, 'splits'), '--quiet'];
    const status = await executeCommandLine(command, streams);
    if (status !== 0) throw new Error(`split ended with ${status}`);
  },
  explore: () => open((dataset) => exploreStep(context, dataset, join(out, 'exploration'))),
  async 'first-step'() {
    const firstStep = new Error('first step');
    let told;
    try {
      const onEvent = (event) => {
        if (event.type !== 'step') return;
        const now = { step: event.record.step, seconds: (performance.now() - began) / 1000, cpu: cpuSeconds() };
        told ??= now;
        if (told.step > 1 && now === told) return;
        const since = now === told ? 0 : (told.step - 1) / (now.step - told.step);
        measured.firstStepSeconds = told.seconds - since * (now.seconds - told.seconds);
        measured.firstStepCpuSeconds = told.cpu - since * (now.cpu - told.cpu);
        throw firstStep;
      };
      await (runStep ?? trainRun)({ ...context, onEvent }, options);
    } catch (error) {
      if (error !== firstStep) throw error;
    }
  },
  prepare: () =>
    open(async (dataset) => {
      const { prepareData } = await load('node/index.js');
      const fitting = { imageSize, fit: 'squash', resize: 'bilinear-antialiased' };
      (await prepareData(context, dataset, fitting, { excludeUnusable: true })).prepared.close();
    }),
  epoch: () => trainRun(context, { ...options, overwrite: true }),
  evaluate: () => evaluateStep(context, { run: options.run }),
};

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
await stages[stage]();
const seconds = (performance.now() - began) / 1000;
console.log(
  JSON.stringify(
    {
      stage,
      ...measured,
      seconds,
      cpuSeconds: cpuSeconds(),
      residentMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      notes,
    },
    null,
    1,
  ),
);
if (values.run === undefined) rmSync(out, { recursive: true, force: true });
