import { normaliseImage } from '../data/batches.js';
import type { ImageRecord } from '../data/dataset.js';
import { interruptedError } from '../errors.js';
import {
  type ActivationMapMethod,
  type ClassActivationMap,
  type GradCam,
  type Localisation,
  localiseHeat,
  openGradCam,
} from '../explain/index.js';
import type { Weights } from '../nn/index.js';
import { nodeRuntime } from '../runtime/node.js';
import type { Checkpoint } from './checkpointFile.js';
import { sharpCodec } from './codec.js';
import { pause } from './predictRecords.js';
import type { RunData } from './runData.js';
import type { StepContext } from './stepContext.js';

/** Where the network looks in an image, before and after training. */
export interface ExplainedRecord {
  readonly record: ImageRecord;
  /** Class that is explained. */
  readonly classIndex: number;
  readonly before: ClassActivationMap;
  readonly after: ClassActivationMap;
}

export interface Explainer {
  readonly layer: string;
  /** @param records with the class to explain for each */
  explain(
    records: readonly { readonly record: ImageRecord; readonly classIndex: number }[],
  ): Promise<ExplainedRecord[]>;
  close(): Promise<void>;
}

/**
 * Opens a run's network twice: with the weights that its training began with, and with those of a checkpoint.
 * @param initial weights before training
 * @throws LesionlabError kind `usage` where there is no such layer
 */
export async function openExplainer(
  { threads, device, signal }: Pick<StepContext, 'threads' | 'device' | 'signal'>,
  { model, weights, config }: Checkpoint,
  initial: Weights,
  data: Pick<RunData, 'prepared' | 'preparedIndex'>,
  options: { readonly layer?: string; readonly method?: ActivationMapMethod },
): Promise<Explainer> {
  const { preprocessing } = config;
  const { imageSize } = preprocessing;
  const size = { model, classCount: config.data.classes.length, imageSize };
  const open = { device, threads };
  const after = await openGradCam(nodeRuntime, { ...size, ...options, weights }, open);
  let before: GradCam;
  try {
    before = await openGradCam(nodeRuntime, { ...size, ...options, weights: initial }, open);
  } catch (error) {
    await after.close();
    throw error;
  }
  const pixels = new Uint8Array(imageSize * imageSize * 3);
  return {
    layer: after.layer,
    async explain(records) {
      const images = new Float32Array(records.length * pixels.length);
      for (const [i, { record }] of records.entries()) {
        data.prepared.read(data.preparedIndex(record.imageId), pixels);
        normaliseImage(pixels, preprocessing, images, i * pixels.length);
      }
      const classes = records.map(({ classIndex }) => classIndex);
      await pause();
      if (signal.aborted) throw interruptedError('Interrupted while images were explained; nothing was written.');
      const [mapsBefore, mapsAfter] = [await before.explain(images, classes), await after.explain(images, classes)];
      return records.map((entry, i) => ({ ...entry, before: mapsBefore[i], after: mapsAfter[i] }));
    },
    async close() {
      await before.close();
      await after.close();
    },
  };
}

/** How the heat of an image lies on its lesion, before and after training; null where the image has no mask. */
export async function localiseRecord(
  { record, before, after }: ExplainedRecord,
  { dataset, config }: Pick<RunData, 'dataset' | 'config'>,
): Promise<{ readonly before: Localisation; readonly after: Localisation } | null> {
  const { masks } = dataset;
  if (!masks?.has(record.imageId)) return null;
  const mask = await sharpCodec.decode(await masks.read(record.imageId));
  const { fit, imageSize } = config.preprocessing;
  return {
    before: localiseHeat(before, mask, { fit, imageSize }),
    after: localiseHeat(after, mask, { fit, imageSize }),
  };
}
