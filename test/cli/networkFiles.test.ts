import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress } from '../../src/progress.js';
import { foreignFile } from '../models/foreign/foreignFile.js';
import { makeModel } from '../onnx/makeModel.js';
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

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-networks-'));
  data = join(root, 'data');
  await writeSyntheticDataset(data, { images: 140, size: [64, 48], progress: silentProgress });
  net = join(root, 'net.onnx');
  writeFileSync(net, foreignFile());
  writeFileSync(join(root, 'frozen.onnx'), foreignFile({ withoutGradient: true }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('inspect', () => {
  it('says what a file takes and gives, what nothing says, and what can be done with it', async () => {
    const { status, stdout } = await callCommandLine(['inspect', net, '--layers']);
    expect(status).toBe(0);
    for (const line of [
      /takes +pixels, float32 \[batch, 3, 16, 16\]/,
      /classes +3: class 0/,
      /mean: not said/,
      /yes +train all of it/,
    ])
      expect(stdout).toMatch(line);
    const json = (await callCommandLine(['inspect', join(root, 'frozen.onnx'), '--json'])).json() as Record<
      string,
      never
    >;
    expect(json).toMatchObject({
      cut: { tensor: 'features', features: 8 },
      abilities: { trainHead: { possible: true }, fineTune: { possible: false } },
    });
    expect(JSON.stringify(json)).toMatch(/NonZero/);
  });

  it.each([
    ['a detector', { boxes: [1, 'found', 4] }, { pixels: [1, 3, 16, 16] }, /gives no classes/],
    ['a language model', { scores: [1, 100] }, { tokens: [1, 128] }, /takes no images/],
  ] as const)('refuses %s with status 4', async (_, outputShapes, inputs, message) => {
    const file = join(root, 'other.onnx');
    const [input] = Object.keys(inputs);
    const [output] = Object.keys(outputShapes);
    const nodes = [{ operator: 'Identity', inputs: [input], outputs: [output] }];
    writeFileSync(file, makeModel({ inputs, outputs: [output], outputShapes: outputShapes as never, nodes }));
    const call = await callCommandLine(['inspect', file]);
    expect(call.status).toBe(4);
    expect(call.stderr).toMatch(message);
  });
});

describe("predict and explain with another's network", () => {
  it('want to be told what nothing says, and guess nothing', async () => {
    for (const command of [
      ['predict', net, data],
      ['explain', net, data, '--out', join(root, 'none')],
    ]) {
      const call = await callCommandLine(command);
      expect(call.status).toBe(2);
      expect(call.stderr).toMatch(/which fit, interpolation, mean, standard deviation, channel order net\.onnx/);
    }
    expect(existsSync(join(root, 'none'))).toBe(false);
  });

  it('give answers, and a picture of where they are from by every method', async () => {
    const names = ['--class-names', 'benign,malignant,other'];
    const predicted = (await callCommandLine(['predict', net, data, '--json', ...said, ...names])).json() as {
      images: { file: string; probabilities: number[]; predicted: string }[];
    };
    expect(predicted.images).toHaveLength(140);
    for (const { probabilities } of predicted.images)
      expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
    const one = predicted.images[0];
    for (const [file, methods] of [
      ['net.onnx', ['grad-cam', 'hirescam', 'integrated-gradients', 'occlusion']],
      ['frozen.onnx', ['occlusion']],
    ] as const)
      for (const method of methods) {
        const out = join(root, `${file}-${method}`);
        const call = await callCommandLine([
          'explain',
          join(root, file),
          one.file,
          '--out',
          out,
          '--method',
          method,
          '--json',
          ...said,
          ...names,
        ]);
        expect(call.status).toBe(0);
        const { images } = call.json() as { images: { predicted: string; pictures: { heat: string } }[] };
        expect(images[0].predicted).toBe(one.predicted);
        expect(readFileSync(join(out, images[0].pictures.heat)).subarray(1, 4).toString()).toBe('PNG');
      }
    const refused = await callCommandLine([
      'explain',
      join(root, 'frozen.onnx'),
      one.file,
      '--out',
      join(root, 'x'),
      ...said,
    ]);
    expect(refused.status).toBe(4);
    expect(refused.stderr).toMatch(/NonZero/);
  });
});
