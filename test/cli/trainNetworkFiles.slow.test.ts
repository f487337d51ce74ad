import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress } from '../../src/progress.js';
import { foreignFile } from '../models/foreign/foreignFile.js';
import { callCommandLine } from './callCommandLine.js';

let root: string;
let data: string;
let net: string;
const said = [
  '--fit',
  'squash',
  '--interpolation',
  'bilinear',
  '--mean',
  '0.5',
  '--std',
  '0.25',
  '--channel-order',
  'rgb',
];
const short = ['--preset', 'lenet', '--epochs', '1', '--batch-size', '16', '--weight-averaging', '0'];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-networks-'));
  data = join(root, 'data');
  await writeSyntheticDataset(data, { images: 140, size: [64, 48], progress: silentProgress });
  net = join(root, 'net.onnx');
  writeFileSync(net, foreignFile());
  writeFileSync(join(root, 'frozen.onnx'), foreignFile({ withoutGradient: true }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('training on a file', () => {
  it('trains all of it, goes on where it was, evaluates, explains and exports as any run', async () => {
    const run = join(root, 'run');
    const trained = await callCommandLine(['train', data, '--run', run, '--model', net, ...short, ...said.slice(2)]);
    expect(trained.stderr).not.toMatch(/lesionlab:/);
    expect(trained.status).toBe(0);
    const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
    expect(config.model).toMatchObject({
      parameters: 6 * 27 + 6 + 8 * 54 + 8 * 7 + 7,
      network: { file: 'net.onnx', use: { imageSize: 16 } },
    });
    expect(config.preprocessing).toMatchObject({ mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] });
    expect(readFileSync(join(run, 'network.onnx'))).toEqual(readFileSync(net));
    const same = ['train', data, '--run', run, '--model', net, ...short, ...said.slice(2), '--resume'];
    expect((await callCommandLine(same)).status).toBe(0);
    const other = await callCommandLine([...same, '--mean', '0.4']);
    expect(other.stderr).toMatch(/network mean \(asked for: 0.4,0.4,0.4, the run has: 0.5,0.5,0.5\)/);
    expect(other.status).toBe(2);
    // The file may be gone: the run has it.
    expect((await callCommandLine(['train', data, '--run', run, '--resume'])).status).toBe(0);
    expect((await callCommandLine(['evaluate', run, '--resamples', '0'])).status).toBe(0);
    expect((await callCommandLine(['explain', run])).status).toBe(0);
    expect((await callCommandLine(['export', run, '--grad-cam-layer'])).status).toBe(0);
    const [fromRun, fromFile] = await Promise.all(
      [run, join(run, 'model.onnx')].map(async (source) =>
        (await callCommandLine(['predict', source, data, '--json'])).json(),
      ),
    );
    const rows = (result: unknown) =>
      (result as { images: { probabilities: number[] }[] }).images.flatMap((entry) => entry.probabilities);
    rows(fromRun).forEach((value, i) => {
      expect(value).toBeCloseTo(rows(fromFile)[i], 4);
    });
  });

  it('trains a head on features of one without gradients, through to the report', async () => {
    const run = join(root, 'head');
    const asked = ['--freeze', 'backbone', '--model', join(root, 'frozen.onnx')];
    const call = await callCommandLine(['run', data, '--run', run, ...short, ...asked]);
    expect(call.status).toBe(0);
    expect(call.stderr).toMatch(/explained by occlusion/);
    expect(existsSync(join(run, 'report.html'))).toBe(true);
    expect(existsSync(join(run, 'model.onnx'))).toBe(false);
    expect((await callCommandLine(['predict', run, data, '--json'])).status).toBe(0);
    const whole = await callCommandLine([
      'train',
      data,
      '--run',
      join(root, 'whole'),
      ...short,
      '--model',
      join(root, 'frozen.onnx'),
    ]);
    expect(whole.status).toBe(2);
    expect(whole.stderr).toMatch(/only a head on its features can be trained/);
  });

  it('refuses a network that has changed, and choices about no file', async () => {
    const run = join(root, 'run');
    // A name that this process does not know yet, as after a restart.
    const path = join(run, 'config.json');
    const config = readFileSync(path, 'utf8');
    writeFileSync(path, config.replaceAll('net.onnx@', 'other.onnx@'));
    writeFileSync(join(run, 'network.onnx'), foreignFile({ classes: 4 }));
    const changed = await callCommandLine(['predict', run, data]);
    expect(changed.status).toBe(4);
    expect(changed.stderr).toMatch(/network\.onnx has changed/);
    const idle = await callCommandLine(['train', data, '--run', join(root, 'idle'), '--cut', 'features']);
    expect(idle.status).toBe(2);
    expect(idle.stderr).toMatch(/"cut" is said of a network out of a file/);
  });
});
