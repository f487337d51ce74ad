import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunImages } from '../../../src/node/studio/runImages.js';
import { makeStudioApp } from '../../../src/node/studio/studioApp.js';
import { openStudioRuns } from '../../../src/node/studio/studioRuns.js';
import { openStudioWork, type StudioWork } from '../../../src/node/studio/studioWork.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-work-'));
const runs = join(root, 'runs');
let work: StudioWork;
let app: ReturnType<typeof makeStudioApp>;

beforeAll(async () => {
  for (const name of ['runs', 'HAM', 'secret']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'secret', 'w.pth'), '');
  symlinkSync(join(root, 'secret'), join(runs, 'link'));
  work = openStudioWork(runs, [join(root, 'HAM')]);
  app = makeStudioApp({ page: root, runs: await openStudioRuns(runs), images: openRunImages({}), work });
});
afterAll(async () => {
  await work.close();
  rmSync(root, { recursive: true, force: true });
});

const own = { host: '127.0.0.1:80', 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  app.request(`/api/work${path}`, {
    method: 'POST',
    headers: { ...own, 'x-lesionlab-token': work.token, ...headers },
    body: JSON.stringify(body),
  });
const plan = (job: object = {}) => ({ data: 'HAM', jobs: [{ id: 'a', settings: { preset: 'demo' }, ...job }] });
const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

describe('work of the studio', () => {
  it('is started by who has the token, in a page of this server', async () => {
    for (const headers of [{ 'x-lesionlab-token': 'x'.repeat(32) }, { 'x-lesionlab-token': '' }])
      expect(await codeOf(await post('/plans', { name: 'a', plan: plan() }, headers))).toBe('no-token');
    const elsewhere: Record<string, string>[] = [{ 'sec-fetch-site': 'cross-site' }, { origin: 'http://evil.example' }];
    for (const headers of elsewhere)
      expect(await codeOf(await post('/plans', { name: 'a', plan: plan() }, headers))).toBe('other-origin');
    expect((await post('/plans', {}, { host: 'evil.example' })).status).toBe(421);
    const preflight = await app.request('/api/work/plans', { method: 'OPTIONS', headers: own });
    expect(preflight.status).toBe(405);
    expect((await app.request('/api/runs', { method: 'POST', headers: own })).status).toBe(405);
    expect((await app.request('/api/work/', { headers: own })).status).toBe(403);
  });

  it('names nothing outside the folders that the studio was given', async () => {
    const outside = [
      { data: join(root, 'secret') },
      { data: '../secret' },
      { settings: { weights: '../secret/w.pth' } },
      { settings: { weights: 'link/w.pth' } },
      { settings: { split: { kind: 'file', path: '/etc/passwd' } } },
      { settings: { recipe: '/etc/passwd.yaml' } },
      { settings: { recipe: { model: '/etc/net.onnx' } } },
      { settings: { overrides: { model: '../secret/net.onnx' } } },
    ];
    for (const job of outside)
      expect(await codeOf(await post('/plans', { name: 'a', plan: plan(job) })), JSON.stringify(job)).toBe(
        'outside-folders',
      );
    for (const name of ['../a', '/a', 'a/../b', '.a', 'link/a', ''])
      expect(['bad-name', 'bad-request'], name).toContain(await codeOf(await post('/plans', { name, plan: plan() })));
    expect(await codeOf(await post('/plans', { name: 'a', plan: plan({ run: '../x' }) }))).toBe('bad-plan');
    expect(await codeOf(await post('/plans/link/resume', {}))).toBe('bad-name');
    expect(await codeOf(await post('/plans', 'x', { 'content-type': 'text/plain' }))).toBe('bad-request');
  });

  it('is listed with what went wrong', async () => {
    expect((await post('/plans', { name: 'mine', plan: plan() })).status).toBe(202);
    const headers = { ...own, 'x-lesionlab-token': work.token };
    const list = async () =>
      (await (await app.request('/api/work', { headers })).json()) as {
        data: string[];
        plans: { name: string; state: string; jobs: { state: string; error?: object }[] }[];
      };
    for (let i = 0; i < 100 && (await list()).plans[0]?.state !== 'resting'; i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const { data, plans } = await list();
    expect(data).toEqual(['HAM']);
    // An empty folder holds no dataset.
    expect(plans).toMatchObject([{ name: 'mine', state: 'resting', jobs: [{ id: 'a', state: 'failed' }] }]);
    expect(plans[0].jobs[0].error).toBeDefined();
    expect(await codeOf(await post('/plans/mine/stop', {}))).toBe('plan-at-rest');
  });
});
