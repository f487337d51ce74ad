import { stat } from 'node:fs/promises';
import { Hono } from 'hono';
import { answerNothingThere, answerWithError } from './apiErrors.js';
import { answerWithFile, answerWithRunFile } from './runFile.js';
import { type RunImages, shownImage } from './runImages.js';
import { ensureHeatMapModel } from './runModel.js';
import { sharedWork } from './sharedWork.js';
import type { StudioRuns } from './studioRuns.js';
import { summariseRunFolder } from './summariseRunFolder.js';

/** Everything below `api/`: reading only, and only what belongs to runs. */
export function runsApi(runs: StudioRuns, images: RunImages): Hono {
  const api = new Hono();
  // Many follow a training, and all of them ask for the same.
  const once = sharedWork();
  api.get('/runs', async (context) => context.json(await once('runs', () => runs.list())));
  api.get('/runs/:id', async (context) => {
    const id = context.req.param('id');
    return context.json(await once(`run ${id}`, async () => summariseRunFolder(await runs.open(id), id)));
  });
  api.get('/runs/:id/files/:path{.+}', async (context) =>
    answerWithRunFile(context, await runs.open(context.req.param('id')), context.req.param('path')),
  );
  api.get('/runs/:id/records', async (context) =>
    context.json(await images.records(await runs.open(context.req.param('id')), context.req.query('external'))),
  );
  api.get('/runs/:id/images/:imageId', async (context) => {
    const folder = await runs.open(context.req.param('id'));
    const { bytes, fingerprint } = await images.read(
      folder,
      context.req.param('imageId'),
      context.req.query('external'),
    );
    const headers = { ETag: `"${fingerprint.replace(/[^\w.-]/g, '_')}"`, 'Cache-Control': 'no-cache' };
    if (context.req.header('if-none-match') === headers.ETag) return context.body(null, 304, headers);
    const shown = await shownImage(bytes);
    return context.body(shown.bytes as Uint8Array<ArrayBuffer>, 200, { ...headers, 'Content-Type': shown.type });
  });
  api.get('/runs/:id/model', async (context) => {
    const id = context.req.param('id');
    const path = await once(`model ${id}`, async () => ensureHeatMapModel(await runs.open(id)));
    return answerWithFile(context, path, { type: 'application/octet-stream', ...(await sizeAndTime(path)) });
  });
  api.get('/ablations/:id', async (context) => {
    const path = await runs.ablationPage(context.req.param('id'));
    return await answerWithFile(context, path, { type: 'text/html; charset=utf-8', ...(await sizeAndTime(path)) });
  });
  api.all('*', answerNothingThere);
  api.onError(answerWithError);
  return api;
}

async function sizeAndTime(path: string) {
  const { size, mtimeMs } = await stat(path);
  return { size, mtimeMs };
}
