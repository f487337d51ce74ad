import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { findModel, initialWeights } from '../../src/models/index.js';
import { encodeSafetensors } from '../../src/models/weights/safetensors.js';
import { writeFileWhole, writeJson } from '../../src/node/files/writeFile.js';
import { createRunFolder, type RunFolder } from '../../src/node/run/runFolder.js';
import type { RunConfig } from '../../src/training/recipe/config.js';
import { noiseWeights } from '../models/noiseWeights.js';
import type { TinyRun } from './tinyRun.js';

export interface TinyMemberOptions {
  /** Default `lenet`. */
  readonly model?: string;
  /** Default 32. */
  readonly imageSize?: number;
  readonly fit?: 'squash' | 'crop';
  readonly mean?: readonly [number, number, number];
  readonly testTimeAugmentation?: 'none' | 'flips' | 'flips-and-turns';
  /** Of the weights. Default 21. */
  readonly seed?: number;
}

/** Another run on the same data and split as a tiny run, beside it. */
export async function addTinyMember(tiny: TinyRun, name: string, options: TinyMemberOptions = {}): Promise<RunFolder> {
  const { imageSize = 32, fit = 'squash', seed = 21, testTimeAugmentation = 'flips' } = options;
  const { recipe, preprocessing, data } = tiny.config;
  const run = await createRunFolder(join(tiny.root, name));
  cpSync(tiny.run.splitsCsv, run.splitsCsv);
  cpSync(tiny.run.splitsJson, run.splitsJson);
  const model = findModel(options.model ?? 'lenet');
  const mean = [...(options.mean ?? preprocessing.mean)] as [number, number, number];
  const config: RunConfig = {
    ...tiny.config,
    seed,
    recipe: { ...recipe, model: model.id, imageSize, fit, evaluation: { testTimeAugmentation } },
    preprocessing: { ...preprocessing, imageSize, fit, mean },
    model: { ...tiny.config.model, id: model.id },
  };
  await writeJson(run.config, config);
  const size = { model, classCount: data.classes.length, imageSize };
  const weights = model.id === 'lenet' ? initialWeights(size, seed) : noiseWeights(size);
  const metadata = { model: model.id, classes: JSON.stringify(data.classes.map(({ id }) => id)), epoch: '2' };
  await writeFileWhole(run.bestCheckpoint, encodeSafetensors(weights, metadata));
  await writeFileWhole(run.lastCheckpoint, encodeSafetensors(weights, metadata));
  return run;
}
