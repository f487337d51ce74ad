import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestLimits } from './requestLimits.js';

/** What the server has to be made with. */
export const serverOptions = ({ headers, request, idle }: RequestLimits): ServerOptions => ({
  headersTimeout: headers,
  requestTimeout: request,
  keepAliveTimeout: idle,
  connectionsCheckingInterval: Math.min(1_000, headers / 2),
  maxHeaderSize: 16_384,
});

/** How much longer, in milliseconds, a silent connection is open than its client was told. */
const grace = 1_000;

/**
 * Ends connections that take too long, so that none holds memory or files for ever. What is sent to a client waits in a buffer of bounded size, since files are
 * read no faster than they are taken.
 */
export function limitRequests(server: Server, { silence, answer, connections }: RequestLimits): void {
  server.maxConnections = connections;
  server.timeout = silence;
  const answering = new WeakMap<Socket, ServerResponse>();
  // Timers come before what has arrived: a connection that is ended at once takes along a request that a busy server has not read yet.
  server.on('timeout', (socket: Socket) => {
    const { bytesRead } = socket;
    const endSilent = () => {
      if (socket.bytesRead === bytesRead && !answering.has(socket)) socket.destroy();
    };
    setTimeout(() => setImmediate(endSilent), grace).unref();
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.set(socket, response);
    // What is still being worked out, such as a model with heat maps, is a reason for silence.
    response.setTimeout(silence);
    response.on('timeout', () => {
      if (response.headersSent) socket.destroy();
      else socket.setTimeout(silence);
    });
    const timer = setInterval(() => {
      if (response.headersSent) socket.destroy();
    }, answer).unref();
    response.once('close', () => {
      clearInterval(timer);
      if (answering.get(socket) === response) answering.delete(socket);
    });
  });
}
