import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../../dist/node/studio/startStudio.js';
import { decodeMessage } from '../../src/graph/protobuf.js';
import { encodeSafetensors } from '../../src/models/weights/safetensors.js';
import { openDataset } from '../../src/node/dataset/openDataset.js';
import { readModelFile } from '../../src/node/prediction/modelFile.js';
import { evaluateStep } from '../../src/node/steps/evaluate.js';
import type { RunList, RunRecords, RunSummary } from '../../src/report/index.js';
import { addFiles, makeFolder, removeFolders, smallImage } from '../node/datasetFolder.js';
import { makeTinyRun, type TinyRun, testContext } from '../node/tinyRun.js';
import { epochRecord } from './epochRecord.js';

let tiny: TinyRun;
let folder: string;
let studio: RunningStudio;

beforeAll(async () => {
  tiny = await makeTinyRun();
  folder = join(tiny.root, 'runs');
  mkdirSync(join(folder, 'folds'), { recursive: true });
  cpSync(tiny.run.path, join(folder, 'first'), { recursive: true });
  cpSync(tiny.run.path, join(folder, 'folds', 'fold 1'), { recursive: true });
  const { epochs } = tiny.config.recipe.training;
  writeFileSync(
    join(folder, 'first', 'metrics.jsonl'),
    Array.from({ length: epochs }, (_, i) => `${JSON.stringify(epochRecord(i + 1))}\n`).join(''),
  );
  studio = await startStudio({ runs: folder });
});
afterAll(async () => {
  await studio.close();
  tiny.remove();
  removeFolders();
});

/** A request whose address goes out as it stands; `fetch` would tidy it first. */
function requestRaw(path: string): Promise<{ status: number; body: string }> {
  const { hostname, port, host } = new URL(studio.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers: { host } }, (answer) => {
      let body = '';
      answer.setEncoding('latin1');
      answer.on('data', (part) => {
        body += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

const getJson = async <T>(path: string): Promise<T> => (await fetch(studio.url + path)).json() as Promise<T>;

describe('the list of runs', () => {
  it('has every run below the folder, in folders too, with what its files say', async () => {
    const { folder: named, runs, problems } = await getJson<RunList>('api/runs');
    expect(named).toBe(folder);
    expect(problems).toEqual([]);
    expect(runs.map(({ id }) => id).sort()).toEqual(['first', 'folds/fold 1']);
    const first = runs.find(({ id }) => id === 'first')!;
    const { epochs } = tiny.config.recipe.training;
    expect(first).toMatchObject({
      state: 'finished',
      model: 'lenet',
      data: { synthetic: true },
      epochs: { done: epochs, planned: epochs, best: epochs },
      bestValidation: epochRecord(epochs).validationBalancedAccuracy,
      evaluations: [],
    });
  });

  it('tells a training that goes on from one that was interrupted', async () => {
    const run = join(folder, 'unfinished');
    cpSync(tiny.run.path, run, { recursive: true });
    const state = async () => (await getJson<RunSummary>('api/runs/unfinished')).state;
    const write = (name: string, content: string | Uint8Array, secondsAgo: number) => {
      mkdirSync(join(run, 'checkpoints'), { recursive: true });
      writeFileSync(join(run, name), content);
      const time = Date.now() / 1000 - secondsAgo;
      utimesSync(join(run, name), time, time);
    };
    const at = (stepsInEpoch: number) =>
      encodeSafetensors(new Map(), { position: JSON.stringify({ step: 40, epoch: 1, stepsInEpoch }) });
    write('config.json', readFileSync(join(run, 'config.json')), 3600);
    write('metrics.jsonl', `${JSON.stringify(epochRecord(1))}\n`, 60);
    write('steps.jsonl', '{"step":40,"epoch":1.2,"loss":1,"accuracy":0.5,"imagesPerSecond":9}\n', 20);
    write('checkpoints/state.safetensors', at(0), 60);
    expect(await state()).toBe('training');
    // Interrupted by Ctrl-C, which saves in the middle of an epoch.
    write('checkpoints/state.safetensors', at(3), 10);
    expect(await state()).toBe('interrupted');
    // Taken up again since.
    write('steps.jsonl', '{"step":41,"epoch":1.3,"loss":1,"accuracy":0.5,"imagesPerSecond":9}\n', 5);
    expect(await state()).toBe('training');
    // Interrupted right at the end of an epoch: no step follows.
    write('checkpoints/state.safetensors', at(0), 4);
    expect(await state()).toBe('training');
    for (const [name, ago] of [
      ['steps.jsonl', 32],
      ['metrics.jsonl', 31],
      ['checkpoints/state.safetensors', 30],
    ] as const)
      write(name, readFileSync(join(run, name)), ago);
    expect(await state()).toBe('interrupted');
    // Killed: nothing was written for minutes.
    for (const [name, ago] of [
      ['metrics.jsonl', 621],
      ['checkpoints/state.safetensors', 620],
      ['steps.jsonl', 600],
    ] as const)
      write(name, readFileSync(join(run, name)), ago);
    expect(await state()).toBe('interrupted');
    rmSync(run, { recursive: true });
  });

  it('lists a run whose files are damaged as a problem, and the others still', async () => {
    const damaged = join(folder, 'damaged');
    mkdirSync(damaged);
    writeFileSync(join(damaged, 'config.json'), '{"lesionlab": "0.1.0"}');
    const { runs, problems } = await getJson<RunList>('api/runs');
    rmSync(damaged, { recursive: true });
    expect(runs).toHaveLength(2);
    expect(problems).toMatchObject([{ id: 'damaged' }]);
    expect(problems[0].message).toContain('config.json');
  });

  it('shows one run alone where it is named itself', async () => {
    const single = await startStudio({ runs: join(folder, 'first') });
    try {
      const list = (await (await fetch(`${single.url}api/runs`)).json()) as RunList;
      expect(list.runs.map(({ id }) => id)).toEqual(['first']);
      expect((await fetch(`${single.url}api/runs/folds%2Ffold%201/files/config.json`)).status).toBe(404);
    } finally {
      await single.close();
    }
  });

  it('is empty where the folder does not exist yet', async () => {
    const none = await startStudio({ runs: join(folder, 'not yet') });
    expect(await (await fetch(`${none.url}api/runs`)).json()).toMatchObject({ runs: [], problems: [] });
    await none.close();
  });
});

describe('files of a run', () => {
  it('come unchanged, and only once', async () => {
    const path = `${studio.url}api/runs/${encodeURIComponent('folds/fold 1')}/files/splits.csv`;
    const first = await fetch(path);
    expect(first.status).toBe(200);
    expect(await first.text()).toMatch(/^image_id,lesion_id,dx,split\n/);
    const again = await fetch(path, { headers: { 'if-none-match': first.headers.get('etag')! } });
    expect(again.status).toBe(304);
    appendFileSync(join(folder, 'folds', 'fold 1', 'splits.csv'), '\n');
    const changed = await fetch(path, { headers: { 'if-none-match': first.headers.get('etag')! } });
    expect(changed.status).toBe(200);
  });

  it('are those that the page needs and no others', async () => {
    for (const name of ['checkpoints/best.safetensors', '.lesionlab-run.json', 'no.json', 'evaluation'])
      expect((await fetch(`${studio.url}api/runs/first/files/${name}`)).status, name).toBe(404);
  });

  it('never lie outside of the run, however the address is written', async () => {
    const secret = join(tiny.root, 'secret.json');
    writeFileSync(secret, '{"secret": true}');
    symlinkSync(secret, join(folder, 'first', 'calibration.json'));
    mkdirSync(join(folder, 'first', 'evaluation'));
    symlinkSync(tiny.root, join(folder, 'first', 'evaluation', 'elsewhere'));
    symlinkSync(tiny.run.path, join(folder, 'linked'));
    const absolute = encodeURIComponent(tiny.run.path);
    const attempts = [
      '/api/runs/first/files/calibration.json',
      '/api/runs/first/files/evaluation/elsewhere/secret.json',
      '/api/runs/linked/files/config.json',
      '/api/runs/../../secret.json',
      '/api/runs/first/files/../../../secret.json',
      '/api/runs/first/files/evaluation/../../../secret.json',
      '/api/runs/first/files/evaluation/..%2f..%2f..%2fsecret.json',
      '/api/runs/first/files/evaluation/%2e%2e/%2e%2e/%2e%2e/secret.json',
      '/api/runs/first/files/evaluation/%252e%252e/%252e%252e/secret.json',
      '/api/runs/first/files/evaluation%2f..%2f..%2f..%2fsecret.json',
      '/api/runs/first/files/evaluation/..%5c..%5csecret.json',
      '/api/runs/first/files/evaluation//secret.json',
      '/api/runs/first/files/config.json%00.json',
      `/api/runs/first/files/${encodeURIComponent(secret)}`,
      '/api/runs/..%2frun/files/config.json',
      '/api/runs/%2e%2e%2frun/files/config.json',
      '/api/runs/first%2f..%2f..%2frun/files/config.json',
      '/api/runs/./files/config.json',
      '/api/runs/%2e/files/config.json',
      `/api/runs/${absolute}/files/config.json`,
      `/api/runs/${absolute.replace('%2F', '')}/files/config.json`,
      '/api/runs/first/images/..%2f..%2fsecret.json',
      `/api/runs/first/images/${encodeURIComponent(secret)}`,
      '/../../../../etc/passwd',
      '/..%2f..%2f..%2fetc/passwd',
      '/%2e%2e/%2e%2e/package.json',
      '//etc/passwd',
    ];
    try {
      for (const path of attempts) {
        const { status, body } = await requestRaw(path);
        expect([404, 400], `${path}: ${status}`).toContain(status);
        expect(body, path).not.toMatch(/"secret": true|root:|"lesionlab": "/);
      }
    } finally {
      for (const name of ['first/calibration.json', 'first/evaluation', 'linked'])
        rmSync(join(folder, name), { recursive: true });
    }
  });

  it('that are pages run as if on another host', async () => {
    writeFileSync(join(folder, 'first', 'report.html'), '<!doctype html><p>x');
    const { headers } = await fetch(`${studio.url}api/runs/first/files/report.html`);
    expect(headers.get('content-security-policy')).toMatch(/^sandbox(?!.*allow-same-origin).*default-src 'none'/);
  });
});

describe('images and records of a run', () => {
  it('come from its data', async () => {
    const { records } = await getJson<RunRecords>('api/runs/first/records');
    expect(records).toHaveLength(tiny.config.data.images);
    expect(new Set(records.map(({ split }) => split))).toEqual(new Set(['train', 'validation', 'test']));
    const dataset = await openDataset(tiny.data);
    const { imageId } = records[7];
    const expected = dataset.records.find((record) => record.imageId === imageId)!;
    expect(records[7]).toMatchObject({ lesionId: expected.lesionId, age: expected.age, sex: expected.sex });
    const image = await fetch(`${studio.url}api/runs/first/images/${imageId}`);
    expect(image.headers.get('content-type')).toBe('image/jpeg');
    expect(new Uint8Array(await image.arrayBuffer())).toEqual(new Uint8Array(await dataset.images.read(imageId)));
    const again = await fetch(image.url, { headers: { 'if-none-match': image.headers.get('etag')! } });
    expect(again.status).toBe(304);
    await dataset.images.close();
  });

  it('come from external data for its evaluations', async () => {
    const clinic = join(makeFolder(), 'clinic');
    // A name that the run's own data has, too, must not bring the run's image.
    const { imageId } = (await getJson<RunRecords>('api/runs/first/records')).records[0];
    for (const [i, name] of [`melanoma/${imageId}`, 'melanoma/b', 'NV/c', 'scar/d'].entries())
      addFiles(clinic, { [`${name}.png`]: await smallImage(i, 'png') });
    const map = { melanoma: 'mel', scar: '' };
    await evaluateStep(testContext(), { run: join(folder, 'first'), data: clinic, map, resamples: 0 });
    const { records } = await getJson<RunRecords>('api/runs/first/records?external=clinic');
    expect(records.map(({ imageId: id, dx, split }) => [id, dx, split]).sort()).toEqual(
      [
        [imageId, 'mel', null],
        ['b', 'mel', null],
        ['c', 'nv', null],
      ].sort(),
    );
    const path = `api/runs/first/images/${imageId}`;
    const image = await fetch(`${studio.url}${path}?external=clinic`);
    expect(image.headers.get('content-type')).toBe('image/png');
    expect(new Uint8Array(await image.arrayBuffer())).toEqual(
      new Uint8Array(readFileSync(join(clinic, 'melanoma', `${imageId}.png`))),
    );
    for (const name of ['test', 'nowhere', '..', '../../first/evaluation/clinic'])
      expect((await fetch(`${studio.url}${path}?external=${encodeURIComponent(name)}`)).status, name).toBe(404);
    renameSync(clinic, `${clinic}-moved`);
    const answer = await fetch(`${studio.url}${path}?external=clinic`);
    expect(answer.status).toBe(404);
    expect(((await answer.json()) as { error: { message: string } }).error.message).toContain(clinic);
    expect((await fetch(studio.url + path)).status).toBe(200);
    rmSync(join(folder, 'first', 'evaluation'), { recursive: true });
  });

  it('say what to do where the data was moved, and are found where --data says', async () => {
    const moved = join(tiny.root, 'moved');
    renameSync(tiny.data, moved);
    const other = await startStudio({ runs: folder });
    const told = await startStudio({ runs: folder, data: moved });
    try {
      const { records } = (await (await fetch(`${told.url}api/runs/first/records`)).json()) as RunRecords;
      const path = `api/runs/first/images/${records[0].imageId}`;
      expect((await fetch(told.url + path)).status).toBe(200);
      const answer = await fetch(other.url + path);
      expect(answer.status).toBe(404);
      const { error } = (await answer.json()) as { error: { message: string; hint: string } };
      expect(error.message).toContain(tiny.data);
      expect(error.hint).toContain('--data');
      // A studio that had it open already says so, too, and goes on once it is back.
      expect((await fetch(studio.url + path)).status).toBe(404);
      renameSync(moved, tiny.data);
      expect((await fetch(studio.url + path)).status).toBe(200);
      expect((await fetch(other.url + path)).status).toBe(200);
    } finally {
      await other.close();
      await told.close();
    }
  });

  it('say so where there is no such image', async () => {
    const answer = await fetch(`${studio.url}api/runs/first/images/ISIC_none`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: 'no-image' } });
  });
});

describe('the model of a run', () => {
  it('has the output that heat maps need, and lies in the cache', async () => {
    const answer = await fetch(`${studio.url}api/runs/first/model`);
    expect(answer.status).toBe(200);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const { graph } = decodeMessage('Model', bytes);
    expect(graph.outputs.map(({ name }: { name: string }) => name)).toContain('activations');
    const copy = join(mkdtempSync(join(tmpdir(), 'lesionlab-model-')), 'model.onnx');
    writeFileSync(copy, bytes);
    const { metadata, preprocessing } = await readModelFile(copy);
    expect(metadata.gradCamLayer).toBe('conv2');
    expect(preprocessing.imageSize).toBe(32);
    const list = await getJson<RunList>('api/runs');
    expect(list.runs).toHaveLength(2);
    expect((await fetch(`${studio.url}api/runs/first/files/model.onnx`)).status).toBe(404);
  });
});

it('answers unknown addresses of the API as JSON', async () => {
  const answer = await fetch(`${studio.url}api/everything`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: { code: 'no-address' } });
});
