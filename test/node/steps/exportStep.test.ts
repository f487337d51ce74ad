import { existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeMessage, encodeMessage, type Message } from '../../../src/graph/protobuf.js';
import { encodeModelFile } from '../../../src/node/prediction/encodeModelFile.js';
import { readModelFile } from '../../../src/node/prediction/modelFile.js';
import { loadRunModel } from '../../../src/node/run/runModel.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { nodeRuntime } from '../../../src/runtime/node.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
beforeAll(async () => {
  tiny = await makeTinyRun();
});
afterAll(() => tiny.remove());
beforeEach(() => rmSync(tiny.run.model, { force: true }));

describe('exportStep', () => {
  it('writes a model that is checked against the checkpoint and takes any batch size', async () => {
    const { check, path, bytes } = await exportStep(testContext(), { run: tiny.run.path });
    expect(check.source).toBe('validation images');
    expect(check.images).toBeGreaterThan(5);
    expect(check.maxDifference).toBeLessThan(1e-5);
    expect(path).toBe(tiny.run.model);
    const file = readFileSync(path);
    expect(file.length).toBe(bytes);
    const session = await nodeRuntime.open(file, { threads: 1 });
    for (const batch of [1, 5]) {
      const images = { data: new Float32Array(batch * 3 * 32 * 32).fill(0.3), shape: [batch, 3, 32, 32] };
      const { probabilities, logits } = await session.run({ images });
      expect(probabilities.shape).toEqual([batch, 7]);
      expect(logits.shape).toEqual([batch, 7]);
      const first = [...(probabilities.data as Float32Array).subarray(0, 7)];
      expect(first.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    }
    await session.close();
  });

  it('keeps all that prediction needs in the file', async () => {
    await exportStep(testContext(), { run: tiny.run.path, checkpoint: 'last' });
    const { config } = tiny;
    const { classes, preprocessing, testTimeAugmentation, model, synthetic, metadata } = await readModelFile(
      tiny.run.model,
    );
    expect(classes.map(({ id, name, malignant }) => ({ id, name, malignant }))).toEqual(
      config.data.classes.map(({ id, name, malignant }) => ({ id, name, malignant })),
    );
    expect({ preprocessing, testTimeAugmentation, model, synthetic }).toEqual({
      preprocessing: config.preprocessing,
      testTimeAugmentation: 'flips',
      model: 'lenet',
      synthetic: true,
    });
    expect(metadata).toMatchObject({ checkpoint: 'last', epoch: '4', dataLicence: config.data.licence });
    expect(metadata.notice).toMatch(/not a medical device/i);
    expect(metadata.lesionlab).toMatch(/^\d+\.\d+\.\d+/);
    const message = decodeMessage('Model', readFileSync(tiny.run.model));
    const side = (value: Message) => value.type.tensorType.shape.dimensions.map((d: Message) => d.parameter || d.value);
    expect(message.graph.inputs.map((v: Message) => [v.name, side(v)])).toEqual([['images', ['batch', 3, 32, 32]]]);
    expect(message.graph.outputs.map((v: Message) => [v.name, side(v)]).sort()).toEqual([
      ['logits', ['batch', 7]],
      ['probabilities', ['batch', 7]],
    ]);
  });

  it('gives out the activations of the last convolution and heat maps of each class where asked to', async () => {
    await exportStep(testContext(), { run: tiny.run.path, gradCamLayer: true });
    const session = await nodeRuntime.open(readFileSync(tiny.run.model), { threads: 1 });
    const images = { data: new Float32Array(2 * 3 * 32 * 32), shape: [2, 3, 32, 32] };
    const { activations, heat_maps } = await session.run({ images });
    expect(activations.shape).toEqual([2, 16, 12, 12]);
    expect(heat_maps.shape).toEqual([2, 7, 12, 12]);
    await session.close();
    const { metadata, heatMapLayer } = await readModelFile(tiny.run.model);
    expect([metadata.gradCamLayer, heatMapLayer]).toEqual(['conv2', 'conv2']);
  });

  it('exports from the run folder alone where the data is gone', async () => {
    const elsewhere = join(tiny.root, 'elsewhere');
    renameSync(tiny.data, elsewhere);
    const context = testContext();
    const { check } = await exportStep(context, { run: tiny.run.path });
    expect(check.source).toBe('random pixels');
    expect(context.notes).toEqual([expect.stringContaining('random pixels')]);
    renameSync(elsewhere, tiny.data);
  });

  it('prints what it did', async () => {
    const call = await callCommandLine(['export', tiny.run.path]);
    expect(call.status).toBe(0);
    expect(call.stdout).toMatch(
      /Checked on \d+ validation images: (the same probabilities to the last digit|probabilities differ by \S+ at most)\./,
    );
    expect((await callCommandLine(['export', tiny.data])).status).toBe(4);
    rmSync(tiny.run.model);
    const interrupted = new AbortController();
    interrupted.abort();
    rmSync(join(tiny.root, 'cache'), { recursive: true });
    expect((await callCommandLine(['export', tiny.run.path], interrupted.signal)).status).toBe(130);
    expect(existsSync(tiny.run.model)).toBe(false);
  });
});

describe('other networks', () => {
  const layers = { resnet18: [512, 1, 1], mobilenet_v2: [1280, 1, 1] };

  it.each(Object.entries(layers))(
    '%s goes into a file that is checked, with the layer for Grad-CAM',
    async (id, layer) => {
      const other = await makeTinyRun({ model: id });
      try {
        const { check, metadata } = await exportStep(testContext(), { run: other.run.path, gradCamLayer: true });
        expect(check).toMatchObject({ source: 'validation images', maxDifference: expect.any(Number) });
        expect(metadata.model).toBe(id);
        const { bytes, classes, preprocessing, quantisation } = await readModelFile(other.run.model);
        expect([classes.length, preprocessing.imageSize, quantisation]).toEqual([7, 32, undefined]);
        const session = await nodeRuntime.open(bytes, { threads: 1 });
        const images = { data: new Float32Array(3 * 3 * 32 * 32).fill(0.3), shape: [3, 3, 32, 32] };
        const { activations, probabilities, heat_maps } = await session.run({ images });
        await session.close();
        expect(heat_maps.shape).toEqual([3, 7, ...layer.slice(1)]);
        expect(activations.shape).toEqual([3, ...layer]);
        expect(probabilities.shape).toEqual([3, 7]);
        const first = [...(probabilities.data as Float32Array).subarray(0, 7)];
        expect(first.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
        expect(decodeMessage('Model', bytes).opsetImport).toContainEqual({ domain: '', version: 17 });
      } finally {
        other.remove();
        process.env.LESIONLAB_CACHE = join(tiny.root, 'cache');
      }
    },
  );

  it('leave no file, and an earlier one as it was, where the check fails', async () => {
    const open = nodeRuntime.open.bind(nodeRuntime);
    const spy = vi.spyOn(nodeRuntime, 'open').mockImplementation(async (bytes, options) => {
      const session = await open(bytes, options);
      const { metadata } = decodeMessage('Model', bytes);
      if (metadata.length === 0) return session;
      const run: typeof session.run = async (...call) => {
        const results = await session.run(...call);
        (results.probabilities.data as Float32Array)[0] += 1e-3;
        return results;
      };
      return { ...session, run };
    });
    try {
      const files = () => readdirSync(tiny.run.path).filter((name) => /onnx|tmp/.test(name));
      const fails = { kind: 'run', code: 'export-check' };
      await expect(exportStep(testContext(), { run: tiny.run.path })).rejects.toMatchObject(fails);
      expect(files()).toEqual([]);
      writeFileSync(tiny.run.model, 'earlier');
      await expect(exportStep(testContext(), { run: tiny.run.path })).rejects.toMatchObject(fails);
      expect(files()).toEqual(['model.onnx']);
      expect(readFileSync(tiny.run.model, 'utf8')).toBe('earlier');
    } finally {
      spy.mockRestore();
    }
  });
});

describe('readModelFile', () => {
  const path = () => join(tiny.root, 'other.onnx');
  const write = async (change: (message: Message) => void) => {
    const message = decodeMessage('Model', encodeModelFile(await loadRunModel(tiny.run)));
    change(message);
    writeFileSync(path(), encodeMessage('Model', message));
  };
  const entry = (message: Message, key: string) => message.metadata.find((found: Message) => found.key === key);

  it('names the file where it is missing, cut off, or no model', async () => {
    rmSync(path(), { force: true });
    await expect(readModelFile(path())).rejects.toMatchObject({ kind: 'run', code: 'no-model-file' });
    await write(() => {});
    expect((await readModelFile(path())).classes.length).toBe(7);
    truncateSync(path(), 5000);
    await expect(readModelFile(path())).rejects.toMatchObject({
      kind: 'run',
      code: 'model-damaged',
      message: expect.stringContaining(path()),
    });
    for (const content of ['', 'this is text, not a model']) {
      writeFileSync(path(), content);
      await expect(readModelFile(path())).rejects.toMatchObject({ kind: 'run', code: 'model-damaged' });
    }
    writeFileSync(path(), Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16));
    await expect(readModelFile(path())).rejects.toMatchObject({
      code: 'model-damaged',
      message: expect.stringContaining('is an image'),
    });
  });

  it('says what is wrong with the metadata, or that the graph is not what they say', async () => {
    const reject = async (change: (message: Message) => void, code: string, detail?: RegExp) => {
      await write(change);
      await expect(readModelFile(path())).rejects.toMatchObject({
        kind: 'run',
        code,
        ...(detail ? { details: expect.arrayContaining([expect.stringMatching(detail)]) } : {}),
      });
    };
    await reject((message) => {
      message.metadata = [];
    }, 'foreign-model');
    await reject((message) => (entry(message, 'preprocessing').value = '{"imageSize":32}'), 'model-metadata', /fit/);
    await reject((message) => (entry(message, 'classes').value = 'mel,nv'), 'model-metadata', /JSON/);
    await reject((message) => (entry(message, 'classes').value = '["mel","nv"]'), 'model-metadata', /length/);
    await reject(
      (message) => {
        const { value } = entry(message, 'preprocessing');
        entry(message, 'preprocessing').value = value.replace('"imageSize":32', '"imageSize":64');
      },
      'model-metadata',
      /^images has shape/,
    );
    await reject(
      (message) => {
        message.graph.outputs = message.graph.outputs.filter(({ name }: Message) => name !== 'logits');
      },
      'model-metadata',
      /no logits/,
    );
  });

  it('refuses a device, since the check is made on the CPU', async () => {
    const call = await callCommandLine(['export', tiny.run.path, '--device', 'webgpu']);
    expect([call.status, existsSync(tiny.run.model)]).toEqual([2, false]);
  });
});
