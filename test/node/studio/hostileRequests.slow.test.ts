import { appendFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../../../dist/node/studio/startStudio.js';
import { sharedWork } from '../../../src/node/studio/sharedWork.js';
import { makeTinyRun, type TinyRun } from '../tinyRun.js';

const limits = { headers: 600, request: 900, silence: 700, idle: 5000, answer: 1500, connections: 300 };
const large = 48 * 2 ** 20;

let tiny: TinyRun;
let studio: RunningStudio;
let run: string;
beforeAll(async () => {
  tiny = await makeTinyRun();
  const runs = join(tiny.root, 'runs');
  run = join(runs, 'first');
  mkdirSync(runs);
  cpSync(tiny.run.path, run, { recursive: true });
  writeFileSync(join(run, 'model.onnx'), new Uint8Array(large));
  studio = await startStudio({ runs, limits });
});
afterAll(async () => {
  await studio.close();
  tiny.remove();
});

const model = 'api/runs/first/files/model.onnx';
const address = () => new URL(studio.url);
const openFiles = () => readdirSync('/proc/self/fd').length;

interface Talk {
  readonly socket: Socket;
  /** Bytes that came until the connection was ended, and after how many milliseconds that was. */
  readonly ended: Promise<{ readonly answer: Buffer; readonly milliseconds: number }>;
}

/** Sends bytes as they are. */
function talk(bytes: string | Uint8Array, { reads = true } = {}): Talk {
  const began = performance.now();
  const socket = connect(Number(address().port), address().hostname);
  const parts: Buffer[] = [];
  socket.on('error', () => {});
  socket.write(bytes);
  if (reads) socket.on('data', (part: Buffer) => parts.push(part));
  else socket.pause();
  const ended = new Promise<{ answer: Buffer; milliseconds: number }>((done) =>
    socket.once('close', () => done({ answer: Buffer.concat(parts), milliseconds: performance.now() - began })),
  );
  return { socket, ended };
}

const requestOf = (line: string, ...headers: string[]) =>
  [line, `Host: ${address().host}`, ...headers, '', ''].join('\r\n');
const statusOf = (answer: Buffer) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer.toString('latin1'))?.[1] ?? 0);

async function expectAlive(): Promise<void> {
  const answer = await fetch(`${studio.url}api/studio`);
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
}

describe('the studio’s server', () => {
  it('reads only: any other method is refused, and what comes with it is not read', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const { answer } = await talk(`${requestOf(`${method} /api/runs HTTP/1.1`, 'Content-Length: 9', '')}{"a": 1}\n`)
        .ended;
      expect([statusOf(answer), method]).toEqual([405, method]);
      expect(answer.toString()).toMatch(/allow: GET, HEAD/i);
    }
    const endless = talk(requestOf('POST /api/runs HTTP/1.1', 'Transfer-Encoding: chunked'));
    let sent = 0;
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const timer = setInterval(() => {
      sent += chunk.length;
      endless.socket.write(chunk);
    }, 2);
    const { milliseconds } = await endless.ended;
    clearInterval(timer);
    expect(milliseconds).toBeLessThan(3000);
    expect(sent).toBeLessThan(2 ** 27);
    await expectAlive();
  });

  it('answers its own page and programs, not pages of other hosts', async () => {
    const status = async (headers: Record<string, string>, path = 'api/runs') =>
      statusOf(
        (
          await talk(
            requestOf(
              `GET /${path} HTTP/1.1`,
              'Connection: close',
              ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
            ),
          ).ended
        ).answer,
      );
    expect(await status({})).toBe(200);
    expect(await status({ 'Sec-Fetch-Site': 'same-origin', Origin: address().origin })).toBe(200);
    expect(await status({ 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
    expect(await status({ 'Sec-Fetch-Site': 'same-site' })).toBe(403);
    for (const origin of ['https://elsewhere.example', 'null', 'http://127.0.0.1:1'])
      expect(await status({ Origin: origin }), origin).toBe(403);
    // A link to the page itself is nobody's harm.
    expect(await status({ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }, '')).toBe(200);
  });

  it('says what is wrong with hostile addresses and headers, and goes on', async () => {
    const get = (path: string, ...headers: string[]) =>
      requestOf(`GET ${path} HTTP/1.1`, 'Connection: close', ...headers);
    const hostile = [
      get('/api/runs/%'),
      get('/api/runs/%E0%A4%A'),
      get('/api/runs/%ff%fe/files/config.json'),
      get('/api/runs/first/files/%00'),
      get('/api/runs/first/images/%c0%ae%c0%ae%2f'),
      get(`/api/runs/${'a/'.repeat(4000)}`),
      get(`/api/runs/first/images/${'x'.repeat(12_000)}`),
      get(`/${'x'.repeat(40_000)}`),
      get('/', `X: ${'y'.repeat(40_000)}`),
      get('/', ...Array.from({ length: 5000 }, (_, i) => `X${i}: 1`)),
      get('/api/runs?external=__proto__&external[]=1'),
      get('/api/runs/__proto__/files/constructor'),
      get('/api/runs/first/records?external=%2e%2e'),
      get('http://elsewhere.example/api/runs'),
      get('*'),
      get('/api/runs/first/files/config.json', 'Range: bytes=0-999999999999999999999'),
      get('/api/runs/first/files/config.json', `If-None-Match: ${'"'.repeat(5000)}`),
      get('/', 'Content-Length: 1', 'Content-Length: 2'),
      get('/', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
      get('/', 'Content-Length: -1'),
      get('/', 'Host: elsewhere.example'),
      'GET / HTTP/1.1\r\n\r\n',
      'GET /api/runs HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
      '\r\n\r\n\r\n\r\n',
    ];
    for (const bytes of hostile) {
      const { answer, milliseconds } = await talk(bytes).ended;
      const status = statusOf(answer);
      expect(status < 500, `${bytes.slice(0, 80)}: ${status}`).toBe(true);
      expect(answer.toString()).not.toMatch(/\n\s+at |This is a bug/);
      expect(milliseconds).toBeLessThan(4000);
    }
    await expectAlive();
  });

  it('bears requests of any bytes', async () => {
    const valid = requestOf('GET /api/runs/first/files/config.json HTTP/1.1', 'Connection: close');
    const changed = fc
      .tuple(fc.nat(valid.length - 1), fc.uint8Array({ minLength: 0, maxLength: 12 }), fc.nat(12))
      .map(([at, bytes, skip]) =>
        Buffer.concat([Buffer.from(valid.slice(0, at)), bytes, Buffer.from(valid.slice(at + skip))]),
      );
    const some = fc.array(fc.oneof(changed, fc.uint8Array({ maxLength: 300 })), { minLength: 100, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(some, async (all) => {
        for (const { answer } of await Promise.all(all.map((bytes) => talk(bytes).ended)))
          expect(statusOf(answer)).toBeLessThan(500);
      }),
      { numRuns: 1, endOnFailure: true },
    );
    await expectAlive();
  });

  it.skipIf(process.platform !== 'linux')('gives back files that nobody takes to the end', async () => {
    await expectAlive();
    const before = openFiles();
    for (let i = 0; i < 40; i++) {
      const { socket, ended } = talk(requestOf(`GET /${model} HTTP/1.1`), { reads: i % 2 === 0 });
      socket.once('readable', () => socket.destroy());
      setTimeout(() => socket.destroy(), 30);
      await ended;
    }
    for (let i = 0; i < 20; i++) {
      const answer = await fetch(studio.url + model, { method: 'HEAD' });
      expect(Number(answer.headers.get('content-length'))).toBe(large);
    }
    for (let i = 0; i < 100 && openFiles() > before + 5; i++) await new Promise((next) => setTimeout(next, 20));
    expect(openFiles()).toBeLessThanOrEqual(before + 5);
  });

  it('cuts off who has stopped reading, reads too slowly, or says nothing; memory stays bounded meanwhile', async () => {
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const stopped = Array.from({ length: 20 }, () => talk(requestOf(`GET /${model} HTTP/1.1`), { reads: false }));
    const slow = talk(requestOf(`GET /${model} HTTP/1.1`), { reads: false });
    const sips = setInterval(() => slow.socket.read(4096), 20);
    const silent = [talk(''), talk('GET / HTTP/1.1\r\nHost:'), talk(requestOf('GET / HTTP/1.1').slice(0, -2))];
    await new Promise((next) => setTimeout(next, 400));
    // Not 20 times the file.
    expect(process.memoryUsage().rss - before).toBeLessThan(3 * large);
    await new Promise((next) => setTimeout(next, 2600));
    clearInterval(sips);
    // What has arrived by now is taken, so that the end is seen.
    for (const { socket } of [slow, ...stopped, ...silent]) socket.resume();
    for (const { answer } of await Promise.all([slow, ...stopped, ...silent].map(({ ended }) => ended)))
      expect(answer.length).toBeLessThan(large / 2);
    await expectAlive();
  });

  it('shows 200 clients a training under way, each what the last look had and more', async () => {
    const steps = join(run, 'steps.jsonl');
    // With the limits that a studio has.
    const usual = await startStudio({ runs: join(tiny.root, 'runs') });
    const line = (step: number) =>
      `${JSON.stringify({ step, epoch: 0.1, loss: 1, accuracy: 0.5, imagesPerSecond: 9 })}\n`;
    writeFileSync(steps, line(1));
    for (let round = 2; round < 5; round++) {
      appendFileSync(steps, line(round));
      const looks = Array.from({ length: 200 }, async () => {
        const summary = await fetch(`${usual.url}api/runs/first`);
        expect(await summary.json()).toMatchObject({ id: 'first' });
        const text = await fetch(`${usual.url}api/runs/first/files/steps.jsonl`);
        return (await text.text()).split('\n').length - 1;
      });
      for (const count of await Promise.all(looks)) expect(count).toBe(round);
    }
    await usual.close();
  });
});

describe('work that is shared', () => {
  it('is done once for all who ask meanwhile, anew for who comes later, and fails for all alike', async () => {
    const once = sharedWork();
    let begun = 0;
    const work = () =>
      new Promise<number>((done, fail) => {
        const number = ++begun;
        setTimeout(() => (number === 2 ? fail(new Error('no')) : done(number)), 5);
      });
    expect(await Promise.all([once('a', work), once('a', work), once('a', work)])).toEqual([1, 1, 1]);
    const failed = await Promise.allSettled([once('a', work), once('a', work)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await Promise.all([once('a', work), once('b', work)])).toEqual([3, 4]);
  });
});
