import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  call,
  exportNames,
  installInto,
  makeFolder,
  pack,
  removeFolder,
  root,
  sizeLimit,
} from '../../scripts/emptyProject.mjs';

const names = exportNames();
/** Prints the names of the packages whose modules an import brings, one a line. */
const loadHook = `
import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(\`
  import { writeSync } from 'node:fs';
  export async function load(url, context, next) {
    const name = /.*node_modules[/]((?:@[^/]+[/])?[^/]+)/.exec(url)?.[1];
    if (name) writeSync(1, name + '\\\\n');
    return next(url, context);
  }
\`));
`;
const program = `
import { Graph, toOnnx } from 'lesionlab/graph';
import { nodeRuntime } from 'lesionlab/runtime/node';
const graph = new Graph();
graph.output('y', graph.node('Relu', [graph.input('x', [2])], [2]));
for (let i = 0; i < 2; i++) {
  const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
  const { y } = await session.run({ x: { data: Float32Array.of(-1, 2), shape: [2] } });
  console.log(nodeRuntime.name, [...y.data].join(' '));
  await session.close();
}
`;

describe('the package', () => {
  const folder = makeFolder('package');
  const project = join(folder, 'project');
  let packed: ReturnType<typeof pack>;
  let installed: ReturnType<typeof installInto>;
  beforeAll(() => {
    // scripts/release.mjs names the file that is to be published.
    packed = pack(folder, process.env.LESIONLAB_TARBALL);
    installed = installInto(project, [packed.tarball]);
  }, 600_000);
  afterAll(() => removeFolder(folder));
  const run = (args: string[]) => call(process.execPath, args, { cwd: project, env: installed.env });
  const lesionlab = (args: string[]) => run([join(project, 'node_modules/lesionlab/bin/lesionlab.js'), ...args]);

  it('takes at most 5.5 MB and holds what is used, nothing else', () => {
    expect(statSync(packed.tarball).size).toBeLessThanOrEqual(sizeLimit);
    for (const file of ['README.md', 'LICENSE', 'NOTICE', 'dist/index.js', 'dist/index.d.ts', 'dist/web/index.html'])
      expect(packed.files).toContain(file);
    expect(packed.files.filter((file: string) => /\.(map|wasm|tsbuildinfo)$/.test(file))).toEqual([]);
    const folders = new Set(packed.files.map((file: string) => file.split('/')[0]));
    expect([...folders].sort()).toEqual(
      ['LICENSE', 'NOTICE', 'README.md', 'bench', 'bin', 'dist', 'package.json', 'scripts'].sort(),
    );
    expect(packed.files.filter((file: string) => file.startsWith('scripts/'))).toEqual([
      'scripts/skipCudaDownload.mjs',
    ]);
  });

  it('names the licences of all that the page holds, what only its workers use included', () => {
    const licences = readFileSync(join(root, 'dist/web/licences.md'), 'utf8');
    for (const name of ['react', 'react-dom', '@observablehq/plot', 'zod', 'onnxruntime-web', '@zip.js/zip.js'])
      expect(licences).toMatch(new RegExp(`^## ${name} \\d+\\.\\d+`, 'm'));
    expect(licences).not.toContain('unknown');
  });

  it('installs with the registry alone in reach, and npm finds nothing wrong with it', () => {
    expect(installed.status, installed.stderr).toBe(0);
    expect(installed.stderr).not.toMatch(/unknown .*config|deprecated|EBADENGINE|npm error|ERESOLVE/i);
  });

  it('can be imported under every name, its package.json included', () => {
    writeFileSync(
      join(project, 'imports.mjs'),
      `for (const name of ${JSON.stringify(names)}) {
        const module = await import(name);
        console.log(name, Object.keys(module).length > 0 || name);
      }
      const { default: { version } } = await import('lesionlab/package.json', { with: { type: 'json' } });
      console.log(version);`,
    );
    const { status, stdout, stderr } = run(['--no-warnings', 'imports.mjs']);
    expect(status, stderr).toBe(0);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(stdout.trim().split('\n')).toEqual([...names.map((name: string) => `${name} true`), version]);
  });

  it.each([
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'Bundler'],
  ])('has types that need no others (module %s, resolution %s)', (module, moduleResolution) => {
    const imports = names.map((name: string, i: number) => `import * as part${i} from '${name}';`);
    const uses = names.map((_: string, i: number) => `part${i}`).join(', ');
    // A wrong type must be found, or nothing was checked.
    const wrong = `// @ts-expect-error\nimport { noSuchThing } from 'lesionlab/graph';`;
    writeFileSync(join(project, 'types.ts'), `${imports.join('\n')}\n${wrong}\nexport const parts = [${uses}];\n`);
    const compilerOptions = {
      ...{ module, moduleResolution, target: 'ES2022', strict: true, noEmit: true },
      ...{ skipLibCheck: false, types: [] },
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.ts'] }));
    const { status, stdout } = run([join(root, 'node_modules/typescript/bin/tsc'), '-p', project]);
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('loads neither charts nor a runtime with `lesionlab`, and each of them only where it is asked for', () => {
    writeFileSync(join(project, 'hook.mjs'), loadHook);
    const packagesOf = (name: string) => {
      const { status, stdout, stderr } = run(['--no-warnings', '--import', './hook.mjs', '--eval', `import '${name}'`]);
      expect(status, stderr).toBe(0);
      return [...new Set(stdout.trim().split('\n'))].filter((found) => found !== 'lesionlab').sort();
    };
    // Or the hook would have seen nothing.
    expect(packagesOf('lesionlab')).toContain('zod');
    const unwanted = /onnxruntime|plot|^d3-(?!dsv$)|sharp|linkedom|hono|yauzl|commander|react/;
    for (const name of names.filter((name: string) => !/[/](report|runtime.*|node)$/.test(name)))
      expect(
        packagesOf(name).filter((found) => unwanted.test(found)),
        name,
      ).toEqual([]);
    expect(packagesOf('lesionlab/report')).toContain('@observablehq/plot');
    expect(packagesOf('lesionlab/runtime/node').filter((found) => /onnxruntime-(node|web)/.test(found))).toEqual([]);
    expect(packagesOf('lesionlab/runtime/web')).toContain('onnxruntime-web');
  });

  it('serves the runtime of the page, which it does not hold', async () => {
    writeFileSync(
      join(project, 'studio.mjs'),
      `import { startStudio } from 'lesionlab/node';
      const studio = await startStudio();
      const { version } = JSON.parse(process.env.ONNX);
      for (const name of ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.asyncify.mjs']) {
        const answer = await fetch(studio.url + 'onnxruntime-' + version + '/' + name);
        console.log(answer.status, answer.headers.get('content-type'), (await answer.arrayBuffer()).byteLength > 20_000);
      }
      for (const path of ['onnxruntime-0.0.1/ort-wasm-simd-threaded.wasm', 'onnxruntime-' + version + '/..%2fpackage.json'])
        console.log((await fetch(studio.url + path)).status);
      await studio.close();`,
    );
    const about = readFileSync(join(root, 'node_modules/onnxruntime-web/package.json'), 'utf8');
    const { stdout, stderr } = call(process.execPath, ['studio.mjs'], {
      cwd: project,
      env: { ...installed.env, ONNX: JSON.stringify({ version: JSON.parse(about).version }) },
    });
    expect(stdout.trim().split('\n'), stderr).toEqual([
      '200 application/wasm true',
      '200 text/javascript; charset=utf-8 true',
      '404',
      '404',
    ]);
  });

  it('runs networks with the native engine', () => {
    writeFileSync(join(project, 'program.mjs'), program);
    const { stdout, stderr } = run(['program.mjs']);
    expect(stdout.trim().split('\n')).toEqual(['onnxruntime-node 0 2', 'onnxruntime-node 0 2']);
    expect(stderr).toBe('');
  });

  it('runs them in WebAssembly where the native engine was left out, and says once how to get it', () => {
    rmSync(join(project, 'node_modules/onnxruntime-node'), { recursive: true });
    const { stdout, stderr } = run(['program.mjs']);
    expect(stdout.trim().split('\n')).toEqual(['onnxruntime-web 0 2', 'onnxruntime-web 0 2']);
    expect(stderr).toMatch(/^onnxruntime-node is not installed: .*WebAssembly.*`npm install --ignore-scripts`\.\n$/);
    const doctor = JSON.parse(lesionlab(['doctor', '--json', '--threads', '1']).stdout);
    expect(doctor.findings.find(({ id }: { id: string }) => id === 'onnxruntime')).toMatchObject({
      status: 'ok',
      found: expect.stringContaining('onnxruntime-web'),
      advice: expect.stringMatching(/onnxruntime-node is not installed.*`npm install --ignore-scripts`/),
    });
    const mended = installInto(project, [], { args: ['--ignore-scripts'] });
    expect(mended.status, mended.stderr).toBe(0);
    expect(run(['program.mjs']).stdout).toContain('onnxruntime-node 0 2');
  });
});
