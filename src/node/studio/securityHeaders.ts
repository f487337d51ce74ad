import type { MiddlewareHandler } from 'hono';

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
