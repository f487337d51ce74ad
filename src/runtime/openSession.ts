import type * as ort from 'onnxruntime-common';
import { requireLength } from '../checks.js';
import { runError } from '../errors.js';
import { elementCount, elementTypeOf, type TensorData } from '../graph/graph.js';
import { probeChannelBlock } from './channelBlock.js';
import { requireFiniteAnswers } from './finiteAnswers.js';
import type { DeviceTensor, OpenOptions, Runtime, Session, TensorLike } from './runtime.js';
import { openingError, type RuntimePlace, runningError } from './runtimeErrors.js';
import { type GpuDevice, uploadTensors } from './uploadTensors.js';

/** What onnxruntime-node and onnxruntime-web have in common. Their own types, which want the DOM's, stay within this file. */
export interface OnnxRuntimeModule {
  /** `onnxruntime-common`'s `InferenceSessionFactory`. */
  readonly InferenceSession: object;
  /** `onnxruntime-common`'s `TensorConstructor`. */
  readonly Tensor: object;
  readonly env: {
    readonly versions: { readonly common: string; readonly node?: string; readonly web?: string };
    /** Of onnxruntime-web, once a session runs on a graphics card: a promise of its device. */
    readonly webgpu?: { readonly device?: unknown };
  };
}

interface OnnxModule extends OnnxRuntimeModule {
  readonly InferenceSession: ort.InferenceSessionFactory;
  readonly Tensor: ort.TensorConstructor;
}

/** Wraps one of onnxruntime's packages as a `Runtime`. */
export function makeRuntime(name: string, module: OnnxRuntimeModule, cpuProvider: 'cpu' | 'wasm'): Runtime {
  const { versions } = module.env;
  const { InferenceSession, Tensor } = module as OnnxModule;
  let channelBlock: Promise<number | undefined> | undefined;
  return {
    name,
    version: versions.node ?? versions.web ?? versions.common,
    channelBlock() {
      // WebAssembly has no such kernels.
      channelBlock ??= cpuProvider === 'cpu' ? probeChannelBlock(this) : Promise.resolve(undefined);
      return channelBlock;
    },
    async open(model, options = {}) {
      const device = options.device ?? 'cpu';
      const place = { file: options.file, device, runtime: `${name} ${this.version}` };
      try {
        const session = await InferenceSession.create(model, sessionOptions(device, cpuProvider, options));
        const gpu = device === 'webgpu' && cpuProvider === 'wasm' ? await module.env.webgpu?.device : undefined;
        return wrapSession(Tensor, session, cpuProvider === 'cpu', place, options, gpu as GpuDevice | undefined);
      } catch (cause) {
        throw openingError(cause, place);
      }
    },
  };
}

function sessionOptions(
  device: 'cpu' | 'webgpu',
  cpuProvider: 'cpu' | 'wasm',
  options: OpenOptions,
): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [device === 'webgpu' ? 'webgpu' : cpuProvider],
    // onnxruntime-node rejects options that are present but undefined.
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    graphOptimizationLevel: 'all',
    // What goes wrong is told by the error; the runtime would print it, too.
    logSeverityLevel: 4,
    // From the second run on a pattern takes one piece of memory for all values, beside what the first run took: half as much again, or twice
    // (a training step of DenseNet-121, 8 images: 2306 against 1345 MiB). With the order that `toOnnx` writes that costs it 6% of its time.
    enableMemPattern: false,
    ...(options.kept && device === 'webgpu'
      ? { preferredOutputLocation: Object.fromEntries(options.kept.map((name) => [name, 'gpu-buffer' as const])) }
      : {}),
    ...(options.profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
    extra: {
      session: {
        intra_op: { allow_spinning: options.spin === false ? '0' : '1' },
        // Denormals appear in Adam's second moments and cost a hundred cycles each.
        set_denormal_as_zero: '1',
        disable_cpu_ep_fallback: options.strictDevice ? '1' : '0',
      },
      // It takes a border of zeros before a MaxPool for MaxPool's own, whose positions never win: a negative map's borders came out negative in
      // onnxruntime 1.30, in files of Keras (ResNet50V2) too.
      optimization: { disable_specified_optimizers: 'Pad_Fusion' },
    },
  };
}

/** An output that stayed where it was computed. */
class KeptTensor implements DeviceTensor {
  constructor(
    readonly tensor: ort.Tensor,
    readonly close = () => tensor.dispose(),
  ) {}

  get shape() {
    return this.tensor.dims;
  }
}

/** @param writesInto whether outputs are written into the targets; onnxruntime-web would leave them as they are */
function wrapSession(
  Tensor: ort.TensorConstructor,
  session: ort.InferenceSession,
  writesInto: boolean,
  place: RuntimePlace,
  { mayDiverge = false, kept: keptNames = [] }: OpenOptions,
  gpu: GpuDevice | undefined,
): Session {
  const traffic = { up: 0, down: 0 };
  const uploads = gpu && uploadTensors(gpu, Tensor);
  const toTensor = ({ data, shape }: TensorLike) =>
    new Tensor(elementTypeOf(data), data as Float32Array, shape as number[]) as ort.Tensor;
  const runSession = async (
    feeds: Readonly<Record<string, TensorLike | DeviceTensor>>,
    fetches: Record<string, ort.Tensor | null>,
  ) => {
    const inputs: Record<string, ort.Tensor> = {};
    for (const name of session.inputNames) {
      const feed = feeds[name];
      if (!feed) throw runError('missing-feed', `The graph's input "${name}" was not fed`);
      if (feed instanceof KeptTensor) {
        inputs[name] = feed.tensor;
        continue;
      }
      const { data, shape } = feed as TensorLike;
      requireLength(`Feed "${name}"`, data, elementCount(shape), `as its shape [${shape.join(', ')}] has`);
      inputs[name] = toTensor(feed as TensorLike);
      traffic.up += data.byteLength;
    }
    return await session.run(inputs, fetches).catch((cause: unknown) => {
      throw runningError(cause, place);
    });
  };
  const readData = (tensor: ort.Tensor, name: string) => {
    const data = tensor.data as TensorData;
    traffic.down += data.byteLength;
    if (!mayDiverge && typeof data[0] === 'number') requireFiniteAnswers(data as Float32Array, place.file, name);
    return data;
  };
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    traffic,
    async run(feeds, targets = {}, wanted) {
      const fetches: Record<string, ort.Tensor | null> = {};
      for (const name of wanted ?? session.outputNames)
        fetches[name] = writesInto && targets[name] ? toTensor(targets[name]) : null;
      const results = await runSession(feeds, fetches);
      const outputs: Record<string, TensorLike> = {};
      for (const name of Object.keys(fetches)) {
        const data = readData(results[name], name);
        const target = targets[name];
        if (target && !writesInto) (target.data as Float32Array).set(data as Float32Array);
        outputs[name] = target ?? { data, shape: results[name].dims };
      }
      return outputs;
    },
    async runThere(feeds) {
      const results = await runSession(feeds, Object.fromEntries(session.outputNames.map((name) => [name, null])));
      const outputs: Record<string, TensorLike> = {};
      const kept: Record<string, DeviceTensor> = {};
      for (const name of session.outputNames) {
        const tensor = results[name];
        if (keptNames.includes(name)) kept[name] = new KeptTensor(tensor);
        else outputs[name] = { data: readData(tensor, name), shape: tensor.dims };
      }
      return { outputs, kept };
    },
    ...(uploads && {
      upload(tensor: TensorLike): DeviceTensor {
        requireLength(
          'tensor',
          tensor.data,
          elementCount(tensor.shape),
          `as its shape [${tensor.shape.join(', ')}] has`,
        );
        traffic.up += tensor.data.byteLength;
        const { tensor: there, giveBack } = uploads.upload(tensor);
        return new KeptTensor(there, giveBack);
      },
    }),
    endProfile: () => session.endProfiling(),
    async close() {
      await session.release();
      uploads?.close();
    },
  };
}
