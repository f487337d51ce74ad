import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestLimits } from './requestLimits.js';

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
