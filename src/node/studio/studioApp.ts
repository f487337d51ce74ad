import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { packageInfo } from '../packageInfo.js';
import { checkHost, securityHeaders } from './securityHeaders.js';

export interface StudioAppOptions {
  /** The built page: `dist/web`. */
  readonly page: string;
}

/** Everything that the studio's server answers. */
export function makeStudioApp({ page }: StudioAppOptions): Hono {
  const app = new Hono();
  app.use(securityHeaders);
  app.use(checkHost);
  app.get('/api/studio', (context) => context.json({ version: packageInfo.version }));
  app.use(serveStatic({ root: page }));
  return app;
}
