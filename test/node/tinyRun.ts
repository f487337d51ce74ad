import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findModel, initialWeights } from '../../src/models/index.js';
import { encodeSafetensors } from '../../src/models/weights/safetensors.js';
import { hashDataset } from '../../src/node/dataset/dataHash.js';
import { openDataset } from '../../src/node/dataset/openDataset.js';
import { prepareImages } from '../../src/node/dataset/prepare.js';
import { writeFileWhole, writeJson } from '../../src/node/files/writeFile.js';
import type { StepContext } from '../../src/node/machine/stepContext.js';
import { createRunFolder, type RunFolder } from '../../src/node/run/runFolder.js';
import { splitStep } from '../../src/node/steps/split.js';
import { silentProgress } from '../../src/progress.js';
import type { RunConfig } from '../../src/training/recipe/config.js';
import { noiseWeights } from '../models/noiseWeights.js';
import { madeUpConfig } from '../report/fixtures.js';
import { copyPaintedData } from './paintedData.js';

/** A step's context that collects notes. */
export function testContext(signal = new AbortController().signal): StepContext & { readonly notes: string[] } {
  const notes: string[] = [];
  return {
    progress: { ...silentProgress, note: (line) => notes.push(line) },
    signal,
    seed: 0,
    threads: 1,
    device: 'cpu',
    notes,
  };
}

export interface TinyRun {
  readonly root: string;
  readonly data: string;
  readonly run: RunFolder;
  readonly config: RunConfig;
  remove(): void;
}

export interface TinyRunOptions {
  readonly testTimeAugmentation?: 'none' | 'flips';
  readonly fit?: 'squash' | 'crop';
  /** What else is done to images before the network sees them. */
  readonly preprocessing?: Partial<RunConfig['preprocessing']>;
  /** Default `lenet`; others get weights under which their outputs differ from image to image. */
  readonly model?: string;
  /** Of the images, pixels. Default 40 x 30. */
  readonly size?: readonly [width: number, height: number];
}

/** Synthetic images, split, and a run whose network "was trained": 32 px, random weights in its checkpoints. */
export async function makeTinyRun(options: TinyRunOptions = {}): Promise<TinyRun> {
  const root = mkdtempSync(join(tmpdir(), 'lesionlab-run-'));
  const data = join(root, 'data');
  const context = testContext();
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await copyPaintedData(data, { images: 90, size: options.size ?? [40, 30] });
  const dataset = await openDataset(data);
  const run = await createRunFolder(join(root, 'run'));
  await splitStep(context, dataset, run.path);
  const prepared = await prepareImages({
    dataset,
    records: dataset.records,
    fitting: { imageSize: 32, fit: options.fit ?? 'squash' },
    threads: 1,
  });
  prepared.images.close();
  const model = findModel(options.model ?? 'lenet');
  const size = { model, classCount: dataset.info.classes.length, imageSize: 32 };
  const weights = (seed: number) => (model.id === 'lenet' ? initialWeights(size, seed) : noiseWeights(size));
  const base = madeUpConfig({ synthetic: true });
  const { fit = 'squash', testTimeAugmentation = 'flips' } = options;
  const config: RunConfig = {
    ...base,
    seed: 5,
    recipe: { ...base.recipe, imageSize: 32, fit, evaluation: { testTimeAugmentation } },
    data: {
      ...base.data,
      folder: data,
      synthetic: true,
      classes: [...dataset.info.classes],
      images: dataset.records.length,
      sha256: hashDataset(dataset, prepared.images),
      limit: null,
      excluded: [],
    },
    preprocessing: { ...base.preprocessing, imageSize: 32, fit, ...options.preprocessing },
    model: { ...base.model, id: model.id },
  };
  await writeJson(run.config, config);
  const metadata = (epoch: number) => ({
    lesionlab: '0.1.0',
    model: model.id,
    classes: JSON.stringify(dataset.info.classes.map(({ id }) => id)),
    preprocessing: JSON.stringify(config.preprocessing),
    epoch: String(epoch),
  });
  await writeFileWhole(run.bestCheckpoint, encodeSafetensors(weights(11), metadata(3)));
  await writeFileWhole(run.lastCheckpoint, encodeSafetensors(weights(12), metadata(4)));
  await dataset.images.close();
  return { root, data, run, config, remove: () => rmSync(root, { recursive: true, force: true }) };
}
