import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Isolates the page from other origins, which threads in WebAssembly need. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const output = {
  // Many a plain host doesn't know .mjs, and serves it as something that browsers don't run.
  assetFileNames: ({ names: [name] }: { readonly names: readonly string[] }) =>
    `assets/[name]-[hash]${name?.endsWith('.mjs') ? '.js' : '[extname]'}`,
};

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The page works in any folder of any host.
  base: './',
  plugins: [react()],
  // The runtime without its embedded loader: our own addresses say where loader and binary lie.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'production', 'default'] },
  worker: { format: 'es', rolldownOptions: { output } },
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
