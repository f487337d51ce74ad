// Makes a fresh clone ready: installs what package-lock.json names if it isn't there, and compiles what has changed,
// the studio's page included.
// Plain JavaScript with nothing but Node's own modules, since it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
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

/** The newest change below a folder, milliseconds. */
function newestChange(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

/** Everything that the studio's page is made of. */
const pageSources = ['web', 'src', 'guide', 'package-lock.json'].map((name) => join(root, name)).filter(existsSync);
const bundler = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
const builtPage = join(root, 'dist', 'web', 'index.html');
const isPageCurrent = () =>
  existsSync(builtPage) && pageSources.every((path) => newestChange(path) < statSync(builtPage).mtimeMs);
if (existsSync(bundler) && existsSync(join(root, 'web')) && !isPageCurrent())
  run(
    process.execPath,
    [bundler, 'build', '--config', join('web', 'vite.config.ts'), '--logLevel', 'warn', 'web'],
    'building the page of the studio',
  );
