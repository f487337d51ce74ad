import { normaliseImage } from '../data/augmentation/batches.js';
import { encodeMetadata, type MetadataValues } from '../data/preparation/metadataInput.js';
import { classifyAndScore } from '../evaluation/answers/classifyImages.js';
import { readExportedModel } from '../evaluation/answers/exportedModel.js';
import { answerImage } from '../evaluation/answers/imageAnswer.js';
import { fitImage } from '../image/fitImage.js';
import type { Raster } from '../image/raster.js';
import { requireRaster } from '../image/requireRaster.js';
import { browserCodec } from './codec.js';
import { type ForeignAnswers, refuseAnswers } from './foreignAnswers.js';
import { type BesideModel, type ModelSource, type ReadSource, readModelSource } from './modelSource.js';
import { openForeign } from './openForeign.js';
import { type DeviceChoice, type OpenedOnDevice, openOnDevice } from './openOnDevice.js';
import { graphNetwork, type OpenedNetwork, type PageNetwork } from './pageNetwork.js';
import type { ClassHeat, OpenedModel, PredictedImage } from './predictedImage.js';

/** What a model is opened on, where the rest of it lies, and what is said of somebody else's. */
export interface PredictorOptions extends BesideModel, DeviceChoice, ForeignAnswers {}

/** A model, opened in a browser. */
export interface Predictor {
  readonly model: OpenedModel;
  /**
   * Predicts as `lesionlab predict` does. Images wait for each other.
   * @param image a file (JPEG, PNG, WebP, AVIF, BMP, TIFF, DICOM), its bytes, or RGB pixels @param options heat: also computes where evidence for each class lies; metadata: what is known of the image, for a model with `metadataInput`
   * @throws LesionlabError kind `data` where it is no image
   */
  predict(
    image: Blob | Uint8Array | ArrayBuffer | Raster,
    options?: { readonly heat?: boolean; readonly metadata?: MetadataValues },
  ): Promise<PredictedImage>;
  /** Gives the model's memory back. */
  close(): Promise<void>;
}

/**
 * Opens a classifier of images in a page or a worker: a model.onnx that `lesionlab export` wrote, or anybody's ONNX file. Predicting occupies the thread
 * while WebAssembly computes: a page that must stay responsive opens it in a worker.
 * @param source address to fetch it from, the file, or its bytes
 * @throws LesionlabError kind `run` where the file can't be fetched, is no classifier of images, or can't be run; kind `usage` with the code `preprocessing-unknown` where
 *   nothing says how somebody else's model wants its images (`inspectModel` tells what to ask for), or where `webgpu` is asked for and there is none
 */
export async function openPredictor(source: ModelSource, options: PredictorOptions = {}): Promise<Predictor> {
  const read = await readModelSource(source, options);
  const { opened, device, deviceNote } = await inTurn(() =>
    read.exported ? openExported(read, options) : openForeign(read, options),
  );
  const { network, known } = opened;
  const model: OpenedModel = { ...known, device, deviceNote };
  return {
    model,
    async predict(image, { heat = false, metadata = {} } = {}) {
      const pixels = await readImage(image);
      return inTurn(() => predictImage(network, read.name, model, pixels, { wantHeat: heat, metadata }));
    },
    close: () => inTurn(() => network.close()),
  };
}

async function openExported(
  { name, bytes }: ReadSource,
  options: PredictorOptions,
): Promise<OpenedOnDevice<OpenedNetwork>> {
  refuseAnswers(name, options);
  const file = readExportedModel(name, bytes);
  const { model: id, classes, preprocessing, testTimeAugmentation, synthetic, quantisation, heatMapLayer } = file;
  const { certainty = null, outOfDistribution, metadata } = file;
  const known = {
    id,
    classes,
    preprocessing,
    testTimeAugmentation,
    synthetic,
    quantisation,
    metadataInput: file.metadataInput,
    heatMapLayer,
    certainty,
    threshold: outOfDistribution?.threshold ?? null,
    dataName: metadata.data,
  };
  const outputs = {
    classCount: classes.length,
    preprocessing,
    scores: outOfDistribution !== undefined,
    heat: heatMapLayer !== undefined,
  };
  const cpuOnly = quantisation && 'A model in 8-bit integers runs in WebAssembly only.';
  return openOnDevice(
    async (runtime, open) => ({
      network: graphNetwork(await runtime.open(file.bytes, { ...open, file: name }), outputs),
      known,
    }),
    options,
    cpuOnly,
  );
}

let queue: Promise<unknown> = Promise.resolve();

/** One thing at a time, whoever asks: onnxruntime-web opens and runs no second graph while it computes. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = queue.then(work);
  queue = done.catch(() => {});
  return done;
}

async function readImage(image: Parameters<Predictor['predict']>[0]): Promise<Raster> {
  if (image instanceof Uint8Array) return browserCodec.decode(image);
  if (image instanceof ArrayBuffer) return browserCodec.decode(new Uint8Array(image));
  if (image instanceof Blob) return browserCodec.decode(new Uint8Array(await image.arrayBuffer()));
  requireRaster('image', image, 3);
  return image;
}

async function predictImage(
  network: PageNetwork,
  source: string,
  model: OpenedModel,
  image: Raster,
  { wantHeat, metadata }: { readonly wantHeat: boolean; readonly metadata: MetadataValues },
): Promise<PredictedImage> {
  const { preprocessing, classes, testTimeAugmentation } = model;
  const seen = fitImage(image, preprocessing);
  const pixels = new Float32Array(3 * preprocessing.imageSize ** 2);
  normaliseImage(seen.data, preprocessing, pixels, 0);
  const told = model.metadataInput && encodeMetadata(model.metadataInput, metadata);
  let heat: ClassHeat | null = null;
  let needsHeat = wantHeat;
  const classifier = {
    batchSize: 1,
    classCount: classes.length,
    source,
    async classify(view: Float32Array) {
      const answer = await network.answer(view, needsHeat, told);
      // Like the out-of-distribution score, the heat is of the image as it is: the first view.
      heat ??= answer.heat;
      needsHeat = false;
      return answer;
    },
  };
  const start = performance.now();
  const { probabilities, scores } = await classifyAndScore(classifier, pixels, preprocessing, testTimeAugmentation);
  const milliseconds = performance.now() - start;
  const { width, height } = image;
  return { ...answerImage(model, probabilities, scores?.[0]), width, height, milliseconds, seen, heat };
}
