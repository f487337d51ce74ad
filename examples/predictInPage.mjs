// Trains and exports a model, and serves predictInPage.html with it, as any host of files would. Ctrl-C ends it.

import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join, resolve, sep } from 'node:path';
import { createContext, exportStep, trainRun, writeSyntheticDataset } from 'lesionlab/node';

const folder = mkdtempSync(join(tmpdir(), 'lesionlab-example-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit());
process.env.LESIONLAB_CACHE = join(folder, 'cache');
const data = join(folder, 'data');
const run = join(folder, 'run');
await writeSyntheticDataset(data, { images: 140, size: [64, 48] });
const context = createContext();
await trainRun(context, { data, run, preset: 'demo', overrides: { imageSize: 32, batchSize: 8, epochs: 2 } });
const { path: model } = await exportStep(context, { run, gradCamLayer: true });

// Where the installed packages lie: node_modules, and lesionlab itself where this runs in its repository.
const require = createRequire(import.meta.url);
const lesionlab = resolve(require.resolve('lesionlab/browser'), '../../..');
const modules = resolve(require.resolve('onnxruntime-web'), '../../..');
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
function locate(path) {
  if (path === '/') return join(import.meta.dirname, 'predictInPage.html');
  if (path === '/model.onnx') return model;
  for (const [prefix, root] of [
    ['/node_modules/lesionlab/', lesionlab],
    ['/node_modules/', modules],
  ]) {
    const file = resolve(root, path.slice(prefix.length));
    if (path.startsWith(prefix) && file.startsWith(root + sep)) return file;
  }
}
const server = createServer(async ({ url }, answer) => {
  const file = locate(decodeURIComponent(new URL(url, 'http://localhost').pathname));
  const bytes = file && (await readFile(file).catch(() => undefined));
  answer.writeHead(bytes ? 200 : 404, { 'Content-Type': types[extname(file ?? '')] ?? 'application/octet-stream' });
  answer.end(bytes);
});
server.listen(Number(process.argv[2] ?? 0), 'localhost', () => {
  console.log(
    `http://localhost:${server.address().port}/ has the page, ${join(data, 'HAM10000_images_part_1')} images for it`,
  );
});
