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

const onnxPackage = new URL('../node_modules/onnxruntime-web/package.json', import.meta.url);
const { version: onnxVersion } = JSON.parse(readFileSync(onnxPackage, 'utf8')) as { version: string };

/**
 * onnxruntime-web's files, 41 MB, lie in a folder of their own under their own names. A plain host needs them; the package of
 * lesionlab leaves them out, since `lesionlab studio` serves them from onnxruntime-web's package.
 */
const output = {
  assetFileNames: ({ names: [name = ''] }: { names: readonly string[] }) => {
    // Many a plain host doesn't know .mjs, and serves it as something that browsers don't run.
    const ending = name.endsWith('.mjs') ? '.js' : '[extname]';
    return name.startsWith('ort-wasm-')
      ? `onnxruntime-${onnxVersion}/[name]${ending}`
      : `assets/[name]-[hash]${ending}`;
  },
};

const licences = bundledLicences();

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
