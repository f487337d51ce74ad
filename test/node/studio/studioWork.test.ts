import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkFiles, WorkState } from '../../../src/jobs/work.js';
import { openRunImages } from '../../../src/node/studio/runImages.js';
import { makeStudioApp } from '../../../src/node/studio/studioApp.js';
import { openStudioRuns } from '../../../src/node/studio/studioRuns.js';
import { openStudioWork, type StudioWork } from '../../../src/node/studio/studioWork.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-work-'));
const runs = join(root, 'runs');
let work: StudioWork;
let app: ReturnType<typeof makeStudioApp>;

beforeAll(async () => {
  for (const name of ['runs', 'HAM', 'HAM/images', 'secret', 'runs/old']) mkdirSync(join(root, name));
  for (const name of ['secret/w.pth', 'HAM/w.pth', 'HAM/b.csv', 'HAM/a.jpg', 'runs/.hidden', 'runs/old/keep.txt'])
    writeFileSync(join(root, name), '12345');
  writeFileSync(join(root, 'HAM/outside.yaml'), 'extends: lenet\nmodel: ../secret/net.onnx\n');
  const several = `extends: lenet\nmembers: [{ model: lenet }, { model: ${join(root, 'secret/net.onnx')} }]\n`;
  writeFileSync(join(root, 'HAM/several.yaml'), several);
  symlinkSync(join(root, 'secret'), join(runs, 'link'));
  work = openStudioWork(runs, [join(root, 'HAM')]);
  app = makeStudioApp({ page: root, runs: await openStudioRuns(runs), images: openRunImages({}), work });
});
afterAll(async () => {
  await work.close();
  rmSync(root, { recursive: true, force: true });
});

const own = { host: '127.0.0.1:80', 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
const withToken = () => ({ ...own, 'x-lesionlab-token': work.token });
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  app.request(`/api/work${path}`, {
    method: 'POST',
    headers: { ...withToken(), ...headers },
    body: JSON.stringify(body),
  });
const get = async <T>(path: string) =>
  (await (await app.request(`/api/work${path}`, { headers: withToken() })).json()) as T;
const state = () => get<WorkState>('');
const plan = (job: object = {}) => ({ data: 'HAM', jobs: [{ id: 'a', settings: { preset: 'demo' }, ...job }] });
const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;
const until = async (holds: (found: WorkState) => boolean) => {
  for (let i = 0; i < 200; i++) {
    const found = await state();
    if (holds(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('It did not come to that.');
};

describe('work of the studio', () => {
  it('is started by who has the token, in a page of this server', async () => {
    const calls = ['/plans', '/estimate', '/plans/a/stop', '/plans/a/resume', '/plans/a/remove'];
    for (const call of calls) {
      for (const headers of [{ 'x-lesionlab-token': 'x'.repeat(32) }, { 'x-lesionlab-token': '' }])
        expect(await codeOf(await post(call, { name: 'a', plan: plan() }, headers)), call).toBe('no-token');
      const elsewhere: Record<string, string>[] = [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'http://evil.example' },
        { origin: 'http://127.0.0.1:81' },
        { origin: 'null' },
      ];
      for (const headers of elsewhere)
        expect(await codeOf(await post(call, { name: 'a', plan: plan() }, headers)), call).toBe('other-origin');
      expect((await post(call, {}, { host: 'evil.example' })).status).toBe(421);
      const preflight = await app.request(`/api/work${call}`, { method: 'OPTIONS', headers: own });
      expect(preflight.status).toBe(405);
      expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    expect((await app.request('/api/runs', { method: 'POST', headers: own })).status).toBe(405);
    for (const path of ['', '/files', '/plans/a/tables/a'])
      expect((await app.request(`/api/work${path}`, { headers: own })).status).toBe(403);
  });

  it('takes no form of another page', async () => {
    // What a page may send anywhere without being asked first.
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      for (const call of ['/plans', '/estimate'])
        expect(await codeOf(await post(call, { name: 'a', plan: plan() }, { 'content-type': type })), type).toBe(
          'bad-request',
        );
    expect((await state()).plans).toEqual([]);
  });

  it('names nothing outside the folders that the studio was given', async () => {
    const outside = [
      { data: join(root, 'secret') },
      { data: '../secret' },
      { data: 'HAM/../secret' },
      { settings: { weights: '../secret/w.pth' } },
      { settings: { weights: 'link/w.pth' } },
      // A word that might be the name of a file where the studio was started.
      { settings: { weights: '/w' } },
      { settings: { split: { kind: 'file', path: '/etc/passwd' } } },
      { settings: { recipe: '/etc/passwd.yaml' } },
      { settings: { recipe: { model: '/etc/net.onnx' } } },
      { settings: { overrides: { model: '../secret/net.onnx' } } },
      ...[{}, { changes: {}, name: 'mine' }].map((of) => {
        const several = { extends: 'lenet', members: [{ model: 'lenet' }, { model: '../secret/net.onnx' }] };
        return { settings: { member: 'net', recipe: 'changes' in of ? { ...of, changes: several } : several } };
      }),
      // A file inside may name one outside.
      { settings: { recipe: 'HAM/outside.yaml' } },
      { settings: { member: 'net', recipe: 'HAM/several.yaml' } },
      { kind: 'evaluate', settings: { source: '../secret' } },
      { kind: 'export', settings: { source: 'link' } },
      { kind: 'predict', settings: { source: 'old', images: ['../secret'] } },
      { kind: 'judge', settings: { source: '/etc/passwd' } },
      { kind: 'report', settings: { source: 'old', data: '../secret' } },
    ];
    for (const job of outside) {
      const { data: _, ...rest } = plan(job);
      const sent = 'kind' in job && job.kind !== 'judge' ? rest : plan(job);
      for (const call of ['/plans', '/estimate'])
        expect(
          await codeOf(await post(call, { ...(call === '/plans' && { name: 'a' }), plan: sent })),
          JSON.stringify(job),
        ).toBe('outside-folders');
    }
    for (const name of ['../a', '/a', 'a/../b', '.a', 'link/a', ''])
      expect(['bad-name', 'bad-request'], name).toContain(await codeOf(await post('/plans', { name, plan: plan() })));
    expect(await codeOf(await post('/plans', { name: 'a', plan: plan({ run: '../x' }) }))).toBe('bad-plan');
    for (const action of ['resume', 'remove'])
      expect(await codeOf(await post(`/plans/link/${action}`, {}))).toBe('bad-name');
    expect(existsSync(join(runs, 'a'))).toBe(false);
  });

  it('takes names for paths below the folder of runs, never below that in which the studio was started', async () => {
    // `images` and `source` have no words in place of paths: `src` is a folder where the tests run.
    const answer = await post('/plans', {
      name: 'a',
      plan: { jobs: [{ id: 'a', kind: 'predict', settings: { source: 'src', images: ['src'] } }] },
    });
    expect(answer.status).toBe(202);
    const { plans } = await until(({ plans: [first] }) => first?.state === 'resting');
    expect(plans[0].error?.message).toContain(`${join(runs, 'src')}`);
    expect((await post('/plans/a/remove', {})).status).toBe(202);
    expect(existsSync(join(runs, 'a'))).toBe(false);
  });

  it('measures trainings alone', async () => {
    const exported = { jobs: [{ id: 'a', kind: 'export', settings: { source: 'old' } }] };
    expect(await codeOf(await post('/estimate', { plan: exported }))).toBe('no-trainings');
  });

  it('lists what lies in the folders that were named, and in no other', async () => {
    expect((await state()).places).toEqual([
      { name: 'HAM', kind: 'folder' },
      { name: 'runs', kind: 'runs' },
    ]);
    expect(await get('/files?path=HAM&endings=.csv,.pth')).toEqual({
      path: 'HAM',
      entries: [
        { name: 'images', folder: true },
        { name: 'b.csv', folder: false, bytes: 5 },
        { name: 'w.pth', folder: false, bytes: 5 },
      ],
      more: 0,
    });
    expect((await get<WorkFiles>('/files?path=runs')).entries.map(({ name }) => name)).toEqual(['old']);
    for (const path of ['..', 'HAM/..', 'HAM/../secret', join(root, 'secret'), 'runs/link', '/'])
      expect(await get(`/files?path=${encodeURIComponent(path)}`), path).toMatchObject({
        error: { code: 'outside-folders' },
      });
  });

  it('is listed with what went wrong, and can be removed as long as it has no results', async () => {
    expect((await post('/plans', { name: 'mine', plan: plan() })).status).toBe(202);
    const { plans } = await until(({ plans: [first] }) => first?.state === 'resting');
    // An empty folder holds no dataset.
    expect(plans).toMatchObject([
      {
        name: 'mine',
        state: 'resting',
        made: { by: 'studio' },
        jobs: [{ id: 'a', state: 'failed', runId: 'mine/a', about: ['HAM'] }],
      },
    ]);
    expect(plans[0].jobs[0].error).toBeDefined();
    expect(await codeOf(await post('/plans/mine/stop', {}))).toBe('plan-at-rest');
    expect(await codeOf(await post('/plans', { name: 'mine', plan: plan() }))).toBe('folder-in-use');
    expect(await codeOf(await post('/plans', { name: 'old', plan: plan() }))).toBe('folder-in-use');
    const numbered = await post('/plans', { name: 'mine', plan: plan({ data: 'HAM/none' }), numbered: true });
    expect(await numbered.json()).toEqual({ name: 'mine-2' });
    await until((found) => found.plans.every((one) => one.state === 'resting'));
    mkdirSync(join(runs, 'mine-2/a'), { recursive: true });
    writeFileSync(join(runs, 'mine-2/a/config.json'), '{}');
    expect(await codeOf(await post('/plans/mine-2/remove', {}))).toBe('has-results');
    expect((await post('/plans/mine/remove', {})).status).toBe(202);
    expect((await state()).plans.map(({ name }) => name)).toEqual(['mine-2']);
    expect(existsSync(join(runs, 'mine'))).toBe(false);
  });

  it('waits for its turn, can be taken out of the queue, and is there after a restart', async () => {
    await post('/plans', { name: 'one', plan: plan() });
    // What is not there is told before a process is started.
    for (const name of ['two', 'three']) await post('/plans', { name, plan: plan({ data: 'HAM/none' }) });
    const waiting = (await state()).plans.filter((one) => one.state === 'waiting');
    expect(waiting.at(-1)).toMatchObject({ name: 'three', turn: waiting.length, jobs: [{ state: 'ready' }] });
    expect((await post('/plans/three/stop', {})).status).toBe(202);
    expect((await state()).plans.find(({ name }) => name === 'three')).toMatchObject({ state: 'resting' });
    const rested = await until((found) => found.plans.every((one) => one.state === 'resting'));
    expect(rested.plans.find(({ name }) => name === 'two')?.error?.message).toContain('HAM/none');
    const again = openStudioWork(runs, [join(root, 'HAM')]);
    const { plans } = await again.state();
    expect(plans.find(({ name }) => name === 'three')).toMatchObject({ state: 'resting', jobs: [{ state: 'ready' }] });
    expect(plans.find(({ name }) => name === 'one')).toMatchObject({ jobs: [{ state: 'failed' }] });
    await again.close();
    // Without the folder that it names, it is not gone on with.
    const without = openStudioWork(runs, []);
    await expect(without.resume('three')).rejects.toMatchObject({ code: 'outside-folders' });
    await without.close();
  });
});
