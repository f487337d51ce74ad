// Makes a fresh clone ready: installs what package-lock.json names if it isn't there, and compiles what has changed.
// Plain JavaScript with nothing but Node's own modules, since it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const buildOnly = process.argv.includes('--build-only');

/** The lock file that npm leaves in node_modules names what is installed; compare it with what should be. */
function isInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
  );
}

function run(command, args, what) {
  const result = spawnSync(command, args, {
    cwd: root,
    // Progress of the set-up goes to stderr, so that stdout stays what the command itself prints.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    console.error(`lesionlab: ${what} failed (${result.error?.message ?? `exit status ${result.status}`}).`);
    process.exit(result.status || 1);
  }
}

if (!buildOnly && !isInstalled()) {
  console.error('lesionlab: installing the packages that package-lock.json names (once)...');
  // `npm ci` runs the `prepare` script, which compiles; the compiler is a development dependency, also in production.
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], 'npm ci');
}
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (existsSync(compiler)) run(process.execPath, [compiler, '-b'], 'compiling');
else if (!existsSync(join(root, 'dist', 'cli', 'main.js'))) {
  console.error('lesionlab: the TypeScript compiler is missing; install with development dependencies (npm ci).');
  process.exit(1);
}
