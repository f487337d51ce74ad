// Writes the API reference, from the docstrings of what package.json exports, into dist/web/reference, where the studio has it too.
// Its tools lie in tools/docs, apart from the project's: TypeDoc reads an older TypeScript than the project is compiled with.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tools = join(root, 'tools', 'docs');
const page = join(root, 'dist', 'web', 'index.html');
const out = join(dirname(page), 'reference');
// The studio shows a link where there is a reference; building the page anew removes both.
const mark = '<meta name="reference" content="./reference/index.html">\n';

if (process.argv.includes('--remove')) {
  // The package has none: it is 11 MB.
  rmSync(out, { recursive: true, force: true });
  if (existsSync(page)) writeFileSync(page, readFileSync(page, 'utf8').replace(mark, ''));
  process.exit(0);
}

function run(command, args, cwd, what) {
  const result = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (result.status === 0) return;
  console.error(`lesionlab: ${what} failed (${result.error?.message ?? `exit status ${result.status}`}).`);
  process.exit(result.status || 1);
}

run(process.execPath, [join(root, 'scripts', 'ready.mjs')], root, 'getting ready');
const lock = join(tools, 'package-lock.json');
const installed = join(tools, 'node_modules', '.package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error('lesionlab: installing what makes the reference (once)...');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], tools, 'npm ci');
}

const { exports, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = Object.values(exports)
  .map((target) => (typeof target === 'string' ? target : target.import))
  // `lesionlab` itself has the others' names once more.
  .filter((target) => target.endsWith('.js') && target !== './dist/index.js')
  .map((target) => relative(tools, join(root, target.replace('./dist/', 'src/').replace(/\.js$/, '.ts'))));
const typedoc = join(tools, 'node_modules', 'typedoc', 'bin', 'typedoc');
run(
  process.execPath,
  [typedoc, '--options', 'typedoc.json', '--name', `lesionlab ${version}`, '--out', out, ...entries],
  tools,
  'writing the reference',
);

const text = readFileSync(page, 'utf8');
if (!text.includes(mark)) writeFileSync(page, text.replace('</head>', `${mark}</head>`));
console.log(join(out, 'index.html'));
