import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findModel } from '../../../src/models/index.js';
import { addNetworkOfRun } from '../../../src/node/run/networkOfRun.js';
import { runFolderPaths } from '../../../src/node/run/runFolder.js';
import { chooseRecipe, type RecipeChoice } from '../../../src/node/training/openRecipe.js';
import { foreignFile } from '../../foreignFile.js';

let folder: string;
const path = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-recipes-'));
  writeFileSync(path('net.onnx'), foreignFile());
  writeFileSync(path('open.onnx'), foreignFile({ side: null }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const images = {
  resize: 'bilinear-antialiased',
  mean: [0.1, 0.2, 0.3],
  std: [0.4, 0.5, 0.6],
  channelOrder: 'bgr',
} as const;

async function choose(model: string, choice: RecipeChoice = {}) {
  const notes: string[] = [];
  const asked = { preset: 'lenet', ...choice, overrides: { ...choice.overrides, model: path(model) } };
  const { recipe } = await chooseRecipe(asked, { note: (text) => void notes.push(text) });
  return { recipe, notes, model: findModel(recipe.model) };
}

describe('the recipe of a network out of a file', () => {
  it('takes what is said of its images, with the fit that is the recipe’s to say', async () => {
    const { recipe, model, notes } = await choose('net.onnx', { network: images, overrides: { fit: 'crop' } });
    expect(notes).toEqual([]);
    expect(model.preprocessing).toMatchObject({ ...images, fit: 'crop', imageSize: 32 });
    expect(recipe).toMatchObject({ fit: 'crop', normalisation: 'weights', imageSize: 32 });
  });

  it('has its own images where nothing is said, and ignores no part that is', async () => {
    const { recipe, model, notes } = await choose('net.onnx');
    expect(model.preprocessing).toBeUndefined();
    expect(recipe.normalisation).toBe('train-split');
    expect(notes.join()).toMatch(/Nothing says the interpolation, mean, standard deviation, channel order/);
    await expect(choose('net.onnx', { network: { channelOrder: 'bgr' } })).rejects.toMatchObject({
      kind: 'usage',
      code: 'preprocessing-unknown',
      message: expect.stringMatching(/which interpolation, mean, standard deviation net\.onnx/),
    });
  });

  it('takes the size that is asked for before the one that lies beside the file', async () => {
    writeFileSync(path('config.json'), JSON.stringify({ model_type: 'convnet', image_size: 64 }));
    expect((await choose('open.onnx')).recipe.imageSize).toBe(64);
    const { recipe, model } = await choose('open.onnx', { overrides: { imageSize: 48 } });
    expect([recipe.imageSize, model.file!.use.imageSize]).toEqual([48, 48]);
    rmSync(path('config.json'));
  });

  it('is not that of another run of the same file', async () => {
    const { model } = await choose('open.onnx', { overrides: { imageSize: 48 } });
    const { name, sha256, use, bytes } = model.file!;
    const other = { file: name, sha256, use: { ...use, imageSize: 24 } };
    writeFileSync(path('network.onnx'), bytes);
    const config = { id: model.id, parameters: 0, weightsFile: null, network: other };
    await addNetworkOfRun(runFolderPaths(folder), { model: config });
    expect(findModel(model.id)).toMatchObject({ smallestImageSize: 24, file: { use: { imageSize: 24 } } });
    const again = findModel(model.id);
    await addNetworkOfRun(runFolderPaths(folder), { model: config });
    expect(findModel(model.id)).toBe(again);
  });
});
