import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { packageInfo } from '../machine/packageInfo.js';
import type { RunImages } from './runImages.js';
import { runsApi } from './runsApi.js';
import { checkHost, securityHeaders } from './securityHeaders.js';
import type { StudioRuns } from './studioRuns.js';

const { resolve } = createRequire(import.meta.url);
/** Where onnxruntime-web's package has what runs networks in the page. */
const onnxFiles = dirname(resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
/** Its address in the page: see `web/vite.config.ts`. */
const onnxAddress = /^\/onnxruntime-[^/]+\/(?=ort-wasm-[\w.-]+$)/;

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
  app.get(
    '/:folder{onnxruntime-.+}/:file{ort-wasm-.+}',
    serveStatic({ root: onnxFiles, rewriteRequestPath: (path) => path.replace(onnxAddress, '/') }),
  );
  app.use(serveStatic({ root: page }));
  return app;
}
