import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { runError, usageError } from '../../errors.js';
import { answerNothingThere, answerWithError } from './apiErrors.js';
import { sharedWork } from './sharedWork.js';
import type { StudioWork } from './studioWork.js';

/** Header that says who may start work. */
export const tokenHeader = 'x-lesionlab-token';

/** A plan has a few thousand characters. */
const mostBytes = 256 * 1024;

const written = z.record(z.string(), z.unknown());
const startRequest = z.strictObject({
  name: z.string().min(1).max(200),
  plan: written,
  numbered: z.boolean().optional(),
});
const estimateRequest = z.strictObject({ plan: written });

/**
 * Everything below `api/work/`: starting, following and stopping plans. Every request brings the token out of the studio's address, which no other page can read,
 * as a header, which no other page can send without being asked first.
 */
export function workApi(work: StudioWork): Hono {
  const api = new Hono();
  // Many may follow, and all of them ask for the same.
  const once = sharedWork();
  const small = bodyLimit({ maxSize: mostBytes });
  api.use(checkToken(work.token));
  api.get('/', async (context) => context.json(await once('state', () => work.state())));
  api.get('/files', async (context) => {
    const { path = '', endings } = context.req.query();
    return context.json(await work.files(path, endings?.split(',')));
  });
  api.post('/estimate', small, async (context) => {
    const { plan } = await readBody(context, estimateRequest, 'a `plan`');
    return context.json(await work.estimate(plan));
  });
  api.post('/plans', small, async (context) => {
    const { name, plan, numbered } = await readBody(context, startRequest, 'the `name` of a folder and a `plan`');
    return context.json({ name: await work.start(name, plan, numbered) }, 202);
  });
  for (const action of ['resume', 'stop', 'remove'] as const)
    api.post(`/plans/:name/${action}`, async (context) => {
      await work[action](context.req.param('name'));
      return context.json({}, 202);
    });
  api.get('/plans/:name/tables/:id', async (context) => {
    const path = await work.table(context.req.param('name'), context.req.param('id'));
    const bytes = await readFile(path).catch((cause) => {
      throw runError('no-file', 'There is no table of answers yet.', { hint: 'Wait until the job is done.', cause });
    });
    return context.body(bytes, 200, { 'Content-Type': 'text/csv; charset=utf-8', 'Cache-Control': 'no-store' });
  });
  api.notFound(answerNothingThere);
  api.onError(answerWithError);
  return api;
}

async function readBody<T>(context: Context, schema: z.ZodType<T>, expected: string): Promise<T> {
  const isJson = context.req.header('content-type')?.startsWith('application/json') ?? false;
  const parsed = schema.safeParse(isJson ? await context.req.json().catch(() => undefined) : undefined);
  if (parsed.success) return parsed.data;
  throw usageError('bad-request', `Expected JSON with ${expected}.`);
}

const checkToken =
  (token: string): MiddlewareHandler =>
  async (context, next) => {
    const [given, own] = [context.req.header(tokenHeader) ?? '', token].map((text) => Buffer.from(text));
    if (given.length === own.length && timingSafeEqual(given, own)) return await next();
    const message = 'Work is started by the page alone that `lesionlab studio --work` has opened.';
    const hint = 'Open the address that the terminal printed when the studio was started.';
    return context.json({ error: { code: 'no-token', message, hint, details: [] } }, 403);
  };
