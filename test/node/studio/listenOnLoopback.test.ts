import { EventEmitter } from 'node:events';
import { createServer, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listenOnLoopback } from '../../../src/node/studio/listenOnLoopback.js';

/** A server to which the system says no. */
function refusedWith(code: string): Server {
  const server = Object.assign(new EventEmitter(), {
    listen: () => server.emit('error', Object.assign(new Error(`listen ${code}`), { code })),
  });
  return server as unknown as Server;
}

describe('listenOnLoopback', () => {
  it('takes a free port for 0, and says which is taken', async () => {
    const first = createServer();
    await listenOnLoopback(first, 0);
    const { port, address } = first.address() as { port: number; address: string };
    expect(address).toBe('127.0.0.1');
    expect(port).toBeGreaterThan(0);
    await expect(listenOnLoopback(createServer(), port)).rejects.toMatchObject({
      kind: 'usage',
      code: 'port-taken',
      message: expect.stringContaining(`Port ${port} is taken`),
    });
    expect(first.listenerCount('error')).toBe(0);
    first.close();
  });

  it('answers every refusal of the system with what to do, never as a bug: port 80 without the right to it', async () => {
    for (const [code, port, expected] of [
      ['EACCES', 80, { code: 'port-forbidden', message: /may not serve on port 80.*below 1024/, hint: /from 1024 on/ }],
      ['EACCES', 5000, { code: 'port-forbidden', message: /may not serve on port 5000: [^0-9]*$/ }],
      ['EADDRNOTAVAIL', 8080, { code: 'no-loopback', message: /no interface 127\.0\.0\.1/ }],
      ['EMFILE', 8080, { code: 'too-many-files', message: /too many files/, hint: /ulimit/ }],
      ['EWHATEVER', 8080, { code: 'port-unusable', message: /Port 8080 can't be served on: listen EWHATEVER/ }],
    ] as const) {
      const error = await listenOnLoopback(refusedWith(code), port).catch((thrown) => thrown);
      expect(error, code).toMatchObject({ kind: 'usage', exitStatus: 2, code: expected.code });
      expect(error.message).toMatch(expected.message);
      if ('hint' in expected) expect(error.hint).toMatch(expected.hint);
    }
  });

  it('refuses what is no port', async () => {
    for (const port of [-1, 65_536, 80.5, Number.NaN])
      await expect(listenOnLoopback(createServer(), port)).rejects.toMatchObject({ kind: 'usage', code: 'bad-port' });
  });
});
