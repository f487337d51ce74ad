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
  app.use(serveStatic({ root: page }));
  return app;
}
