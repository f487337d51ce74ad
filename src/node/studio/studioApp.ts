import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { packageInfo } from '../machine/packageInfo.js';
import type { RunImages } from './runImages.js';
import { runsApi } from './runsApi.js';
import { checkHost, checkMethod, checkOrigin, referenceHeaders, securityHeaders } from './securityHeaders.js';
import type { StudioRuns } from './studioRuns.js';
import type { StudioWork } from './studioWork.js';
import { workApi } from './workApi.js';

export interface StudioAppOptions {
  /** The built page: `dist/web`. */
  readonly page: string;
  readonly runs: StudioRuns;
  readonly images: RunImages;
  /** Where the page may start work. */
  readonly work?: StudioWork;
}

/** Everything that the studio's server answers. */
export function makeStudioApp({ page, runs, images, work }: StudioAppOptions): Hono {
  const app = new Hono();
  app.use(securityHeaders);
  app.use(checkHost);
  app.use(checkMethod(work === undefined ? undefined : '/api/work/'));
  app.use('/api/*', checkOrigin);
  app.get('/api/studio', (context) =>
    context.json({ version: packageInfo.version, runs: runs.folder, work: work !== undefined }),
  );
  // Before what has an answer for every address below api/.
  if (work) app.route('/api/work', workApi(work));
  app.route('/api', runsApi(runs, images));
  app.use('/reference/*', referenceHeaders);
  for (const { folder, address } of findPackages())
    app.use(
      `${address}/*`,
      serveStatic({
        root: folder,
        rewriteRequestPath: (path) => moduleName(folder, path.replace(address, '')),
      }),
    );
  app.use(serveStatic({ root: page }));
  return app;
}

/**
 * What runs networks and reads HDF5 in the page lies in packages of others, and lesionlab's doesn't hold it again; `web/vite.config.ts` gives
 * it these addresses, so that a page made with another version gets none rather than the wrong one.
 */
function findPackages(): { folder: string; address: string }[] {
  const onnx = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  const hdf5 = dirname(fileURLToPath(import.meta.resolve('h5wasm')));
  return [
    { folder: onnx, address: `/onnxruntime-${versionOf(join(onnx, '..'))}` },
    { folder: hdf5, address: `/h5wasm-${versionOf(join(hdf5, '../..'))}` },
  ];
}

const versionOf = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;

/** The page asks for modules by .js, which every host knows; a package may have them as .mjs. */
const moduleName = (folder: string, path: string): string =>
  existsSync(join(folder, path)) ? path : path.replace(/\.js$/, '.mjs');
