import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server does with one request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on this machine that does something else at each request, the last thing for ever; it remembers what it was asked. */
export interface FileServer {
  readonly url: string;
  readonly asked: { readonly url: string; readonly range?: string; readonly ifRange?: string }[];
  close(): void;
}

export async function serve(...behaviours: readonly Behaviour[]): Promise<FileServer> {
  const asked: { url: string; range?: string; ifRange?: string }[] = [];
  const server: Server = createServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers as Record<string, string | undefined>;
    asked.push({ url: request.url!, range, ifRange });
    behaviours[Math.min(asked.length, behaviours.length) - 1](request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Whole, or the range that is asked for, as a good server does; an `if-range` of another version gets all. */
export const good =
  (content: Uint8Array, etag = '"one"'): Behaviour =>
  (request, response) => {
    const start = startOf(request, etag);
    const headers = { etag, 'content-type': 'application/octet-stream' };
    if (start !== undefined && start >= content.length) {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${content.length}` }).end();
    } else if (start === undefined) {
      response.writeHead(200, { ...headers, 'content-length': content.length }).end(content);
    } else {
      const range = `bytes ${start}-${content.length - 1}/${content.length}`;
      response
        .writeHead(206, { ...headers, 'content-range': range, 'content-length': content.length - start })
        .end(content.subarray(start));
    }
  };

function startOf({ headers }: IncomingMessage, etag: string): number | undefined {
  if (headers['if-range'] !== undefined && headers['if-range'] !== etag) return undefined;
  const from = /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1];
  return from === undefined ? undefined : Number(from);
}

/** Sends so many bytes of what it announced, then hangs up. */
export const dropping =
  (content: Uint8Array, bytes: number, etag = '"one"'): Behaviour =>
  (request, response) => {
    const start = startOf(request, etag) ?? 0;
    const range = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
    response.writeHead(start ? 206 : 200, { etag, 'content-length': content.length - start, ...(start && range) });
    response.write(content.subarray(start, start + bytes), () => response.destroy());
  };

/** Sends so many bytes, then nothing more. */
export const stalling =
  (content: Uint8Array, bytes: number): Behaviour =>
  (_request, response) => {
    response.writeHead(200, { etag: '"one"', 'content-length': content.length });
    response.write(content.subarray(0, bytes));
  };

export const answering =
  (status: number, headers: Record<string, string | number> = {}, body = ''): Behaviour =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
