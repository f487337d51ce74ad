// Tries `npm install <tarball>` in empty folders with several versions of npm and Node, and prints what came of it as a table.
//
//   node scripts/tryInstall.mjs [--node 20,22,24] [--npm 10,11,12] [--tarball <file>]
//
// Node and npm come from the registry; whatever an install script would fetch from elsewhere fails. docs/packaging.md has the last result.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { call, cleanEnvironment, installInto, makeFolder, pack, removeFolder } from './emptyProject.mjs';

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: '20,22,24' },
    npm: { type: 'string', default: '10,11,12' },
    tarball: { type: 'string' },
  },
});
const [nodes, npms] = [values.node.split(','), values.npm.split(',')];
const folder = makeFolder('install');

/** A library import and a graph that runs: what a first program does. */
const program = `
import { Graph, toOnnx } from 'lesionlab/graph';
import { nodeRuntime } from 'lesionlab/runtime/node';
import { data } from 'lesionlab';
const graph = new Graph();
graph.output('y', graph.node('Relu', [graph.input('x', [2])], [2]));
const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
const { y } = await session.run({ x: { data: Float32Array.of(-1, 2), shape: [2] } });
await session.close();
if (y.data[0] !== 0 || y.data[1] !== 2 || data.ham10000Classes.length !== 7) throw new Error('wrong');
console.log(nodeRuntime.name);
`;

/** npm's own words about which Node it runs on are taken at their word. */
function runsOn(npm, nodeVersion) {
  const ranges = JSON.parse(readFileSync(join(npm, 'package.json'), 'utf8')).engines.node.split('||');
  const [major, minor] = nodeVersion.replace('v', '').split('.').map(Number);
  return ranges.some((range) => {
    const [, sign, wantedMajor, wantedMinor = '0'] = /([^\d\s]*)\s*(\d+)(?:\.(\d+))?/.exec(range);
    if (sign === '>=' && major > Number(wantedMajor)) return true;
    return major === Number(wantedMajor) && minor >= Number(wantedMinor);
  });
}

/** Looks at an installation: the doctor's word on networks, the version of the command, the engine that a program gets. */
function examine(project, env) {
  const version = call('npx', ['--no-install', 'lesionlab', '--version'], { cwd: project, env });
  const doctor = call(
    'node',
    [join(project, 'node_modules/lesionlab/bin/lesionlab.js'), 'doctor', '--json', '--threads', '1'],
    { cwd: project, env },
  );
  writeFileSync(join(project, 'program.mjs'), program);
  const ran = call('node', ['program.mjs'], { cwd: project, env });
  const networks = doctor.stdout && JSON.parse(doctor.stdout).findings.find(({ id }) => id === 'onnxruntime');
  return {
    ok: version.status === 0 && doctor.status === 0 && ran.status === 0,
    engine: ran.stdout.trim() || `none: ${ran.stderr.trim().split('\n')[0]}`,
    said: ran.stderr.trim(),
    doctor: networks ? [networks.found, networks.advice].filter(Boolean).join(' -> ') : doctor.stderr.trim(),
  };
}

const tarball = values.tarball ? resolve(values.tarball) : pack(folder).tarball;
console.error(`Installing Node ${nodes.join(', ')} and npm ${npms.join(', ')} from the registry...`);
const tools = join(folder, 'tools');
const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const { status, stderr } = installInto(tools, [
  ...nodes.map((version) => `node${version}@npm:node-${platform}@${version}`),
  ...npms.map((version) => `npm${version}@npm:npm@${version}`),
]);
if (status !== 0) throw new Error(stderr);

const rows = [];
const printed = new Map();
let failed = false;
function report(row, { result, seconds, found, expected }) {
  const fits = result.status === 0 && found.ok && found.engine === expected;
  failed ||= !fits;
  rows.push([...row, result.status, `${seconds.toFixed(0)} s`, found.engine, fits ? 'as wanted' : 'NOT as wanted']);
  console.error(`${row.join(', ')}: status ${result.status}, ${found.engine}`);
}

for (const npmVersion of npms)
  for (const nodeVersion of nodes) {
    const node = join(tools, 'node_modules', `node${nodeVersion}`, 'bin');
    const npmFolder = join(tools, 'node_modules', `npm${npmVersion}`);
    const version = call(join(node, 'node'), ['--version'], {
      cwd: folder,
      env: cleanEnvironment(folder),
    }).stdout.trim();
    if (!runsOn(npmFolder, version)) {
      rows.push([`npm ${npmVersion}`, version, '-', '', '', '', `npm ${npmVersion} does not run on it`]);
      continue;
    }
    const options = { node, npm: join(npmFolder, 'bin', 'npm-cli.js') };
    const project = join(folder, `npm${npmVersion}-node${nodeVersion}`);
    const plain = installInto(project, [tarball], options);
    report([`npm ${npmVersion}`, version, 'as it is'], {
      result: plain,
      seconds: plain.seconds,
      found: examine(project, plain.env),
      expected: 'onnxruntime-node',
    });
    if (!printed.has(npmVersion)) printed.set(npmVersion, `${plain.stdout}${plain.stderr}`.trim());
    removeFolder(project);
  }

// Where the native engine can't be installed after all: its install script is made to fail, as it does in package managers that run
// it before lesionlab's.
const [npmVersion, nodeVersion] = [npms[0], nodes[0]];
const options = {
  node: join(tools, 'node_modules', `node${nodeVersion}`, 'bin'),
  npm: join(tools, 'node_modules', `npm${npmVersion}`, 'bin', 'npm-cli.js'),
};
const project = join(folder, 'without');
const without = installInto(project, [tarball], { ...options, variables: { ONNXRUNTIME_NODE_INSTALL: 'true' } });
const webAssembly = examine(project, without.env);
report([`npm ${npmVersion}`, `v${nodeVersion}`, 'native engine fails to install'], {
  result: without,
  seconds: without.seconds,
  found: webAssembly,
  expected: 'onnxruntime-web',
});
const mended = installInto(project, [], { ...options, args: ['--ignore-scripts'] });
report([`npm ${npmVersion}`, `v${nodeVersion}`, 'then npm install --ignore-scripts'], {
  result: mended,
  seconds: mended.seconds,
  found: examine(project, mended.env),
  expected: 'onnxruntime-node',
});

const head = ['npm', 'Node', 'how', 'status', 'took', 'engine', 'result'];
console.log([head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n'));
for (const [version, text] of printed) console.log(`\nnpm ${version} printed:\n${text}`);
console.log(
  `\nWithout the native engine the first use says:\n${webAssembly.said}\nand the doctor:\n${webAssembly.doctor}`,
);
if (existsSync(folder)) removeFolder(folder);
process.exitCode = failed ? 1 : 0;
