import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long, in milliseconds, a client may take, and how many may be connected. */
export interface RequestLimits {
  /** For the lines of a request. */
  readonly headers: number;
  /** For a whole request. */
  readonly request: number;
  /** Without a byte in either direction: half-open connections, and readers that have stopped. */
  readonly silence: number;
  /** For taking an answer: whoever is not done at the next such interval is cut off. */
  readonly answer: number;
  readonly connections: number;
}

export const usualLimits: RequestLimits = {
  headers: 10_000,
  request: 20_000,
  silence: 30_000,
  answer: 120_000,
  connections: 1000,
};

/** What the server has to be made with. */
export const serverOptions = ({ headers, request }: RequestLimits): ServerOptions => ({
  headersTimeout: headers,
  requestTimeout: request,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: Math.min(1_000, headers / 2),
  maxHeaderSize: 16_384,
});

/**
 * Ends connections that take too long, so that none holds memory or files for ever. What is sent to a client waits in a buffer of bounded size, since files are
 * read no faster than they are taken.
 */
export function limitRequests(server: Server, { silence, answer, connections }: RequestLimits): void {
  server.maxConnections = connections;
  server.timeout = silence;
  server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
    // What is still being worked out, such as a model with heat maps, is a reason for silence.
    response.setTimeout(silence);
    response.on('timeout', (socket: Socket) => {
      if (response.headersSent) socket.destroy();
      else socket.setTimeout(silence);
    });
    const timer = setInterval(() => {
      if (response.headersSent) response.socket?.destroy();
    }, answer).unref();
    response.once('close', () => clearInterval(timer));
  });
}
