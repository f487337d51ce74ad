import type { Context, MiddlewareHandler } from 'hono';

/** The page runs its own scripts alone and speaks with nobody but this server; styles may stand in charts. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  // WebAssembly is compiled at run time.
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "connect-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every answer: the policy, and isolation from other origins, which threads in WebAssembly need. */
export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  // A file out of a run folder has a stricter one of its own.
  if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', contentSecurityPolicy);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('Referrer-Policy', 'no-referrer');
};

/** The API reference brings small scripts in its pages, and its index as data addresses. It shows nothing of a run. */
const referencePolicy = contentSecurityPolicy
  .replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
  .replace("connect-src 'self'", "connect-src 'self' data:");

/** For what `npm run docs` has put beside the page. */
export const referenceHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  context.res.headers.set('Content-Security-Policy', referencePolicy);
};

const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Answers only requests that name this machine's loopback interface as their host: a page elsewhere whose name was made to
 * point here (DNS rebinding) names its own.
 */
export const checkHost: MiddlewareHandler = async (context, next) => {
  if (!loopbackHost.test(context.req.header('host') ?? ''))
    return context.text('The studio answers at localhost and 127.0.0.1 only.\n', 421);
  await next();
};

/** Answers only requests that read, and below one address those that start work. What else was sent with another is not read: its connection ends. */
export const checkMethod =
  (posted: string | undefined): MiddlewareHandler =>
  async (context, next) => {
    const { method, path } = context.req;
    if (['GET', 'HEAD'].includes(method)) return await next();
    if (method === 'POST' && posted !== undefined && path.startsWith(posted)) return await next();
    return refuse(context, 405, 'reads-only', `The studio answers GET and HEAD, not ${context.req.method}.`, {
      Allow: 'GET, HEAD',
      Connection: 'close',
    });
  };

/**
 * Answers the studio's own page, and programs: a page of another host could not read an answer, but have the server work for it.
 * Browsers say where a request comes from (W3C, Fetch Metadata Request Headers).
 */
export const checkOrigin: MiddlewareHandler = async (context, next) => {
  const site = context.req.header('sec-fetch-site') ?? 'none';
  const origin = context.req.header('origin');
  const isOwn = origin === undefined || hostOf(origin) === context.req.header('host');
  if (['same-origin', 'none'].includes(site) && isOwn) return await next();
  return refuse(context, 403, 'other-origin', 'The studio answers its own page only.');
};

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}

const refuse = (
  context: Context,
  status: 403 | 405,
  code: string,
  message: string,
  headers: Record<string, string> = {},
) => context.json({ error: { code, message, details: [] } }, status, headers);
