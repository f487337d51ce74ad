import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { packageInfo } from '../machine/packageInfo.js';
import type { RunImages } from './runImages.js';
import { runsApi } from './runsApi.js';
import { checkHost, referenceHeaders, securityHeaders } from './securityHeaders.js';
import type { StudioRuns } from './studioRuns.js';

export interface StudioAppOptions {
  /** The built page: `dist/web`. */
  readonly page: string;
  readonly runs: StudioRuns;
  readonly images: RunImages;
}

/** Everything that the studio's server answers. */
export function makeStudioApp({ page, runs, images }: StudioAppOptions): Hono {
  const app = new Hono();
  app.use(securityHeaders);
  app.use(checkHost);
  app.get('/api/studio', (context) => context.json({ version: packageInfo.version, runs: runs.folder }));
  app.route('/api', runsApi(runs, images));
  app.use('/reference/*', referenceHeaders);
  const onnx = findOnnxFiles();
  app.use(
    `${onnx.address}/*`,
    // The page asks for modules by .js, which every host knows.
    serveStatic({
      root: onnx.folder,
      rewriteRequestPath: (path) => path.replace(onnx.address, '').replace(/\.js$/, '.mjs'),
    }),
  );
  app.use(serveStatic({ root: page }));
  return app;
}

/**
 * What runs networks in the page lies in onnxruntime-web's package, and lesionlab's doesn't hold it again; `web/vite.config.ts` gives
 * it this address, so that a page made with another version gets none rather than the wrong one.
 */
function findOnnxFiles(): { folder: string; address: string } {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  const { version } = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8')) as { version: string };
  return { folder, address: `/onnxruntime-${version}` };
}
