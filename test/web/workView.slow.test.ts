import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RunningStudio, startStudio } from '../../dist/node/studio/startStudio.js';
import type { Evaluation } from '../../src/evaluation/index.js';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { openPlanFolder } from '../../src/node/jobs/openPlan.js';
import { leaveProbe } from '../../src/node/jobs/queue/sharedProbe.js';
import { keepArray } from '../../src/node/jobs/slurm/submittedArrays.js';
import { silentProgress as progress } from '../../src/progress.js';
import { foreignFile } from '../foreignFile.js';
import { findViolations } from './findViolations.js';
import { chromiumPath, openBrowser } from './openBrowser.js';
import { serveFolder } from './serveFolder.js';

describe.skipIf(!chromiumPath)('the view of work', { timeout: 600_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'lesionlab-work-'));
  const runs = join(root, 'runs');
  let studio: RunningStudio;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    process.env.LESIONLAB_CACHE = join(root, 'cache');
    // Of other numbers of images: with the same ids, the second would be taken for the first, changed.
    for (const [name, seed, images] of [
      ['painted', 0, 140],
      ['clinic', 1, 100],
    ] as const)
      await writeSyntheticDataset(join(root, name), { images, seed, size: [40, 30], progress });
    mkdirSync(join(root, 'nets/deep'), { recursive: true });
    writeFileSync(join(root, 'nets/deep/net.onnx'), foreignFile());
    mkdirSync(join(root, 'slurm'));
    process.env.PATH = `${join(root, 'slurm')}${delimiter}${process.env.PATH}`;
    studio = await startStudio({ runs, work: ['painted', 'clinic', 'nets'].map((name) => join(root, name)) });
    browser = await openBrowser();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await studio?.close();
    rmSync(root, { recursive: true, force: true });
  }, 120_000);
  afterEach(() => page?.close());

  /** Its first page has the token in its address; others of the browser know it from then on. */
  const context = async () => browser.contexts()[0] ?? (await browser.newContext());
  async function open(address: string, url = studio.url): Promise<Page> {
    page = await (await context()).newPage();
    page.setDefaultTimeout(240_000);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${url}#${address}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  }
  const journal = (plan: string, job: string) =>
    readFileSync(join(runs, plan, 'jobs', `${job}.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);

  it('trains, is watched, stopped, resumed, and judged, from the page alone', async () => {
    await open('/work');
    // Neither seen nor copied with the address.
    expect(page.url()).not.toContain('work=');
    await page.getByText('Nothing runs, and nothing waits.').waitFor();
    await page.locator('.work-kinds').getByRole('link', { name: 'Train' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Train a network' }).waitFor();
    expect(await page.getByLabel('Data', { exact: true }).inputValue()).toBe('painted');
    await page.getByLabel('Name').fill('First try');
    await page.getByLabel('Recipe', { exact: true }).selectOption('demo');
    await page.getByText('All settings of the recipe').click();
    const setting = (name: string) => page.getByRole('textbox', { name, exact: true });
    await setting('Image size').fill('32');
    await setting('Epochs').fill('0');
    await page.getByText('not known with these settings').waitFor();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    expect(await page.getByRole('alert').innerText()).toContain('training.epochs: expected a whole number, 1 or more');
    await setting('Epochs').fill('150');
    await page.locator('.costs').getByText('140 images of Synthetic images').waitFor();
    expect(await page.locator('.costs').innerText()).toMatch(/Time: about .+Memory: about \d+ MB\. Disk: /s);
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'First-try' }).waitFor();

    await page.getByText(/^Training, epoch \d+ of 150$/).waitFor();
    await page.locator('.live-curves svg').first().waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Stop: First-try' }).click();
    await page.getByText(/^stopped, saved after \d+ of 150 epochs$/).waitFor();
    expect(journal('First-try', 'run')).toEqual(['began', 'interrupted']);
    expect(existsSync(join(runs, 'First-try/run/checkpoints/state.safetensors'))).toBe(true);
    const epochs = () => readFileSync(join(runs, 'First-try/run/metrics.jsonl'), 'utf8').trim().split('\n').length;
    const before = epochs();
    expect(before).toBeLessThan(150);

    await page.getByRole('button', { name: 'Go on: First-try' }).click();
    // What is begun meanwhile waits, and can be taken out and removed.
    const first = page;
    await open('/work/new/predict/First-try%2Frun');
    await page.getByRole('button', { name: 'Look for Images' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^clinic/ })
      .press('Enter');
    await page.getByRole('button', { name: 'Choose HAM10000_images_part_1' }).press('Enter');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('waits: it is next').waitFor();
    await page.getByRole('button', { name: /^Take out of the queue/ }).click();
    await page.getByText('not begun').waitFor();
    await page.getByRole('button', { name: /^Remove/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Work' }).waitFor();
    await page.getByRole('link', { name: 'First-try', exact: true }).waitFor();
    await expect.poll(() => page.getByText(/^Answers of/).count()).toBe(0);
    expect(await findViolations(page)).toEqual([]);
    await page.close();

    page = first;
    await page.getByRole('button', { name: 'Judge it on the test images' }).waitFor();
    expect(epochs()).toBe(150);
    expect(journal('First-try', 'run')).toEqual(['began', 'interrupted', 'began', 'done']);
    expect(existsSync(join(runs, 'First-try/run/evaluation/test'))).toBe(false);
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Judge it on the test images' }).click();
    await page.getByRole('link', { name: 'See the results' }).click();
    await page.getByText('of the test split, none of them used in training').waitFor();
    const path = join(runs, 'First-try/run/evaluation/test/evaluation.json');
    const { balancedAccuracy } = JSON.parse(readFileSync(path, 'utf8')) as Evaluation;
    expect(await page.locator('.tiles .value').first().innerText()).toBe(`${(100 * balancedAccuracy).toFixed(1)}%`);
    expect(existsSync(join(runs, 'First-try/run/report.html'))).toBe(true);
    expect(errors).toEqual([]);
  });

  it('asks, exports, evaluates elsewhere and judges a table, by what lies in the folders that were named', async () => {
    await open('/work/new/predict/First-try%2Frun');
    await page.getByLabel('Images', { exact: true }).selectOption('clinic');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByRole('heading', { name: 'Its answers' }).waitFor();
    await page.getByText('The first 20 of 100 images.').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.goto(page.url().replace(/#.*/, '#/work/new/export/First-try%2Frun'));
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('link', { name: 'Save model.onnx' }).waitFor();
    await page.goto(page.url().replace(/#.*/, '#/work/new/evaluate/First-try%2Frun'));
    await page.getByLabel('On which images').selectOption('other');
    await page.getByLabel('Other data', { exact: true }).selectOption('clinic');
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
    await page.getByRole('link', { name: 'See the results' }).click();
    await page.getByText('from elsewhere (clinic)').waitFor();
    await page.goto(page.url().replace(/#.*/, '#/work/new/judge'));
    await page.getByRole('button', { name: 'Look for Predictions' }).click();
    for (const part of ['runs', 'First-try', 'run', 'evaluation', 'test'])
      await page
        .locator('.place-entries')
        .getByRole('button', { name: new RegExp(`^${part}\\b`) })
        .first()
        .click();
    await page.getByRole('button', { name: 'Choose predictions.csv' }).click();
    await page.getByLabel('What is true', { exact: true }).selectOption('painted');
    await page.getByRole('button', { name: 'Judge', exact: true }).click();
    await page.getByRole('link', { name: 'See the results' }).waitFor();
    const of = (run: string) =>
      JSON.parse(readFileSync(join(runs, run, 'evaluation/test/evaluation.json'), 'utf8')) as Evaluation;
    expect(of('judged-predictions/judged').confusionMatrix).toEqual(of('First-try/run').confusionMatrix);
    expect(errors).toEqual([]);
  });

  it('trains, and judges, networks out of files in the folders that were named', async () => {
    await open('/work/new/train');
    const look = async (label: string, ...parts: string[]) => {
      await page.getByRole('button', { name: `Look for ${label}` }).click();
      const dialog = page.getByRole('dialog');
      for (const part of parts)
        await dialog
          .getByRole('listitem')
          .getByRole('button', { name: new RegExp(`^(▸ )?${part}\\b`) })
          .first()
          .click();
    };
    await look('Network', 'nets', 'deep');
    await page.getByRole('button', { name: 'Choose net.onnx' }).click();
    // What is the network's own to say has no field any more.
    await page.getByText('All settings of the recipe').click();
    expect(await page.getByRole('textbox', { name: 'Image size', exact: true }).count()).toBe(0);
    expect(await page.getByLabel('Weights to begin with', { exact: true }).count()).toBe(0);
    await page.getByText('What net.onnx may not say').click();
    await page.getByLabel('Tensor that describes an image').fill('nowhere');
    await page.getByText('nowhere', { exact: false }).and(page.locator('.costs *')).first().waitFor();
    await page.getByLabel('Tensor that describes an image').fill('');
    await page.locator('.costs').getByText('140 images of Synthetic images').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'painted-net' }).waitFor();
    await page.getByRole('link', { name: 'See how it learned' }).waitFor();
    const own = join(runs, 'painted-net/run');
    const { recipe, model } = JSON.parse(readFileSync(join(own, 'config.json'), 'utf8'));
    // The file has images of 32 pixels, and nobody asked for others.
    expect(recipe).toMatchObject({ imageSize: 32, training: { freeze: 'backbone' } });
    expect(model.network.use).toMatchObject({ imageSize: 32 });
    expect(readFileSync(join(own, 'network.onnx'))).toEqual(readFileSync(join(root, 'nets/deep/net.onnx')));

    await page.goto(page.url().replace(/#.*/, '#/work/new/judge'));
    await look('Predictions', 'runs', 'First-try', 'run');
    await page.getByRole('button', { name: 'Choose model.onnx' }).click();
    await page.getByLabel('What is true', { exact: true }).selectOption('clinic');
    await page.getByRole('button', { name: 'Judge', exact: true }).click();
    await page.getByRole('link', { name: 'See the results' }).waitFor();
    const of = (path: string) => JSON.parse(readFileSync(join(runs, path, 'evaluation.json'), 'utf8')) as Evaluation;
    expect(of('judged-model/judged/evaluation/test').confusionMatrix).toEqual(
      of('First-try/run/evaluation/clinic').confusionMatrix,
    );
    expect(errors).toEqual([]);
  });

  it('follows what others have in hand, says who, and goes on with it once they have stopped', async () => {
    const terminal = (...words: string[]) =>
      spawn(process.execPath, [join(import.meta.dirname, '../../bin/lesionlab.js'), ...words, '--quiet'], {
        env: { ...process.env, LESIONLAB_CACHE: join(root, 'cache') },
        stdio: 'ignore',
      });
    const plan = ['--seeds', '2', '--preset', 'demo', '--epochs', '40', '--image-size', '32', '--threads', '1'];
    const other = terminal('train', join(root, 'painted'), '--run', join(runs, 'theirs'), ...plan, '--beside', '1');
    onTestFinished(() => void other.kill('SIGKILL'));
    const ended = new Promise((resolve) => other.once('exit', resolve));
    await open('/work');
    await page.getByRole('link', { name: 'theirs' }).click();
    await page.getByText(/^running elsewhere/).waitFor();
    await page.getByText(/^seed-0: training, epoch \d+ of 40$/).waitFor();
    await page.getByText(`"train" (process ${other.pid} on`).waitFor();
    await page.getByRole('heading', { name: 'How seed-0 learns' }).waitFor();
    expect(await page.getByText(/^running: process \d+ on .+ UTC$/).count()).toBe(1);
    expect(await page.getByRole('button', { name: /^(Stop|Go on|Remove)/ }).count()).toBe(0);
    expect(await findViolations(page)).toEqual([]);
    // Nor does the server listen to whoever asks it nevertheless.
    const address = new URL(studio.url);
    const ask = (action: string) =>
      fetch(`${address.origin}/api/work/plans/theirs/${action}`, {
        method: 'POST',
        headers: { 'x-lesionlab-token': address.searchParams.get('work')!, 'content-type': 'application/json' },
        body: '{}',
      });
    const refused = await ask('stop');
    expect(refused.status).toBe(422);
    expect((await refused.json()).error).toMatchObject({ code: 'plan-held', hint: expect.stringContaining('Ctrl-C') });
    other.kill('SIGINT');
    expect(await ended).toBe(130);
    const standing = page.getByRole('status');
    await standing.getByText(/^stopped, saved/).waitFor();
    await page.getByRole('button', { name: 'Go on: theirs' }).click();
    await standing.getByText('running; 0 of 2 jobs done').waitFor();
    await standing.getByText('done', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Compare the 2 trainings' }).waitFor();
    await page.getByText('how much they differ is chance').waitFor();
    expect(journal('theirs', 'seed-0')).toEqual(['began', 'interrupted', 'began', 'done']);
    expect(errors).toEqual([]);
  });

  it('shows what waits at Slurm as waiting there, and stops it where nobody stays with it', async () => {
    const [listed, called] = ['listed', 'called'].map((name) => join(root, 'slurm', name));
    const program = (name: string, text: string) =>
      writeFileSync(join(root, 'slurm', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    program('squeue', `cat '${listed}'`);
    program('scancel', `echo "$@" >> '${called}'; : > '${listed}'`);
    const folder = join(runs, 'given');
    mkdirSync(folder);
    const jobs = [0, 1].map((seed) => ({
      id: `seed-${seed}`,
      data: join(root, 'painted'),
      settings: { preset: 'demo' },
    }));
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ jobs }));
    const opened = await openPlanFolder(folder);
    await keepArray(opened, { id: '7', offset: 0, strands: [0, 1] }, 'c');
    writeFileSync(listed, '7_0|7|0|PENDING|Priority|\n7_1|7|1|PENDING|Resources|\n');
    await open('/work');
    await page.locator('.work-plans li', { hasText: 'given' }).getByText('waits for Slurm').waitFor();
    await page.getByRole('link', { name: 'given' }).click();
    await page.getByText('2 tasks wait there (Slurm says why: Priority, Resources).').waitFor();
    expect(await findViolations(page)).toEqual([]);
    // One that does not answer is said to, and what it said last stands.
    program('squeue', 'echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1');
    await page.getByText('Slurm can’t be asked from here at this moment: slurm_load_jobs error').waitFor();
    await page.getByText('waits for Slurm').waitFor();
    program('squeue', `cat '${listed}'`);
    await page.getByText('at this moment').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Stop: given' }).click();
    await page.getByText('where nothing of it waits or runs any more').waitFor();
    expect(readFileSync(called, 'utf8')).toBe('--state=PENDING 7\n--batch --signal=USR2 7\n');
    await page.getByText('not begun').first().waitFor();
    await page.getByRole('button', { name: 'Begin: given' }).waitFor();
    // Of a queue nobody but its workers knows.
    rmSync(join(folder, 'slurm/arrays.jsonl'));
    await leaveProbe(folder);
    await page.getByText('It was given to a queue, which can’t be asked from here').waitFor();
    await page.getByRole('button', { name: 'Remove: given' }).click();
    await page.getByRole('heading', { level: 1, name: 'Work' }).waitFor();
    await expect.poll(() => existsSync(folder)).toBe(false);
    expect(errors).toEqual([]);
  });

  it('tells in plain words what went wrong, and tries again', async () => {
    const broken = join(root, 'painted/HAM10000_images_part_1/SYN_0000001.jpg');
    const whole = readFileSync(broken);
    await open('/work/new/train');
    await page.getByLabel('Name').fill('broken');
    await page.getByLabel('Recipe', { exact: true }).selectOption('demo');
    await page.getByText('All settings of the recipe').click();
    await page.getByRole('textbox', { name: 'Epochs', exact: true }).fill('1');
    await page.getByRole('textbox', { name: 'Image size', exact: true }).fill('40');
    writeFileSync(broken, 'no image');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/1 .*image/);
    expect(await alert.innerText()).not.toContain('--');
    expect(await findViolations(page)).toEqual([]);
    writeFileSync(broken, whole);
    await page.getByRole('button', { name: 'Try again: broken' }).click();
    await page.getByRole('link', { name: 'See how it learned' }).waitFor();
  });

  it('obeys no page of another origin, whatever that knows', async () => {
    const elsewhere = await serveFolder(root);
    writeFileSync(join(root, 'page.html'), '<!doctype html><title>elsewhere</title><p>elsewhere</p>');
    const address = new URL(studio.url);
    const token = address.searchParams.get('work')!;
    const api = `${address.origin}/api/work`;
    const plan = { data: 'painted', jobs: [{ id: 'a', settings: { preset: 'demo' } }] };
    const body = JSON.stringify({ name: 'evil', plan });
    page = await browser.newPage();
    await page.goto(`${elsewhere.url}page.html`);
    // Another port of this machine is another origin, though of the same site.
    const outcomes = await page.evaluate(
      async ({ api, token, body }) => {
        const tries: [string, RequestInit][] = [
          ['/plans', { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body }],
          ['/plans', { method: 'POST', headers: { 'content-type': 'application/json' }, body }],
          [
            '/plans',
            { method: 'POST', headers: { 'content-type': 'application/json', 'x-lesionlab-token': token }, body },
          ],
          ['', { headers: { 'x-lesionlab-token': token } }],
          ['', { mode: 'no-cors' }],
          ['/plans/First-try/resume', { method: 'POST', mode: 'no-cors', credentials: 'include' }],
        ];
        const found: string[] = [];
        for (const [path, init] of tries)
          found.push(
            await fetch(api + path, init).then(
              ({ type, status }) => `${type} ${status}`,
              () => 'blocked',
            ),
          );
        return found;
      },
      { api, token, body },
    );
    // What is opaque can't be read; that nothing came of it is seen below.
    expect(outcomes).toHaveLength(6);
    for (const outcome of outcomes) expect(['blocked', 'opaque 0']).toContain(outcome);
    // A form, which needs no leave: its text is made to be JSON.
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      await page.goto(`${elsewhere.url}page.html`);
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().startsWith(api)),
        page.evaluate(
          ({ api, type, body }) => {
            const form = document.createElement('form');
            Object.assign(form, { method: 'post', enctype: type, action: `${api}/plans` });
            const field = document.createElement('input');
            Object.assign(field, { name: `${body.slice(0, -1)},"x":"`, value: '"}' });
            form.append(field);
            document.body.append(form);
            form.submit();
          },
          { api, type, body },
        ),
      ]);
      expect(answer.status()).toBe(403);
      await page.waitForURL(`${api}/plans`);
    }
    // Nor does a window of that page get hold of the studio's.
    await page.goto(`${elsewhere.url}page.html`);
    const opened = await page.evaluate((url) => {
      const other = window.open(url);
      return new Promise((resolve) => setTimeout(() => resolve(other === null || other.closed), 1000));
    }, address.origin);
    expect(opened).toBe(true);
    expect(existsSync(join(runs, 'evil'))).toBe(false);
    const state = await fetch(api, { headers: { 'x-lesionlab-token': token } });
    const { plans } = (await state.json()) as { plans: { name: string; state: string }[] };
    expect(plans.every((one) => one.state === 'resting' && !one.name.includes('evil'))).toBe(true);
    await elsewhere.close();
  });

  it.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('is accessible, and fits, %s and %i px wide', async (colorScheme, width) => {
    await open('/work');
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    for (const address of [
      '',
      '/new/train',
      '/new/evaluate',
      '/new/export',
      '/new/predict',
      '/new/judge',
      '/plan/First-try',
    ]) {
      await page.goto(page.url().replace(/#.*/, `#/work${address}`));
      await page.waitForLoadState('networkidle');
      expect(await findViolations(page), address).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(width);
    }
    await page.close();
    // Where the token is not known, it is said what to do.
    page = await (await browser.newContext()).newPage();
    await page.goto(`${new URL(studio.url).origin}/#/work`);
    await page.getByText('Open the address that the terminal printed').waitFor();
    await page.context().close();
  });

  it('is not shown where the server does not offer it', async () => {
    const reading = await startStudio({ runs });
    page = await browser.newPage();
    await page.goto(`${reading.url}#/runs`);
    await page.getByRole('navigation').getByRole('link', { name: 'Predict' }).waitFor();
    await page.getByText('Runs in').waitFor();
    expect(await page.getByRole('navigation').getByRole('link', { name: 'Work' }).count()).toBe(0);
    await page.goto(`${reading.url}#/work`);
    await page.getByText('This page may not start work.').waitFor();
    await reading.close();
  });
});
