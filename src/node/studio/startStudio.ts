import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import { runError, usageError } from '../../errors.js';
import { limitRequests, serverOptions } from './limitRequests.js';
import { listenOnLoopback, loopback } from './listenOnLoopback.js';
import { type RequestLimits, usualLimits } from './requestLimits.js';
import { openRunImages } from './runImages.js';
import { makeStudioApp } from './studioApp.js';
import { openStudioRuns } from './studioRuns.js';
import { openStudioWork } from './studioWork.js';

/** What the studio shows, and where it is served. */
export interface StudioOptions {
  /** 0: one that is free. */
  readonly port?: number;
  /** A folder of runs, or one run; need not exist yet. Default `runs`. */
  readonly runs?: string;
  /** Where the data of runs lies now that is not where they left it. */
  readonly data?: string;
  /** Lets the page start work below the folder of runs, on these datasets; where left out, runs are read, never changed. */
  readonly work?: readonly string[];
  /** What clients may take. */
  readonly limits?: RequestLimits;
}

/** A studio that is served. */
export interface RunningStudio {
  /** Address of the page; of one that may start work, with the token that lets it. */
  readonly url: string;
  /** Absolute path of the folder of runs. */
  readonly runs: string;
  /** Ends serving. */
  close(): Promise<void>;
}

/** Where `npm run build` puts the page. */
const builtPage = fileURLToPath(new URL('../../web', import.meta.url));

/**
 * Serves the studio on the loopback interface, and on no other.
 * @throws LesionlabError kind `usage` where the port can't be had; kind `run` where the page isn't built
 */
export async function startStudio({
  port = 0,
  runs = 'runs',
  data,
  work: workData,
  limits = usualLimits,
}: StudioOptions = {}): Promise<RunningStudio> {
  if (!existsSync(join(builtPage, 'index.html')))
    throw runError('page-missing', `The page of the studio is not built: ${builtPage} has no index.html`, {
      hint: 'Build it with `npm run build`.',
    });
  const studioRuns = await openStudioRuns(runs);
  if (workData && studioRuns.single)
    throw usageError('work-in-run', `${runs} is a run itself: work goes into new folders below that of the runs.`, {
      hint: 'Name the folder that holds runs, or leave --work out.',
    });
  const images = openRunImages({ data });
  const work = workData && openStudioWork(studioRuns.folder, workData);
  const app = makeStudioApp({ page: builtPage, runs: studioRuns, images, work });
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: serverOptions(limits) });
  limitRequests(server as Server, limits);
  await listenOnLoopback(server, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    // The token stands in the address alone, which others on this machine are not told.
    url: `http://${loopback}:${taken}/${work ? `?work=${work.token}` : ''}`,
    runs: studioRuns.folder,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        // A browser keeps its connections open; it has nothing more to get.
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
      await work?.close();
      await images.close();
    },
  };
}
