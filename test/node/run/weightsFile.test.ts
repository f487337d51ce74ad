import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWeightsMetadata } from '../../../src/node/run/checkpointFile.js';
import { smallModel, withExternalData } from '../../smallModel.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-weights-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a file of weights that is an ONNX model with a second file', () => {
  it('is read with it, and refused by its name without it', async () => {
    const path = join(folder, 'net.onnx');
    const { model, data } = withExternalData(smallModel(), 'net.onnx_data');
    writeFileSync(path, model);
    await expect(readWeightsMetadata(path)).rejects.toMatchObject({
      code: 'external-weights',
      message: `${path} keeps its weights in a second file, net.onnx_data, which is missing.`,
    });
    writeFileSync(join(folder, 'net.onnx_data'), data);
    expect(await readWeightsMetadata(path)).toMatchObject({ lesionlab: '0.1.0' });
  });
});
