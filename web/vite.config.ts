import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { bundledLicences } from './bundledLicences.js';

/** Isolates the page from other origins, which threads in WebAssembly need. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

/** Packages whose files are fetched as they are, by how the names of these begin, and the folders that they get. */
const packages = [
  { files: /^ort-wasm-/, folder: `onnxruntime-${versionOf('onnxruntime-web')}` },
  { files: /^(hdf5_|file_handlers)/, folder: `h5wasm-${versionOf('h5wasm')}` },
];

/**
 * Files of onnxruntime-web, 41 MB, and h5wasm, 4 MB, lie in folders of their own under their own names. A plain host needs them; the package of
 * lesionlab leaves them out, since `lesionlab studio` serves them from those packages.
 */
const output = {
  assetFileNames: ({ names: [name = ''] }: { names: readonly string[] }) => {
    // Many a plain host doesn't know .mjs, and serves it as something that browsers don't run.
    const ending = name.endsWith('.mjs') ? '.js' : '[extname]';
    const found = packages.find(({ files }) => files.test(name));
    return found ? `${found.folder}/[name]${ending}` : `assets/[name]-[hash]${ending}`;
  },
};

const licences = bundledLicences(['h5wasm']);

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The page works in any folder of any host.
  base: './',
  plugins: [react(), licences.page],
  // The runtime without its embedded loader: our own addresses say where loader and binary lie.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'production', 'default'] },
  worker: { format: 'es', plugins: () => [licences.worker], rolldownOptions: { output } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // A picture as a data address would need a weaker content security policy; binaries are fetched.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { output },
  },
  server: { headers: isolation },
  preview: { headers: isolation },
});
