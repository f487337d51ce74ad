// `npm run release`: packs lesionlab, checks the file that would be published, and says how to publish it. Publishes nothing itself.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials } from './billOfMaterials.mjs';
import { call, makeFolder, pack, removeFolder, root, sizeLimit } from './emptyProject.mjs';

const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const inRoot = { cwd: root, env: process.env, timeout: 1_200_000 };
const problems = [];
function check(what, problem) {
  console.log(`${problem ? 'NO ' : 'yes'}  ${what}${problem ? `: ${problem}` : ''}`);
  if (problem) problems.push(what);
}

function findVersionProblem() {
  const heading = /^## (.+)$/m.exec(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'))?.[1] ?? 'none';
  if (heading.split(/\s/)[0] !== version)
    return `package.json says ${version}, the first heading of CHANGELOG.md is "${heading}". Name both alike`;
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).version;
  if (locked !== version) return `package-lock.json says ${locked}: run npm install --package-lock-only`;
  return undefined;
}

const changed = call('git', ['status', '--porcelain'], inRoot);
check(
  'everything is committed',
  changed.status !== 0 ? changed.stderr.trim() : changed.stdout.trim().split('\n').filter(Boolean).join(', '),
);
check('the version is the one that CHANGELOG.md begins with', findVersionProblem());
const tagged = call('git', ['tag', '--list', `v${version}`], inRoot).stdout.trim();
check('the version is new', tagged && `there is a tag ${tagged} already`);

// What is published is made from a page and a compilation of nothing but these sources.
// The file that is published is packed below, without scripts: what `prepack` does (compile, take the API reference out of the page) is done here.
const shell = process.platform === 'win32';
const built = spawnSync('npm', ['run', '--silent', 'prepack'], { ...inRoot, shell, stdio: 'inherit' });
check('it compiles', built.status !== 0 && 'see above');
const folder = makeFolder('release');
const { tarball, size, integrity, files } = pack(folder);
check(
  `it takes at most ${sizeLimit / 1e6} MB: ${(size / 1e6).toFixed(2)} MB`,
  size > sizeLimit && 'see docs/packaging.md for what may be left out',
);
check(
  'it holds what was compiled',
  ['dist/index.js', 'dist/cli/main.js', 'dist/web/index.html', 'NOTICE']
    .filter((file) => !files.includes(file))
    .join(', '),
);

const bill = join(folder, `${name}-${version}.cdx.json`);
let billProblem;
try {
  writeFileSync(bill, `${JSON.stringify(billOfMaterials(), null, 2)}\n`);
} catch (error) {
  billProblem = error.message;
}
check('it has a bill of materials (CycloneDX)', billProblem);

console.log('     installing it in an empty project, importing and type-checking every part...');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const tested = call(process.execPath, [vitest, 'run', 'test/package'], {
  ...inRoot,
  env: { ...process.env, LESIONLAB_TARBALL: tarball },
});
check('it installs, runs and has sound types', tested.status !== 0 && `\n${tested.stdout}${tested.stderr}`);

const counts = new Map();
for (const file of files) {
  const part = file
    .split('/')
    .slice(0, file.startsWith('dist/') ? 2 : 1)
    .join('/');
  counts.set(part, (counts.get(part) ?? 0) + 1);
}
console.log(`\n${name} ${version}, ${files.length} files:`);
for (const [part, count] of [...counts].sort(([a], [b]) => a.localeCompare(b)))
  console.log(`  ${part}${count > 1 ? ` (${count})` : ''}`);
if (problems.length > 0) {
  if (existsSync(folder)) removeFolder(folder);
  console.log(`\nNot to be published yet: ${problems.length} of the checks above say no.`);
  process.exitCode = 1;
} else
  console.log(
    `\nReady. node scripts/tryInstall.mjs tries it with more versions of npm and Node. To publish:\n\n  npm publish ${tarball}\n  git tag v${version}\n\nIts checksum: ${integrity}\nIts bill of materials, to be published beside it: ${bill}`,
  );
