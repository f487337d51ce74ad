import { timingSafeEqual } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { usageError } from '../../errors.js';
import { answerNothingThere, answerWithError } from './apiErrors.js';
import type { StudioWork } from './studioWork.js';

/** Header that says who may start work. */
export const tokenHeader = 'x-lesionlab-token';

/** A plan has a few thousand characters. */
const mostBytes = 256 * 1024;

const startRequest = z.strictObject({ name: z.string().min(1).max(200), plan: z.record(z.string(), z.unknown()) });

/**
 * Everything below `api/work/`: starting, following and stopping plans. Every request brings the token out of the studio's address, which no other page can read,
 * as a header, which no other page can send without being asked first.
 */
export function workApi(work: StudioWork): Hono {
  const api = new Hono();
  api.use(checkToken(work.token));
  api.get('/', async (context) => context.json({ data: work.data, plans: await work.list() }));
  api.post('/plans', bodyLimit({ maxSize: mostBytes }), async (context) => {
    const { name, plan } = await readBody(context);
    await work.start(name, plan);
    return context.json({ name }, 202);
  });
  api.post('/plans/:name/resume', async (context) => {
    await work.resume(context.req.param('name'));
    return context.json({}, 202);
  });
  api.post('/plans/:name/stop', async (context) => {
    await work.stop(context.req.param('name'));
    return context.json({}, 202);
  });
  api.notFound(answerNothingThere);
  api.onError(answerWithError);
  return api;
}

async function readBody(context: Context): Promise<z.infer<typeof startRequest>> {
  const isJson = context.req.header('content-type')?.startsWith('application/json') ?? false;
  const parsed = startRequest.safeParse(isJson ? await context.req.json().catch(() => undefined) : undefined);
  if (parsed.success) return parsed.data;
  throw usageError('bad-request', 'Expected JSON with the `name` of a folder and a `plan`.');
}

const checkToken =
  (token: string): MiddlewareHandler =>
  async (context, next) => {
    const [given, own] = [context.req.header(tokenHeader) ?? '', token].map((text) => Buffer.from(text));
    if (given.length === own.length && timingSafeEqual(given, own)) return await next();
    const message = 'Work is started by the page alone that `lesionlab studio --work` has opened.';
    return context.json({ error: { code: 'no-token', message, details: [] } }, 403);
  };
