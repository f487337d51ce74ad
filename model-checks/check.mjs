// Holds lesionlab against all exported networks of a folder: see README.md.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs, promisify } from 'node:util';

const lowerings = ['blocks', 'plain', 'webgpu'];
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true, default: [] },
    lowering: { type: 'string', default: 'blocks' },
    table: { type: 'string' },
    json: { type: 'string' },
    resume: { type: 'boolean', default: false },
  },
});
if (positionals.length !== 1 || !lowerings.includes(options.lowering)) {
  console.error(
    'Usage: node check.mjs <folder> [--only <part of a name>]... [--lowering blocks|plain|webgpu] [--table <file.md>] [--json <file> [--resume]]',
  );
  process.exit(2);
}

/** One network in a process of its own, so that a crash of the runtime is one network's failure. */
async function checkOne(folder) {
  const script = fileURLToPath(new URL('checkNetwork.mjs', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder, options.lowering], {
      maxBuffer: 2 ** 26,
    });
    return JSON.parse(stdout.trim().split('\n').at(-1));
  } catch (error) {
    const lines = (error.stderr || error.message).trim().split('\n');
    return {
      faults: [
        `ended with ${error.signal ?? error.code}: ${lines.find((line) => /Error|rror:/.test(line)) ?? lines.at(-1)}`,
      ],
    };
  }
}

const figure = (value) => (value === undefined ? '' : value === null ? 'not finite' : value.toExponential(1));
const root = resolve(positionals[0]);
const names = (await readdir(root)).sort().filter((name) => existsSync(join(root, name, 'reference.safetensors')));
const chosen = names.filter((name) => options.only.length === 0 || options.only.some((part) => name.includes(part)));
if (chosen.length === 0) {
  console.error(
    `${root}: expected folders with net.onnx, meta.json and reference.safetensors, found ${names.length}${names.length > 0 ? ', none of these names' : ''}. Make them with export.py.`,
  );
  process.exit(3);
}

/** What passed before with the same reference, where a run goes on. */
const before =
  options.resume && options.json && existsSync(options.json) ? JSON.parse(await readFile(options.json, 'utf8')) : [];
const others = before.filter((row) => !chosen.includes(row.name) && names.includes(row.name));
const rows = [];
const store = async () => options.json && writeFile(options.json, `${JSON.stringify([...others, ...rows], null, 1)}\n`);
for (const name of chosen) {
  const meta = JSON.parse(await readFile(join(root, name, 'meta.json'), 'utf8'));
  const kept = before.find((row) => row.name === name && row.passed && isDeepStrictEqual(row.meta, meta));
  if (kept) {
    rows.push(kept);
    continue;
  }
  const start = Date.now();
  const result = await checkOne(join(root, name));
  const passed = result.faults.length === 0;
  rows.push({ name, meta, result, passed });
  const { gradient } = result;
  console.log(
    `${passed ? 'passed' : 'FAILED'}  ${name}  output ${figure(result.output)}  gradient ${figure(gradient?.error)}  losses ${figure(result.loss)}  ${result.parameters ?? 0} parameters, ${result.constant?.length ?? 0} taken as constants  ${((Date.now() - start) / 1000).toFixed(0)} s`,
  );
  for (const fault of result.faults) console.log(`        ${fault.replaceAll('\n', '\n        ')}`);
  await store();
}
const passed = rows.filter((row) => row.passed).length;
console.log(`${passed} of ${rows.length} passed`);

/** The table of docs/: one line a network. */
function writeTable() {
  const operators = (meta) =>
    Object.entries(meta.operators)
      .filter(([name]) => name !== 'Constant')
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const cells = rows.map(({ meta, result, passed }) => [
    meta.network,
    meta.origin,
    meta.exporter,
    `${meta.opset}${meta.open.length > 0 ? `, ${meta.open.join(' and ')} open` : ''}`,
    meta.inputShape.join(' x '),
    result.parameters ?? '',
    figure(result.output),
    figure(result.gradient?.error),
    figure(result.loss),
    passed ? 'passed' : 'failed',
    operators(meta),
  ]);
  const head = [
    'network',
    'origin',
    'exporter',
    'opset',
    'input',
    'parameters',
    'output',
    'gradient',
    'losses',
    'verdict',
    'operators of the file',
  ];
  const line = (row) => `| ${row.join(' | ')} |`;
  return `# Networks of others, checked

Written by \`node model-checks/check.mjs\` (its README says how): exports with random weights, read by lesionlab and held against PyTorch.
${passed} of ${rows.length} passed. \`output\`: largest error, as a part of the largest logit, beside onnxruntime in Python (at most 1e-4). \`gradient\`: the worst parameter's largest
error, as a part of that parameter's largest gradient or of a thousandth of the network's, beside PyTorch in double precision (under 1e-3). \`losses\`: largest relative
error before and after each of 5 steps of plain SGD (under 1e-3). A file that is refused has failed.

${[head, head.map(() => '---'), ...cells].map(line).join('\n')}
`;
}

if (options.table) await writeFile(options.table, writeTable());
await store();
process.exit(passed === rows.length ? 0 : 1);
