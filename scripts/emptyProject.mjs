// Packs lesionlab and installs it as a stranger would: into an empty folder, with nothing of this clone in reach.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** What may stand in the package, bytes. */
export const sizeLimit = 5_500_000;

/** A new folder for temporary files. */
export const makeFolder = (name) => mkdtempSync(join(tmpdir(), `lesionlab-${name}-`));

/**
 * The environment without what an npm that is running this hands down, and with install scripts that honour a proxy kept from every
 * host: a download that a machine with network would make fails here, too.
 * @param home folder with npm settings of its own, so that none of this machine's can help or warn
 * @param node folder of the Node to run with; this one's where left out
 */
export function cleanEnvironment(home, node) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|node_options$|onnxruntime|vitest)/i.test(name));
  const environment = Object.fromEntries(kept);
  const settings = join(home, 'npmrc');
  if (!existsSync(settings)) writeFileSync(settings, '');
  const registry = process.env.npm_config_registry;
  return {
    ...environment,
    ...(registry ? { npm_config_registry: registry } : {}),
    ...(node ? { PATH: `${node}${delimiter}${process.env.PATH}` } : {}),
    npm_config_userconfig: settings,
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    npm_config_update_notifier: 'false',
    GLOBAL_AGENT_HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_COLOR: '1',
  };
}

/** Runs a program to its end. @returns its status, and all that it printed */
export function call(program, args, { cwd, env, timeout = 300_000 }) {
  const shell = process.platform === 'win32' && !/node(\.exe)?$/.test(program);
  const result = spawnSync(program, args, { cwd, env, timeout, shell, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const { status, stdout = '', stderr = '', error } = result;
  return { status: status ?? 1, stdout, stderr: error ? `${stderr}${error.message}\n` : stderr };
}

/**
 * Packs what is compiled, without compiling; or tells what is in a tarball, a copy of which it makes.
 * @returns the tarball with its size in bytes, its checksum and the names of its files
 */
export function pack(folder, source = root) {
  const args = ['pack', source, '--ignore-scripts', '--json', '--pack-destination', folder];
  const { status, stdout, stderr } = call('npm', args, { cwd: folder, env: cleanEnvironment(folder) });
  if (status !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  const parsed = JSON.parse(stdout);
  // npm 12 has an object of packages by name.
  const [{ filename, size, integrity, files }] = Array.isArray(parsed) ? parsed : Object.values(parsed);
  return { tarball: join(folder, filename), size, integrity, files: files.map(({ path }) => path) };
}

/**
 * Makes an empty project, where there is none yet, and installs packages there.
 * @param {string} folder
 * @param {readonly string[]} packages
 * @param {{ node?: string, npm?: string, args?: readonly string[], variables?: Record<string, string> }} options
 * folder of the Node to run with and npm's script npm-cli.js (those on the PATH where left out), further options of npm, and variables
 * of the environment for the installation alone
 * @returns what it printed and how it ended, the seconds it took, and the environment to go on with
 */
export function installInto(folder, packages, { node, npm, args = [], variables } = {}) {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json')))
    writeFileSync(
      join(folder, 'package.json'),
      `${JSON.stringify({ name: 'empty', private: true, type: 'module' })}\n`,
    );
  const env = cleanEnvironment(dirname(folder), node);
  const command = [...(npm ? [npm] : []), 'install', ...packages, ...args];
  const start = performance.now();
  const result = call(npm ? 'node' : 'npm', command, { cwd: folder, env: { ...env, ...variables }, timeout: 600_000 });
  return { ...result, env, seconds: (performance.now() - start) / 1000 };
}

/** The names under which lesionlab can be imported. */
export function exportNames(packageFile = join(root, 'package.json')) {
  const { exports } = JSON.parse(readFileSync(packageFile, 'utf8'));
  return Object.keys(exports)
    .filter((name) => name !== './package.json')
    .map((name) => name.replace('.', 'lesionlab'));
}

export const removeFolder = (folder) => rmSync(folder, { recursive: true, force: true });
