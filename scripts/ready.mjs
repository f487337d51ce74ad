// Makes a fresh clone ready: installs what package-lock.json names if it isn't there, and compiles what has changed,
// the studio's page included.
// Plain JavaScript with nothing but Node's own modules, since it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The lock file that npm leaves in node_modules names what is installed; compare it with what should be. */
function isInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  // npm 10 leaves out onnxruntime-node where its install script finds no way to its host, and is content.
  const named = wanted[''].optionalDependencies ?? {};
  const isFree = (path, { optional, os = [process.platform] }) =>
    optional && !(path.replace('node_modules/', '') in named && os.includes(process.platform));
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || isFree(path, entry) || installed[path]?.version === entry.version,
  );
}

/** Of those that `npm pack --dry-run` hands down, one would keep a nested `npm ci` from installing. */
const environment = () => {
  const { npm_config_dry_run, ...rest } = process.env;
  // The CUDA libraries that onnxruntime-node's install script would download are not used.
  return { ONNXRUNTIME_NODE_INSTALL: 'skip', ...rest };
};

function run(command, args, what) {
  const result = spawnSync(command, args, {
    cwd: root,
    env: environment(),
    // Progress of the set-up goes to stderr, so that stdout stays what the command itself prints.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    console.error(`lesionlab: ${what} failed (${result.error?.message ?? `exit status ${result.status}`}).`);
    process.exit(result.status || 1);
  }
}

if (!isInstalled()) {
  console.error('lesionlab: installing the packages that package-lock.json names (once)...');
  // The compiler is a development dependency, and wanted where NODE_ENV says production, too.
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], 'npm ci');
}
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (existsSync(compiler)) run(process.execPath, [compiler, '-b'], 'compiling');
else if (!existsSync(join(root, 'dist', 'cli', 'main.js'))) {
  console.error('lesionlab: the TypeScript compiler is missing; install with development dependencies (npm ci).');
  process.exit(1);
}

/** Takes out of a folder what was compiled from sources that are gone, so that no package holds it. */
function prune(outputs, sources) {
  for (const entry of readdirSync(outputs, { withFileTypes: true })) {
    const [output, source] = [join(outputs, entry.name), join(sources, entry.name)];
    if (entry.isDirectory() && existsSync(source)) prune(output, source);
    else if (entry.isDirectory() ? sources !== join(root, 'src') : !hasSource(source))
      rmSync(output, { recursive: true });
  }
}
const hasSource = (path) =>
  path.endsWith('.tsbuildinfo') || (!path.endsWith('.map') && existsSync(path.replace(/(\.d\.ts|\.js)$/, '.ts')));
if (existsSync(join(root, 'src'))) prune(join(root, 'dist'), join(root, 'src'));

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
