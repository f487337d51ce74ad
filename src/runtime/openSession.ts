import type * as ort from 'onnxruntime-common';
import { requireLength } from '../checks.js';
import { runError } from '../errors.js';
import { elementCount, elementTypeOf, type TensorData } from '../graph/graph.js';
import { probeChannelBlock } from './channelBlock.js';
import { requireFiniteAnswers } from './finiteAnswers.js';
import type { OpenOptions, Runtime, Session, TensorLike } from './runtime.js';
import { openingError, type RuntimePlace, runningError } from './runtimeErrors.js';

/** What onnxruntime-node and onnxruntime-web have in common. Their own types, which want the DOM's, stay within this file. */
export interface OnnxRuntimeModule {
  /** `onnxruntime-common`'s `InferenceSessionFactory`. */
  readonly InferenceSession: object;
  /** `onnxruntime-common`'s `TensorConstructor`. */
  readonly Tensor: object;
  readonly env: { readonly versions: { readonly common: string; readonly node?: string; readonly web?: string } };
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
        return wrapSession(Tensor, session, cpuProvider === 'cpu', place, options.mayDiverge ?? false);
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

/** @param writesInto whether outputs are written into the targets; onnxruntime-web would leave them as they are */
function wrapSession(
  Tensor: ort.TensorConstructor,
  session: ort.InferenceSession,
  writesInto: boolean,
  place: RuntimePlace,
  mayDiverge: boolean,
): Session {
  const toTensor = ({ data, shape }: TensorLike) =>
    new Tensor(elementTypeOf(data), data as Float32Array, shape as number[]) as ort.Tensor;
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds, targets = {}, wanted) {
      const inputs: Record<string, ort.Tensor> = {};
      for (const name of session.inputNames) {
        if (!feeds[name]) throw runError('missing-feed', `The graph's input "${name}" was not fed`);
        const { data, shape } = feeds[name];
        requireLength(`Feed "${name}"`, data, elementCount(shape), `as its shape [${shape.join(', ')}] has`);
        inputs[name] = toTensor(feeds[name]);
      }
      const fetches: Record<string, ort.Tensor | null> = {};
      for (const name of wanted ?? session.outputNames)
        fetches[name] = writesInto && targets[name] ? toTensor(targets[name]) : null;
      const results = await session.run(inputs, fetches).catch((cause: unknown) => {
        throw runningError(cause, place);
      });
      const outputs: Record<string, TensorLike> = {};
      for (const name of Object.keys(fetches)) {
        const data = results[name].data as TensorData;
        if (!mayDiverge && typeof data[0] === 'number') requireFiniteAnswers(data as Float32Array, place.file, name);
        const target = targets[name];
        if (target && !writesInto) (target.data as Float32Array).set(data as Float32Array);
        outputs[name] = target ?? { data, shape: results[name].dims };
      }
      return outputs;
    },
    endProfile: () => session.endProfiling(),
    close: () => session.release(),
  };
}
