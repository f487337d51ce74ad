import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeMessage, type Message } from '../../../src/graph/protobuf.js';
import { encodeModelFile } from '../../../src/node/prediction/encodeModelFile.js';
import { readModelFile } from '../../../src/node/prediction/modelFile.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { loadRunModel } from '../../../src/node/run/runModel.js';
import { type ExportInt8StepResult, exportInt8Step } from '../../../src/node/steps/exportInt8.js';
import { nodeRuntime } from '../../../src/runtime/node.js';
import type { Session, TensorLike } from '../../../src/runtime/runtime.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
beforeAll(async () => {
  tiny = await makeTinyRun({ model: 'mobilenet_v2' });
});
afterAll(() => tiny.remove());
beforeEach(() => rmSync(tiny.run.int8Model, { force: true }));
afterEach(() => vi.restoreAllMocks());

const halfWritten = () => readdirSync(tiny.run.path).filter((name) => /int8|\.tmp$/.test(name));

describe('exportInt8Step', () => {
  it('writes a file that predicts like the checkpoint, and says what it costs', async () => {
    const tasks: Record<string, number[]> = {};
    const progress = {
      note: () => {},
      start(label: string, total?: number) {
        tasks[label] = [total!];
        return { update: (done: number) => tasks[label].push(done), end: () => {} };
      },
    };
    const { path, calibration, validation, metadata } = await exportInt8Step(
      { ...testContext(), progress },
      {
        run: tiny.run.path,
        calibrationImages: 9,
      },
    );
    expect(path).toBe(tiny.run.int8Model);
    expect(halfWritten()).toEqual(['model.int8.onnx']);
    expect(calibration).toEqual({ images: 9, split: 'validation' });
    const { float32, int8, loss, images, changed, maxDifference } = validation;
    const rows = readFileSync(tiny.run.splitsCsv, 'utf8').split('\n');
    expect(images).toBe(rows.filter((row) => row.includes('validation')).length);
    // Each stage says how many images it is through.
    expect(tasks['Calibrating on validation images']).toEqual([9, 9]);
    for (const label of ['Predicting in float32', 'Predicting in int8'])
      expect([tasks[label][0], tasks[label].at(-1)]).toEqual([images, images]);
    expect(int8.bytes).toBe(statSync(path).size);
    expect(float32.bytes).toBe(encodeModelFile(await loadRunModel(tiny.run)).length);
    expect(int8.bytes).toBeLessThan(0.35 * float32.bytes);
    for (const metric of ['accuracy', 'balancedAccuracy'] as const)
      expect(loss[metric]).toBeCloseTo(float32[metric] - int8[metric], 10);
    expect(changed).toBeLessThanOrEqual(images);
    expect(maxDifference).toBeGreaterThan(0);
    expect(maxDifference).toBeLessThan(0.05);
    const file = await readModelFile(path);
    expect(file.quantisation).toBe('int8');
    expect(file.metadata).toEqual(metadata);
    expect(JSON.parse(metadata.calibration)).toEqual(calibration);
    const types = decodeMessage('Model', file.bytes).graph.nodes.map(({ domain }: Message) => domain ?? '');
    expect(new Set(types), 'standard operators only').toEqual(new Set(['']));

    const picture = join(tiny.data, readdirSync(tiny.data).find((name) => /images|part/i.test(name))!);
    const context = testContext();
    const whole = await predictImages(context, { source: path, inputs: [picture] });
    const expected = await predictImages(context, { source: tiny.run.path, inputs: [picture] });
    expect(whole.images.length).toBeGreaterThan(0);
    whole.images.forEach(({ probabilities }, i) => {
      probabilities.forEach((p, k) => {
        expect(Math.abs(p - expected.images[i].probabilities[k])).toBeLessThan(0.05);
      });
    });
    await expect(
      predictImages({ ...context, device: 'webgpu' }, { source: path, inputs: [picture] }),
    ).rejects.toMatchObject({ kind: 'usage', code: 'int8-device' });
  });

  it('writes the same file again', async () => {
    await exportInt8Step(testContext(), { run: tiny.run.path });
    const first = readFileSync(tiny.run.int8Model);
    await exportInt8Step(testContext(), { run: tiny.run.path });
    expect(readFileSync(tiny.run.int8Model).equals(first)).toBe(true);
  });

  it.each([
    ['no probabilities', (values: Float32Array) => values.fill(Number.NaN)],
    ['others in other batches', (values: Float32Array) => values.fill(values.length === 7 ? 0.2 : 0.1)],
  ])('writes nothing where the file gives %s', async (_, change) => {
    const open = nodeRuntime.open.bind(nodeRuntime);
    vi.spyOn(nodeRuntime, 'open').mockImplementation(async (bytes, options) => {
      const session = await open(bytes, options);
      const message = decodeMessage('Model', bytes);
      const isFile = message.metadata.some(({ key }: Message) => key === 'quantisation');
      return isFile ? spoilt(session, change) : session;
    });
    await expect(exportInt8Step(testContext(), { run: tiny.run.path })).rejects.toMatchObject({ kind: 'run' });
    expect(halfWritten()).toEqual([]);
  });

  it('needs the validation images', async () => {
    const elsewhere = join(tiny.root, 'elsewhere');
    renameSync(tiny.data, elsewhere);
    try {
      const call = await callCommandLine(['export', tiny.run.path, '--int8', '--json']);
      expect(call.status).toBe(3);
      expect(halfWritten()).toEqual([]);
      expect((await callCommandLine(['export', tiny.run.path, '--int8', '--data', elsewhere])).status).toBe(0);
    } finally {
      renameSync(elsewhere, tiny.data);
    }
  });
});

function spoilt(session: Session, change: (values: Float32Array) => void): Session {
  return {
    ...session,
    async run(...call) {
      const results: Record<string, TensorLike> = await session.run(...call);
      change(results.probabilities.data as Float32Array);
      return results;
    },
  };
}

describe('lesionlab export --int8', () => {
  it('prints accuracy, balanced accuracy and sizes of both, and the loss', async () => {
    const call = await callCommandLine(['export', tiny.run.path, '--int8', '--checkpoint', 'last']);
    expect(call.status).toBe(0);
    expect(call.stdout).toMatch(/^Wrote .*model\.int8\.onnx \([\d.]+ MiB\), calibrated on \d+ validation images\.$/m);
    for (const name of ['float32', 'int8'])
      expect(call.stdout).toMatch(new RegExp(`^${name} +[\\d.]+% +[\\d.]+% +[\\d.]+ MiB +[\\d.]+ s`, 'm'));
    expect(call.stdout).toMatch(/^loss +-?[\d.]+ points +-?[\d.]+ points/m);
    expect((await readModelFile(tiny.run.int8Model)).metadata.checkpoint).toBe('last');
    const json = await callCommandLine(['export', tiny.run.path, '--int8', '--json']);
    const { validation } = json.json<ExportInt8StepResult & Record<string, unknown>>();
    expect(validation.int8.accuracy).toBeGreaterThanOrEqual(0);
  });

  it('is refused with what it cannot do', async () => {
    for (const wrong of [['--grad-cam-layer'], ['--device', 'webgpu']])
      expect((await callCommandLine(['export', tiny.run.path, '--int8', ...wrong])).status, wrong.join(' ')).toBe(2);
    const interrupted = new AbortController();
    interrupted.abort();
    expect((await callCommandLine(['export', tiny.run.path, '--int8'], interrupted.signal)).status).toBe(130);
    expect(existsSync(tiny.run.int8Model)).toBe(false);
  });
});
