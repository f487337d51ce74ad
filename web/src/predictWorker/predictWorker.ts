import { z } from 'zod';
import { browserCodec } from '../../../src/browser/codec.js';
import type { ForeignAnswers } from '../../../src/browser/foreignAnswers.js';
import { type ForeignInspection, inspectModel } from '../../../src/browser/inspectModel.js';
import { openPredictor, type Predictor } from '../../../src/browser/openPredictor.js';
import type { OpenedModel, PredictedImage } from '../../../src/browser/predictedImage.js';
import type { MetadataValues } from '../../../src/data/preparation/metadataInput.js';
import type { Raster } from '../../../src/image/raster.js';
import { resizeImage } from '../../../src/image/resize.js';
import { seenProportion } from '../../../src/image/seenPart.js';
import { type PostedError, postError } from '../../../src/postedError.js';
import type { Device } from '../../../src/runtime/runtime.js';
import { onnxFiles } from '../browser/onnxFiles.js';
import { serveCalls } from '../browser/workerCalls.js';
import { sha256 } from '../dataset/sha256.js';

// The page's policy forbids code that is made at run time.
z.config({ jitless: true });

/** What this worker says about an image. */
export interface StudioPrediction extends Omit<PredictedImage, 'seen'> {
  /** Small JPEG of what the network saw. */
  readonly thumbnail: Blob;
}

/** A model's file, and what was given with it. */
export interface ModelFiles {
  /** Of the file, for messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** In which it may keep its weights, by name. */
  readonly dataFiles?: Readonly<Record<string, Uint8Array>>;
  /** That may say how it wants its images, by name. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** What a reader says of somebody else's model. */
export type SaidOfModel = Omit<ForeignAnswers, 'texts'>;

/** What a file says of itself; its problem is on its way between threads. */
export type FoundInFile =
  | { readonly kind: 'exported' }
  | (Omit<ForeignInspection, 'problem'> & { readonly problem: PostedError | undefined });

/** A file that was loaded. */
export interface LoadedFile {
  readonly found: FoundInFile;
  /** SHA-256 of the file, in hexadecimal; undefined where the page's host may not compute it. */
  readonly sha256: string | undefined;
}

interface OpenRequest {
  readonly device: 'auto' | Device;
  readonly said: SaidOfModel;
}

interface PredictRequest {
  readonly image: Uint8Array;
  readonly heat: boolean;
  /** What is known of it beside its pixels. */
  readonly metadata: MetadataValues;
}

/** Height of the small pictures in tables, pixels: twice what is shown. */
const thumbnailHeight = 112;

let files: ModelFiles | undefined;
let predictor: Promise<Predictor> | undefined;

const functions = {
  async load(given: ModelFiles): Promise<LoadedFile> {
    files = given;
    const found = await inspect({});
    // Another host than https and this machine may not.
    const hash = found.kind === 'foreign' ? await sha256(given.bytes).catch(() => undefined) : undefined;
    return { found, sha256: hash };
  },
  inspect,
  async open({ device, said }: OpenRequest): Promise<OpenedModel> {
    const { bytes, ...beside } = loaded();
    predictor = openPredictor(bytes, { ...beside, ...said, device, onnxFiles });
    return (await predictor).model;
  },
  async predict({ image, heat, metadata }: PredictRequest): Promise<StudioPrediction> {
    if (!predictor) throw new Error('No model was opened.');
    const { model, predict } = await predictor;
    const { seen, ...found } = await predict(image, { heat, metadata });
    const proportion = seenProportion(model.preprocessing, found);
    return { ...found, thumbnail: await drawThumbnail(seen, proportion) };
  },
};
export type PredictFunctions = typeof functions;

serveCalls(functions);

/** What the file says, with what the reader says of it. */
async function inspect(said: SaidOfModel): Promise<FoundInFile> {
  const { bytes, ...beside } = loaded();
  const found = await inspectModel(bytes, { ...beside, ...said });
  return found.kind === 'exported' ? found : { ...found, problem: found.problem && postError(found.problem) };
}

function loaded(): ModelFiles {
  if (!files) throw new Error('No file was loaded.');
  return files;
}

/** What the network saw, small, in its true proportions. */
async function drawThumbnail(square: Raster, proportion: number): Promise<Blob> {
  const width = Math.round(thumbnailHeight * Math.min(3, Math.max(1 / 3, proportion)));
  const small = resizeImage(square, width, thumbnailHeight);
  return new Blob([(await browserCodec.encodeJpeg(small, 80)) as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' });
}
