import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DownloadOptions, downloadFiles, recordName } from '../../../src/node/download/downloadFiles.js';
import type { RemoteFile } from '../../../src/node/download/source.js';
import { silentProgress } from '../../../src/progress.js';
import { writeZip } from '../writeZip.js';
import { answering, type Behaviour, dropping, type FileServer, good, serve, stalling } from './fileServer.js';

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251);
const other = content.map((value) => 255 - value);
const md5 = createHash('md5').update(content).digest('hex');

let folder: string;
let servers: FileServer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-download-'));
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(...behaviours: Behaviour[]): Promise<FileServer> {
  const server = await serve(...behaviours);
  servers.push(server);
  return server;
}

const published = ({ url }: FileServer, given: Partial<RemoteFile> = {}): RemoteFile => ({
  name: 'images.bin',
  urls: [`${url}/images.bin`],
  bytes: content.length,
  checksum: { algorithm: 'md5', value: md5 },
  ...given,
});

const download = (file: RemoteFile, options: Partial<DownloadOptions> = {}) =>
  downloadFiles({
    folder,
    files: [file],
    progress: silentProgress,
    signal: new AbortController().signal,
    tries: 3,
    firstPause: 0.01,
    stallSeconds: 0.2,
    ...options,
  });

const bytes = () => new Uint8Array(readFileSync(join(folder, 'images.bin')));
/** Nothing but the file and the record of it. */
const leftovers = () => readdirSync(folder).filter((name) => name !== 'images.bin' && name !== recordName);

describe('downloadFiles', () => {
  it('brings a file whole, checks it, and remembers what it is', async () => {
    const server = await start(good(content));
    const [file] = await download(published(server));
    expect(bytes()).toEqual(content);
    expect(file).toMatchObject({
      known: false,
      bytes: content.length,
      checkedBy: 'MD5',
      url: `${server.url}/images.bin`,
    });
    expect(file.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    expect(leftovers()).toEqual([]);
    // The second time nothing is asked, or read.
    expect((await download(published(server)))[0].known).toBe(true);
    expect(server.asked).toHaveLength(1);
  });

  it('goes on where a connection dropped, with a range of the same version', async () => {
    const server = await start(dropping(content, 100_000), dropping(content, 50_000), good(content));
    await download(published(server));
    expect(bytes()).toEqual(content);
    expect(server.asked.map(({ range, ifRange }) => [range, ifRange])).toEqual([
      [undefined, undefined],
      [expect.stringMatching(/^bytes=\d+-$/), '"one"'],
      [expect.stringMatching(/^bytes=\d+-$/), '"one"'],
    ]);
  });

  it('is patient with a server that always drops, as long as something comes', async () => {
    const server = await start(dropping(content, 40_000));
    await download(published(server), { tries: 2 });
    expect(bytes()).toEqual(content);
    expect(server.asked.length).toBeGreaterThan(5);
  });

  it('goes on in another process where one ended', async () => {
    const server = await start(dropping(content, 100_000), answering(500), answering(500), good(content));
    await expect(download(published(server))).rejects.toMatchObject({ code: 'refused', exitStatus: 3 });
    expect(readdirSync(folder).sort()).toEqual(['.images.bin.part.json', 'images.bin.part']);
    await download(published(server));
    expect(bytes()).toEqual(content);
    expect(server.asked.at(-1)!.range).toMatch(/^bytes=[1-9]/);
    expect(leftovers()).toEqual([]);
  });

  it('begins anew where the file at the server was replaced meanwhile', async () => {
    const server = await start(dropping(other, 100_000, '"old"'), good(content, '"new"'));
    await download(published(server, { checksum: undefined }));
    expect(bytes()).toEqual(content);
  });

  it('begins anew with a server that knows no ranges', async () => {
    const whole: Behaviour = (_request, response) => {
      response.writeHead(200, { 'content-length': content.length }).end(content);
    };
    const server = await start(dropping(content, 100_000), whole);
    await download(published(server));
    expect(bytes()).toEqual(content);
  });

  it('does not take another range than it asked for', async () => {
    const wrong: Behaviour = (_request, response) => {
      const range = `bytes 0-${content.length - 1}/${content.length}`;
      response.writeHead(206, { 'content-range': range, 'content-length': content.length }).end(content);
    };
    const server = await start(dropping(content, 100_000), wrong, good(content));
    await download(published(server));
    expect(bytes()).toEqual(content);
  });

  it('leaves a server that stalls, and one that trickles, and tries again', async () => {
    const trickling: Behaviour = (_request, response) => {
      response.writeHead(200, { etag: '"other"', 'content-length': content.length });
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const server = await start(stalling(content, 70_000), trickling, good(content));
    await download(published(server));
    expect(bytes()).toEqual(content);
    expect(server.asked).toHaveLength(3);
  });

  it('gives up on a server from which nothing comes, and says so', async () => {
    const server = await start(() => {});
    await expect(download(published(server), { tries: 2 })).rejects.toMatchObject({ code: 'no-connection' });
    expect(server.asked).toHaveLength(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes a file that ends early for what it is, though the server calls it whole', async () => {
    const short: Behaviour = (_request, response) => {
      // Without a length the end of the connection is the end of the file.
      response.writeHead(200, { connection: 'close' });
      response.end(content.subarray(0, 1000));
    };
    const server = await start(short);
    await expect(download(published(server))).rejects.toMatchObject({ code: 'cut-off' });
  });

  it('follows redirections, and none for ever or to what is no web address', async () => {
    const to = (location: string): Behaviour => answering(302, { location });
    const server = await start(to('/elsewhere'), good(content));
    await download(published(server));
    expect(server.asked.map(({ url }) => url)).toEqual(['/images.bin', '/elsewhere']);
    const loop = await start(to('/images.bin'));
    await expect(download(published(loop, { name: 'a.bin' }))).rejects.toMatchObject({ code: 'redirected-for-ever' });
    const file = await start(to('file:///etc/passwd'));
    await expect(download(published(file, { name: 'a.bin' }))).rejects.toMatchObject({ code: 'bad-redirection' });
  });

  it('refuses a web page in place of the file', async () => {
    const server = await start(answering(200, { 'content-type': 'text/html; charset=utf-8' }, '<html>Please log in'));
    await expect(download(published(server))).rejects.toMatchObject({ code: 'answered-page' });
    expect(server.asked).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('fetches wrong bytes once more, then refuses them and keeps nothing', async () => {
    const mended = await start(good(other), good(content));
    await download(published(mended));
    expect(bytes()).toEqual(content);
    rmSync(join(folder, 'images.bin'));
    const server = await start(good(other));
    await expect(download(published(server))).rejects.toMatchObject({
      code: 'wrong-checksum',
      message: expect.stringContaining(md5),
      hint: expect.stringContaining('Fetched twice'),
    });
    expect(server.asked).toHaveLength(2);
    expect(leftovers()).toEqual([]);
    expect(existsSync(join(folder, 'images.bin'))).toBe(false);
  });

  it('refuses another size before it fetches anything', async () => {
    const server = await start(good(content));
    await expect(download(published(server, { bytes: 7 }))).rejects.toMatchObject({ code: 'other-size' });
  });

  it('waits as long as a busy server asks', async () => {
    const server = await start(answering(503, { 'retry-after': '1' }), good(content));
    const started = performance.now();
    await download(published(server));
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  it('asks the second home where the first has it no more, and says so where none has', async () => {
    const [gone, home] = [await start(answering(404)), await start(good(content))];
    const urls = [`${gone.url}/images.bin`, `${home.url}/images.bin`];
    expect((await download(published(home, { urls })))[0].url).toBe(urls[1]);
    await expect(download(published(gone, { name: 'b.bin' }))).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('404'),
    });
    expect(gone.asked).toHaveLength(2);
  });

  it('checks each file of a zip that has no published checksum', async () => {
    const path = join(folder, 'source.zip');
    writeZip(path, { 'a.txt': content, 'b.txt': other }, { store: true });
    const zip = new Uint8Array(readFileSync(path));
    rmSync(path);
    const whole = published(await start(good(zip)), { name: 'images.zip', bytes: undefined, checksum: undefined });
    expect((await download(whole))[0].checkedBy).toBe('the checksum of each file in it');
    const damaged = zip.slice();
    damaged[Math.floor(zip.length / 3)] ^= 255;
    const broken = published(await start(good(damaged)), { name: 'other.zip', bytes: undefined, checksum: undefined });
    await expect(download(broken)).rejects.toMatchObject({ code: 'damaged-zip' });
  });

  it('looks through a file that was put there by hand, and overwrites no other one', async () => {
    const server = await start(good(content));
    writeFileSync(join(folder, 'images.bin'), content);
    expect((await download(published(server)))[0].known).toBe(true);
    writeFileSync(join(folder, 'images.bin'), other);
    await expect(download(published(server))).rejects.toMatchObject({ code: 'other-file' });
    expect(bytes()).toEqual(other);
    expect(server.asked).toEqual([]);
  });

  it('keeps what came when it is interrupted', async () => {
    const controller = new AbortController();
    const server = await start(stalling(content, 70_000), good(content));
    const running = download(published(server), { signal: controller.signal, stallSeconds: 20 });
    setTimeout(() => controller.abort(), 150);
    await expect(running).rejects.toMatchObject({ kind: 'interrupted', exitStatus: 130 });
    await download(published(server));
    expect(server.asked.at(-1)!.range).toMatch(/^bytes=[1-9]/);
    expect(bytes()).toEqual(content);
  });

  it('lets one process at a time write into the folder', async () => {
    const server = await start(stalling(content, 70_000), good(content));
    const first = download(published(server), { stallSeconds: 0.5 });
    await vi.waitFor(() => expect(server.asked).toHaveLength(1));
    await expect(download(published(server))).rejects.toMatchObject({ message: expect.stringContaining('download') });
    await first;
    expect(bytes()).toEqual(content);
  });

  it('refuses a disk that has no room, and a folder that it may not make', async () => {
    const server = await start(good(content));
    await expect(download(published(server, { bytes: 1e15 }))).rejects.toMatchObject({ code: 'no-space' });
    await expect(download(published(server), { folder: '/proc/lesionlab' })).rejects.toMatchObject({
      code: 'not-writable',
    });
  });

  it('goes through a proxy that the environment names', async () => {
    const server = await start(good(content));
    let tunnels = 0;
    const proxy = createServer().on('connect', (request, socket) => {
      tunnels++;
      const [host, port] = request.url!.split(':');
      const there = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        there.pipe(socket).pipe(there);
      });
      there.on('error', () => socket.destroy());
      socket.on('error', () => there.destroy());
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    vi.stubEnv('NO_PROXY', '');
    try {
      await download(published(server));
      expect(bytes()).toEqual(content);
      expect(tunnels).toBe(1);
    } finally {
      vi.unstubAllEnvs();
      proxy.close();
    }
  });

  it('takes a mirror in place of the official homes', async () => {
    const [home, mirror] = [await start(answering(404)), await start(good(content))];
    await download(published(home), { mirror: `${mirror.url}/data/` });
    expect(mirror.asked[0].url).toBe('/data/images.bin');
    expect(home.asked).toEqual([]);
  });
});
