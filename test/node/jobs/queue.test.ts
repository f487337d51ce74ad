import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { JobEvent } from '../../../src/jobs/jobEvent.js';
import type { PlannedJob } from '../../../src/jobs/plan.js';
import { describeRedisError } from '../../../src/node/jobs/queue/describeRedisError.js';
import { doRequest, requireData } from '../../../src/node/jobs/queue/doRequest.js';
import { gatherEvents } from '../../../src/node/jobs/queue/gatherEvents.js';
import { openRedis } from '../../../src/node/jobs/queue/openRedis.js';
import { parseQueueAddress } from '../../../src/node/jobs/queue/queueAddress.js';
import { leaveProbe, requireShared } from '../../../src/node/jobs/queue/sharedProbe.js';
import { packageInfo } from '../../../src/node/machine/packageInfo.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-queue-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folder = (name: string) => {
  mkdirSync(join(root, name), { recursive: true });
  return join(root, name);
};

describe('an address', () => {
  it('is shown without its password', () => {
    const found = parseQueueAddress('rediss://ward:se%20cret@queue.example:6380/2', {});
    expect(found).toMatchObject({ shown: 'rediss://queue.example:6380/2', hasPassword: true });
    expect(found.url).toBe('rediss://ward:se%20cret@queue.example:6380/2');
  });

  it('takes a password from the environment, where it has none', () => {
    const environment = { LESIONLAB_REDIS_PASSWORD: 'p@ss/word' };
    expect(parseQueueAddress('valkey://host', environment)).toEqual({
      url: 'redis://:p%40ss%2Fword@host',
      shown: 'redis://host:6379',
      hasPassword: true,
    });
    expect(parseQueueAddress('redis://:own@host', environment).url).toBe('redis://:own@host');
  });

  it('that is none is refused without repeating what may hold a password', () => {
    for (const text of ['redis:// :secret@', 'http://:secret@host', 'redis://:secret@host/three']) {
      const thrown = (() => {
        try {
          parseQueueAddress(text, {});
        } catch (error) {
          return error as Error;
        }
      })();
      expect(thrown, text).toMatchObject({ code: 'bad-queue-address' });
      expect(thrown!.message).not.toContain('secret');
    }
  });
});

describe('what a server says no with', () => {
  const address = parseQueueAddress('redis://:x@host', {});
  const open = parseQueueAddress('redis://host', {});
  it.each([
    ['WRONGPASS invalid username-password pair or user is disabled.', 'queue-password', 'refuses the password'],
    ['NOPERM this user has no permissions to run the eval command', 'queue-rights', 'may not do'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'queue-full', 'is full'],
    ['MISCONF Redis is configured to save RDB snapshots, but', 'queue-disk', "can't save to its disk"],
    ["READONLY You can't write against a read only replica.", 'queue-replica', 'copy of another one'],
    ['ERR max number of clients reached', 'queue-clients', 'as many connections'],
    ['Unknown RESP type 72 "H". Please report this. Error: x', 'not-a-queue', 'does not speak as Redis does'],
  ])('%s', (message, code, words) => {
    const error = describeRedisError(address, new Error(message));
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(error.hintFor('terminal')).toMatch(/\w{3}/);
  });

  it('that it wants a password, or knows none', () => {
    const error = new Error('NOAUTH Authentication required.');
    expect(describeRedisError(open, error).message).toContain('wants a password');
    const none = new Error('ERR AUTH <password> called without any password configured for the default user.');
    expect(describeRedisError(address, none).message).toContain('knows no password');
  });
});

describe('a server', () => {
  it('that is not there is an error at once, and so is a name that is no machine', async () => {
    await expect(openRedis(parseQueueAddress('redis://127.0.0.1:1', {}), () => {})).rejects.toMatchObject({
      code: 'no-queue',
      message: expect.stringContaining('redis://127.0.0.1:1'),
    });
  });

  it('that is no Redis is told from one', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await expect(openRedis(parseQueueAddress(`redis://127.0.0.1:${port}`, {}), () => {})).rejects.toMatchObject({
      code: 'not-a-queue',
    });
    server.close();
  });
});

describe("a plan's folder", () => {
  it('is known on another machine by a mark, which stays', async () => {
    const shared = folder('shared');
    const probe = await leaveProbe(shared);
    expect(await leaveProbe(shared)).toBe(probe);
    await requireShared(shared, probe, '/there');
    await leaveProbe(folder('other'));
    await expect(requireShared(join(root, 'other'), probe, '/there')).rejects.toMatchObject({
      code: 'not-shared',
      message: expect.stringContaining("another plan's"),
    });
    await expect(requireShared(folder('bare'), probe, '/there')).rejects.toThrow(
      "/there isn't shared with this machine",
    );
    await expect(requireShared(join(root, 'none'), probe, '/there')).rejects.toMatchObject({
      hint: expect.stringContaining('map'),
    });
  });

  it('of another version of lesionlab is left to others', async () => {
    const request = { lesionlab: '0.0.9', folder: root, hash: '', id: 'a', call: 'c', overwrite: false, probe: '' };
    const options = {
      mappings: [],
      start: () => expect.fail('begun'),
      keep: root,
      signal: new AbortController().signal,
      hear: () => {},
    };
    await expect(doRequest(request, options)).rejects.toMatchObject({
      code: 'other-version',
      message: `It was asked for by lesionlab 0.0.9; this worker is lesionlab ${packageInfo.version}.`,
    });
  });
});

it('data at another path is found by a mapping, and named where it is missing', () => {
  const data = folder('data');
  writeFileSync(join(data, 'weights.pth'), '');
  const job = {
    kind: 'train',
    data: ['/there/data'],
    settings: { weights: '/there/data/weights.pth', recipe: { changes: { note: '/no/path' } } },
  } as unknown as PlannedJob;
  requireData(job, [{ from: '/there', to: root }]);
  expect(() => requireData(job, [])).toThrow('/there/data and /there/data/weights.pth are not on this machine.');
});

it('events go together, and of progress the last word alone', async () => {
  const sent: JobEvent[][] = [];
  const gathering = gatherEvents(async (events) => void sent.push([...events]), 5);
  const progress = (label: string, done: number): JobEvent => ({ type: 'progress', label, done });
  const note: JobEvent = { type: 'note', text: 'a' };
  for (const event of [progress('a', 1), note, progress('b', 1), progress('a', 2)]) gathering.add(event);
  await gathering.end();
  expect(sent).toEqual([[note, progress('b', 1), progress('a', 2)]]);
});
