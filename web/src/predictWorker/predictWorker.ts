import { z } from 'zod';
import { browserCodec } from '../../../src/browser/codec.js';
import { openPredictor, type Predictor } from '../../../src/browser/openPredictor.js';
import type { OpenedModel, PredictedImage } from '../../../src/browser/predictedImage.js';
import type { Raster } from '../../../src/image/raster.js';
import { resizeImage } from '../../../src/image/resize.js';
import { seenProportion } from '../../../src/image/seenPart.js';
import type { Device } from '../../../src/runtime/runtime.js';
import { onnxFiles } from '../browser/onnxFiles.js';
import { serveCalls } from '../browser/workerCalls.js';

// The page's policy forbids code that is made at run time.
z.config({ jitless: true });

/** What this worker says about an image. */
export interface StudioPrediction extends Omit<PredictedImage, 'seen'> {
  /** Small JPEG of what the network saw. */
  readonly thumbnail: Blob;
}

/** A model.onnx. */
export interface ModelFiles {
  /** Of the file, for messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** In which it may keep its weights, by name. */
  readonly dataFiles?: Readonly<Record<string, Uint8Array>>;
}

interface OpenRequest extends ModelFiles {
  readonly device: 'auto' | Device;
}

/** Height of the small pictures in tables, pixels: twice what is shown. */
const thumbnailHeight = 112;

let predictor: Promise<Predictor> | undefined;

const functions = {
  async open({ bytes, ...options }: OpenRequest): Promise<OpenedModel> {
    predictor = openPredictor(bytes, { ...options, onnxFiles });
    return (await predictor).model;
  },
  async predict({ image, heat }: { readonly image: Uint8Array; readonly heat: boolean }): Promise<StudioPrediction> {
    if (!predictor) throw new Error('No model was opened.');
    const { model, predict } = await predictor;
    const { seen, ...found } = await predict(image, { heat });
    const proportion = seenProportion(model.preprocessing, found);
    return { ...found, thumbnail: await drawThumbnail(seen, proportion) };
  },
};
export type PredictFunctions = typeof functions;

serveCalls(functions);

/** What the network saw, small, in its true proportions. */
async function drawThumbnail(square: Raster, proportion: number): Promise<Blob> {
  const width = Math.round(thumbnailHeight * Math.min(3, Math.max(1 / 3, proportion)));
  const small = resizeImage(square, width, thumbnailHeight);
  return new Blob([(await browserCodec.encodeJpeg(small, 80)) as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' });
}
