import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { runError } from '../../errors.js';
import type { RunFolder } from '../run/runFolder.js';
import { isPlainName } from './studioRuns.js';

/** What the page may read of a run; checkpoints and anything else that lies there stay where they are. */
const files = new Set([
  'config.json',
  'metrics.jsonl',
  'steps.jsonl',
  'splits.json',
  'splits.csv',
  'calibration.json',
  'layers.json',
  'training-batch.png',
  'model.onnx',
  'report.html',
]);
const folders = new Set(['evaluation', 'explanations', 'exploration']);

const types: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.jsonl': 'application/x-ndjson',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.onnx': 'application/octet-stream',
};

/** A page or drawing out of a run folder may come from anywhere: it runs as if on another host, and reaches nobody. */
const isolatedPolicy =
  "sandbox allow-scripts allow-downloads allow-popups; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/**
 * Answers with a file of a run, unchanged; 304 where the page has it already.
 * @param path relative, with `/`
 * @throws LesionlabError code `no-file` for what is not there or not for the page, links that lead out of the run included
 */
export async function answerWithRunFile(context: Context, folder: RunFolder, path: string): Promise<Response> {
  const names = path.split('/');
  const offered = names.length === 1 ? files.has(path) : folders.has(names[0]);
  const type = types[extname(path).toLowerCase()];
  const wanted = join(folder.path, ...names);
  const real =
    offered && type !== undefined && names.every(isPlainName) ? await realpath(wanted).catch(() => null) : null;
  // A link on the way makes the two differ.
  const found = real === wanted ? await stat(wanted).catch(() => null) : null;
  if (!found?.isFile())
    throw runError('no-file', `The run has no file ${path} for the studio.`, {
      hint: 'The step that writes it may not have been run yet.',
    });
  return answerWithFile(context, wanted, { type, ...found });
}

/** Answers with any file: whoever calls has made sure that the page may have it. */
export async function answerWithFile(
  context: Context,
  path: string,
  { type, size, mtimeMs }: { readonly type: string; readonly size: number; readonly mtimeMs: number },
): Promise<Response> {
  const tag = `"${size.toString(36)}-${Math.round(mtimeMs * 1000).toString(36)}"`;
  const headers: Record<string, string> = { ETag: tag, 'Cache-Control': 'no-cache' };
  if (context.req.header('if-none-match') === tag) return context.body(null, 304, headers);
  headers['Content-Type'] = type;
  headers['Content-Length'] = String(size);
  if (/html|svg/.test(type)) headers['Content-Security-Policy'] = isolatedPolicy;
  // Nobody takes what would be read for them.
  if (size === 0 || context.req.method === 'HEAD') return context.body(null, 200, headers);
  // Lines that are added meanwhile are for the next request.
  const body = Readable.toWeb(createReadStream(path, { end: size - 1 }));
  return context.body(body as ReadableStream, 200, headers);
}
