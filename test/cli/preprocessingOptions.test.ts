import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addPreprocessingOptions,
  givenPreprocessing,
  type PreprocessingCommandOptions,
} from '../../src/cli/preprocessingOptions.js';
import { readForeignPreprocessing, requireComplete } from '../../src/data/preparation/foreignPreprocessing.js';
import type { LesionlabError } from '../../src/errors.js';
import { readFilesBeside } from '../../src/node/files/filesBesideModel.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-options-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const command = (besides?: Parameters<typeof addPreprocessingOptions>[1]) =>
  addPreprocessingOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }), besides);
const parse = (text: string) =>
  givenPreprocessing(
    command().parse(text.split(' ').filter(Boolean), { from: 'user' }).opts<PreprocessingCommandOptions>(),
  );

describe('options of preprocessing', () => {
  it('say all that a file can say', async () => {
    const given = await parse(
      '--image-size 224 --fit crop --crop 0.875 --interpolation bicubic --mean 0.485,0.456,0.406 --std 1/255 --channel-order bgr --layout nhwc --class-names a,b',
    );
    expect(given).toEqual({
      imageSize: 224,
      fit: 'crop',
      crop: 0.875,
      resize: 'bicubic-antialiased',
      mean: [0.485, 0.456, 0.406],
      std: [1 / 255, 1 / 255, 1 / 255],
      channelOrder: 'bgr',
      layout: 'nhwc',
      classNames: ['a', 'b'],
    });
    const preprocessing = requireComplete(
      readForeignPreprocessing({
        ...{ model: 'net.onnx', metadata: {}, files: new Map(), inputName: 'x', inputShape: ['N', 224, 224, 3], given },
      }),
    );
    expect(preprocessing).toMatchObject({ resizeTo: 256, layout: 'nhwc', channelOrder: 'bgr', statistics: 'given' });
  });

  it('say nothing that was not given', async () => {
    expect(Object.values(await parse('')).filter((value) => value !== undefined)).toEqual([]);
  });

  it('that the error about what is missing names are all there', () => {
    const from = {
      model: 'net.onnx',
      metadata: {},
      files: new Map(),
      inputName: 'x',
      inputShape: ['N', 'C', 'H', 'W'],
    };
    let error: LesionlabError | undefined;
    try {
      requireComplete(readForeignPreprocessing(from));
    } catch (cause) {
      error = cause as LesionlabError;
    }
    const example = /for example (.*?), or put/.exec(error!.hintFor('terminal')!)![1];
    const options = command().parse(example.split(' '), { from: 'user' }).opts();
    expect(Object.keys(options)).toHaveLength(7);
  });

  it.each([
    '--crop 0',
    '--crop 1.5',
    '--mean 1,2',
    '--mean a,b,c',
    '--mean 1/0',
    '--std 0',
    '--std 1,,1',
    '--interpolation cubic',
    '--fit stretch',
    '--image-size 0',
    '--channel-order grb',
    '--layout chw',
  ])('refuse %s', (text) => {
    expect(() => command().parse(text.split(' '), { from: 'user' })).toThrow(/nvalid/);
  });

  it('are left out where a command has them', () => {
    const names = command(['--image-size', '--fit']).options.map(({ long }) => long);
    expect(names).not.toContain('--image-size');
    expect(names).not.toContain('--fit');
    expect(names).toContain('--crop');
  });

  it('take class names out of a file, a line each', async () => {
    const path = join(folder, 'names.txt');
    writeFileSync(path, '\uFEFFmelanoma\r\n nevus, blue \r\n\r\n');
    expect((await parse(`--class-names ${path}`)).classNames).toEqual(['melanoma', 'nevus, blue']);
    writeFileSync(path, 'melanoma\n\nnevus\n');
    await expect(parse(`--class-names ${path}`)).rejects.toThrow(/an empty one in place 2/);
    await expect(parse('--class-names gone.txt')).rejects.toThrow(/found "gone.txt"/);
  });
});

describe('readFilesBeside', () => {
  it('reads what lies in the folder, and above a folder onnx', async () => {
    const inner = join(folder, 'net', 'onnx');
    mkdirSync(inner, { recursive: true });
    expect([...(await readFilesBeside(join(inner, 'model.onnx')))]).toEqual([]);
    writeFileSync(join(folder, 'net', 'config.json'), 'above');
    writeFileSync(join(folder, 'net', 'preprocessor_config.json'), 'above');
    writeFileSync(join(inner, 'config.json'), 'beside');
    const found = await readFilesBeside(join(inner, 'model.onnx'));
    expect(Object.fromEntries(found)).toEqual({ 'config.json': 'beside', 'preprocessor_config.json': 'above' });
    mkdirSync(join(folder, 'other', 'config.json'), { recursive: true });
    await expect(readFilesBeside(join(folder, 'other', 'model.onnx'))).rejects.toMatchObject({ kind: 'run' });
  });
});
