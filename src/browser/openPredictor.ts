import { normaliseImage } from '../data/augmentation/batches.js';
import { runError, usageError } from '../errors.js';
import { classifyAndScore } from '../evaluation/answers/classifyImages.js';
import { type ExportedModel, readExportedModel } from '../evaluation/answers/exportedModel.js';
import { answerImage } from '../evaluation/answers/imageAnswer.js';
import { fitToSquare } from '../image/fitToSquare.js';
import type { Raster } from '../image/raster.js';
import { resizeImage } from '../image/resize.js';
import type { BrowserRuntimeFiles } from '../runtime/browser.js';
import type { Device, Session } from '../runtime/runtime.js';
import { browserCodec } from './codec.js';
import { type ComputeDevice, findComputeDevice, openRuntime } from './computeDevice.js';
import type { ClassHeat, OpenedModel, PredictedImage } from './predictedImage.js';

export interface Predictor {
  readonly model: OpenedModel;
  /** @throws LesionlabError kind `data` where the bytes are no image */
  predict(image: Uint8Array, options: { readonly heat: boolean }): Promise<PredictedImage>;
}

/** Height of the small pictures in tables, pixels: twice what is shown. */
const thumbnailHeight = 112;

/**
 * Opens an exported model on a device of this browser; predicts as `lesionlab predict` does. On `auto`, WebAssembly takes over
 * where WebGPU fails.
 * @throws LesionlabError kind `run` where the file is none that lesionlab exported, or can't be run
 */
export async function openPredictor(
  name: string,
  bytes: Uint8Array,
  wanted: 'auto' | Device,
  files?: BrowserRuntimeFiles,
): Promise<Predictor> {
  const file = readExportedModel(name, bytes);
  const { session, device, deviceNote } = await openSession(file, wanted, files);
  const { model: id, classes, preprocessing, testTimeAugmentation, synthetic, quantisation, heatMapLayer } = file;
  const { certainty = null, outOfDistribution, metadata } = file;
  const model: OpenedModel = {
    id,
    classes,
    preprocessing,
    testTimeAugmentation,
    synthetic,
    quantisation,
    heatMapLayer,
    certainty,
    threshold: outOfDistribution?.threshold ?? null,
    dataName: metadata.data,
    device,
    deviceNote,
  };
  const predict = async (image: Uint8Array, { heat }: { readonly heat: boolean }) =>
    predictImage(session, model, await browserCodec.decode(image), heat);
  return { model, predict };
}

interface OpenedSession {
  readonly session: Session;
  readonly device: ComputeDevice;
  readonly deviceNote?: string;
}

async function openSession(
  { bytes, quantisation }: ExportedModel,
  wanted: 'auto' | Device,
  files: BrowserRuntimeFiles | undefined,
): Promise<OpenedSession> {
  const open = async (device: ComputeDevice) =>
    // Threads that spin while they wait would slow down everything else on the machine, the page included.
    (await openRuntime(device, files)).open(bytes, { device: device.device, threads: device.threads, spin: false });
  const onCpu = async (deviceNote?: string) => {
    const device = await findComputeDevice('cpu');
    try {
      return { session: await open(device), device, deviceNote };
    } catch (cause) {
      throw runError('model-unusable', (cause as Error).message, {
        hint: 'The file may be damaged, or need a newer lesionlab. Export it again with `lesionlab export <run>`.',
        cause,
      });
    }
  };
  if (quantisation !== undefined)
    return onCpu(wanted === 'webgpu' ? 'A model in 8-bit integers runs in WebAssembly only.' : undefined);
  const device = await findComputeDevice(wanted);
  if (wanted === 'webgpu' && device.device !== 'webgpu')
    throw usageError('no-webgpu', 'This browser has no WebGPU, or no graphics card that it may use.', {
      hint: 'Choose WebAssembly, which gives the same answers more slowly.',
    });
  if (device.device === 'cpu') return onCpu();
  try {
    return { session: await open(device), device };
  } catch (cause) {
    if (wanted === 'auto') return onCpu('WebGPU could not run this model, so that WebAssembly does.');
    const { message } = cause as Error;
    throw runError('webgpu-failed', message, {
      hint: 'Choose WebAssembly, which gives the same answers more slowly.',
      cause,
    });
  }
}

async function predictImage(
  session: Session,
  model: OpenedModel,
  image: Raster,
  wantHeat: boolean,
): Promise<PredictedImage> {
  const { preprocessing, classes, testTimeAugmentation, threshold, heatMapLayer } = model;
  const { imageSize, fit } = preprocessing;
  const square = fitToSquare(image, imageSize, fit);
  const pixels = new Float32Array(3 * imageSize ** 2);
  normaliseImage(square.data, preprocessing, pixels, 0);
  const names = ['probabilities', ...(threshold === null ? [] : ['out_of_distribution'])];
  let heat: ClassHeat | null = null;
  let needsHeat = wantHeat && heatMapLayer !== undefined;
  const classifier = {
    batchSize: 1,
    classCount: classes.length,
    async classify(view: Float32Array) {
      const feed = { data: view, shape: [1, 3, imageSize, imageSize] };
      const outputs = await session.run({ images: feed }, {}, needsHeat ? [...names, 'heat_maps'] : names);
      // Like the out-of-distribution score, the heat is of the image as it is: the first view.
      if (needsHeat) heat = toHeat(outputs.heat_maps.data as Float32Array, outputs.heat_maps.shape);
      needsHeat = false;
      return {
        probabilities: outputs.probabilities.data as Float32Array,
        outOfDistribution: outputs.out_of_distribution?.data as Float32Array | undefined,
      };
    },
  };
  const start = performance.now();
  const { probabilities, scores } = await classifyAndScore(classifier, pixels, preprocessing, testTimeAugmentation);
  const milliseconds = performance.now() - start;
  return {
    answer: answerImage(model, probabilities, scores?.[0]),
    width: image.width,
    height: image.height,
    milliseconds,
    thumbnail: await drawThumbnail(square, fit === 'crop' ? 1 : image.width / image.height),
    heat,
  };
}

const toHeat = (values: Float32Array, [, , height, width]: readonly number[]): ClassHeat => ({
  width,
  height,
  values: values.slice(),
});

/** What the network saw, small, in its true proportions. */
async function drawThumbnail(square: Raster, proportion: number): Promise<Blob> {
  const width = Math.round(thumbnailHeight * Math.min(3, Math.max(1 / 3, proportion)));
  const small = resizeImage(square, width, thumbnailHeight);
  return new Blob([(await browserCodec.encodeJpeg(small, 80)) as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' });
}
