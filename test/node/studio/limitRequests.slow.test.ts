import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitRequests, serverOptions } from '../../../src/node/studio/limitRequests.js';
import { usualLimits } from '../../../src/node/studio/requestLimits.js';

const limits = { ...usualLimits, idle: 1000 };
const server = createServer(serverOptions(limits), (_request, response) => response.end('here'));

beforeAll(async () => {
  limitRequests(server, limits);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A connection whose first request was answered, and what becomes of it. */
async function connectAndAsk() {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const found = { text: '', error: '', closed: false };
  socket.on('data', (part) => {
    found.text += part.toString();
  });
  socket.on('error', ({ message }) => {
    found.error = message;
  });
  socket.on('close', () => {
    found.closed = true;
  });
  const ask = () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const answers = () => found.text.split('HTTP/1.1 200').length - 1;
  ask();
  while (answers() < 1) await pause(5);
  return { socket, found, ask, answers };
}

describe('a connection between two requests', () => {
  it('is open for longer than it says, and then ended', async () => {
    const { found } = await connectAndAsk();
    const began = performance.now();
    expect(found.text).toContain('Keep-Alive: timeout=1\r\n');
    while (!found.closed) await pause(20);
    expect(performance.now() - began).toBeGreaterThan(1300);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('is not ended over a request that has arrived, however busy the server is when its time is over', async () => {
    for (const waits of [400, 900]) {
      const { socket, found, ask, answers } = await connectAndAsk();
      await pause(waits);
      // It lies in the server's buffer of received bytes, and timers are looked at before these.
      ask();
      const until = performance.now() + 2500 - waits;
      while (performance.now() < until);
      for (let i = 0; i < 200 && answers() < 2 && !found.closed; i++) await pause(10);
      expect(found).toMatchObject({ error: '', closed: false });
      expect(answers()).toBe(2);
      socket.destroy();
    }
  });
});
