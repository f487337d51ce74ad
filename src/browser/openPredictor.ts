import { normaliseImage } from '../data/augmentation/batches.js';
import { networkInput } from '../data/preparation/networkInput.js';
import { runError, usageError } from '../errors.js';
import { classifyAndScore } from '../evaluation/answers/classifyImages.js';
import { type ExportedModel, readExportedModel } from '../evaluation/answers/exportedModel.js';
import { answerImage } from '../evaluation/answers/imageAnswer.js';
import { fitImage } from '../image/fitImage.js';
import type { Raster } from '../image/raster.js';
import { requireRaster } from '../image/requireRaster.js';
import { loadBrowserRuntime, type OnnxFiles } from '../runtime/browser.js';
import type { Device, Session } from '../runtime/runtime.js';
import { browserCodec } from './codec.js';
import { type ComputeDevice, findComputeDevice } from './computeDevice.js';
import type { ClassHeat, OpenedModel, PredictedImage } from './predictedImage.js';

/** What a model is opened on, and where the rest of it lies. */
export interface PredictorOptions {
  /** On `auto`, WebAssembly takes over where there is no WebGPU, or where it fails. Default `auto`. */
  readonly device?: 'auto' | Device;
  /** Of the file, for messages; default its address or name. */
  readonly name?: string;
  /** Of a model that keeps its weights in a second file: that file, by the name that the model has for it. */
  readonly dataFiles?: Readonly<Record<string, string | URL | Blob | Uint8Array | ArrayBuffer>>;
  /** Where onnxruntime-web's WebAssembly lies. */
  readonly onnxFiles?: OnnxFiles;
}

/** An exported model, opened in a browser. */
export interface Predictor {
  readonly model: OpenedModel;
  /**
   * Predicts as `lesionlab predict` does. Images wait for each other.
   * @param image a file (JPEG, PNG, WebP), its bytes, or RGB pixels @param options heat: also computes where evidence for each class lies
   * @throws LesionlabError kind `data` where it is no image
   */
  predict(
    image: Blob | Uint8Array | ArrayBuffer | Raster,
    options?: { readonly heat?: boolean },
  ): Promise<PredictedImage>;
  /** Gives the model's memory back. */
  close(): Promise<void>;
}

/**
 * Opens a model.onnx that `lesionlab export` wrote, in a page or a worker. Predicting occupies the thread while WebAssembly computes: a page that
 * must stay responsive opens it in a worker.
 * @param source address to fetch it from, the file, or its bytes
 * @throws LesionlabError kind `run` where the file can't be fetched, is none that lesionlab exported, or can't be run; kind `usage` where `webgpu` is
 *   asked for and there is none
 */
export async function openPredictor(
  source: string | URL | Blob | Uint8Array | ArrayBuffer,
  options: PredictorOptions = {},
): Promise<Predictor> {
  const name = options.name ?? nameOf(source);
  const files = new Map<string, Uint8Array>();
  for (const [path, data] of Object.entries(options.dataFiles ?? {})) files.set(path, await readSource(data, path));
  const file = readExportedModel(name, await readSource(source, name), files);
  const { session, device, deviceNote } = await inTurn(() => openSession(file, options));
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
  return {
    model,
    async predict(image, { heat = false } = {}) {
      const pixels = await readImage(image);
      return inTurn(() => predictImage(session, name, model, pixels, heat));
    },
    close: () => inTurn(() => session.close()),
  };
}

let queue: Promise<unknown> = Promise.resolve();

/** One thing at a time, whoever asks: onnxruntime-web opens and runs no second graph while it computes. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = queue.then(work);
  queue = done.catch(() => {});
  return done;
}

function nameOf(source: Parameters<typeof openPredictor>[0]): string {
  if (typeof source === 'string' || source instanceof URL) return String(source);
  return (source as Partial<File>).name ?? 'The model';
}

async function readSource(source: Parameters<typeof openPredictor>[0], name: string): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  const answer = await fetch(source).catch((cause: Error): never => {
    throw runError('model-unreachable', `${name} can't be fetched: ${cause.message}`, { cause });
  });
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  throw runError('model-unreachable', `${name} can't be fetched: the host answers ${answer.status}.`, {
    hint: 'Put the model.onnx of a run folder there, or give its bytes.',
  });
}

async function readImage(image: Parameters<Predictor['predict']>[0]): Promise<Raster> {
  if (image instanceof Uint8Array) return browserCodec.decode(image);
  if (image instanceof ArrayBuffer) return browserCodec.decode(new Uint8Array(image));
  if (image instanceof Blob) return browserCodec.decode(new Uint8Array(await image.arrayBuffer()));
  requireRaster('image', image, 3);
  return image;
}

interface OpenedSession {
  readonly session: Session;
  readonly device: ComputeDevice;
  readonly deviceNote?: string;
}

async function openSession(
  { file, bytes, quantisation }: ExportedModel,
  { device: wanted = 'auto', onnxFiles }: PredictorOptions,
): Promise<OpenedSession> {
  const open = async ({ device, threads }: ComputeDevice) =>
    // Threads that spin while they wait would slow down everything else on the machine, the page included.
    (await loadBrowserRuntime({ device, threads, onnxFiles })).open(bytes, { file, device, threads, spin: false });
  const onCpu = async (deviceNote?: string) => {
    const device = await findComputeDevice('cpu');
    return { session: await open(device), device, deviceNote };
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
    throw cause;
  }
}

async function predictImage(
  session: Session,
  source: string,
  model: OpenedModel,
  image: Raster,
  wantHeat: boolean,
): Promise<PredictedImage> {
  const { preprocessing, classes, testTimeAugmentation, threshold, heatMapLayer } = model;
  const seen = fitImage(image, preprocessing);
  const pixels = new Float32Array(3 * preprocessing.imageSize ** 2);
  normaliseImage(seen.data, preprocessing, pixels, 0);
  const names = ['probabilities', ...(threshold === null ? [] : ['out_of_distribution'])];
  let heat: ClassHeat | null = null;
  let needsHeat = wantHeat && heatMapLayer !== undefined;
  const classifier = {
    batchSize: 1,
    classCount: classes.length,
    source,
    async classify(view: Float32Array) {
      const feed = networkInput(view, preprocessing, 1);
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
  const { width, height } = image;
  return { ...answerImage(model, probabilities, scores?.[0]), width, height, milliseconds, seen, heat };
}

const toHeat = (values: Float32Array, [, , height, width]: readonly number[]): ClassHeat => ({
  width,
  height,
  values: values.slice(),
});
