import { networkInput } from '../../data/preparation/networkInput.js';
import { usageError } from '../../errors.js';
import { encodeMessage } from '../../graph/protobuf.js';
import type { ForeignNetwork } from '../../onnx/index.js';
import type { OpenOptions, Runtime, TensorLike } from '../../runtime/index.js';
import type { ImageInput } from './imageInput.js';

/** Which tensor of a file is wanted, for how many images at a time. */
export interface FileTensorOptions {
  readonly network: ForeignNetwork;
  /** The file, whole. */
  readonly bytes: Uint8Array;
  readonly input: ImageInput;
  readonly tensor: string;
  /** Side of the images, pixels. */
  readonly imageSize: number;
  readonly batchSize: number;
  /** For messages. */
  readonly source: string;
}

/** A file opened to compute one of its tensors. */
export interface FileTensor {
  /**
   * @param images [batchSize, 3, S, S], normalised @param rowsOf makes what a run gives into rows, one an image; default as it is
   * @returns [batchSize * width]
   */
  compute(images: Float32Array, rowsOf?: (found: TensorLike) => Float32Array): Promise<Float32Array>;
  /** Gives the memory back. */
  close(): Promise<void>;
}

/**
 * Opens a file on the runtime as it is, to compute a tensor of it, whatever it is made of. A file that takes a fixed number of images
 * is run as often as it takes.
 * @throws LesionlabError kind `run` where the runtime can't open it; kind `usage` where there is no such tensor
 */
export async function openFileTensor(
  runtime: Runtime,
  options: FileTensorOptions,
  open: OpenOptions = {},
): Promise<FileTensor> {
  const { network, bytes, input, tensor, imageSize, batchSize, source } = options;
  const session = await runtime.open(withOutput(bytes, tensor, network), { ...open, file: source });
  const fixed = network.inputs.find(({ name }) => name === input.name)?.shape?.[0];
  const perRun = typeof fixed === 'number' ? fixed : batchSize;
  const pixels = 3 * imageSize ** 2;
  return {
    async compute(images, rowsOf = ({ data }) => data as Float32Array) {
      const parts: Float32Array[] = [];
      for (let first = 0; first < batchSize; first += perRun) {
        const chunk = new Float32Array(perRun * pixels);
        const here = Math.min(batchSize - first, perRun);
        chunk.set(images.subarray(first * pixels, (first + here) * pixels));
        // What fills it up is an image, too: a network need not have an answer for one that is empty.
        for (let row = here; row < perRun; row++) chunk.copyWithin(row * pixels, 0, pixels);
        const feed = networkInput(chunk, { imageSize, layout: input.layout }, perRun);
        const outputs = await session.run({ [input.name]: feed }, {}, [tensor]);
        parts.push(rowsOf(outputs[tensor]));
      }
      const width = parts[0].length / perRun;
      const rows = new Float32Array(batchSize * width);
      for (const [i, part] of parts.entries()) {
        const start = i * part.length;
        rows.set(part.subarray(0, Math.min(part.length, rows.length - start)), start);
      }
      return rows;
    },
    close: () => session.close(),
  };
}

/** A file with one output more. Protocol buffers that follow each other are one message: lists go on where the first ended. */
function withOutput(bytes: Uint8Array, tensor: string, { name, nodes, outputs }: ForeignNetwork): Uint8Array {
  if (outputs.some((port) => port.name === tensor)) return bytes;
  if (!nodes.some((node) => node.outputs.includes(tensor)))
    throw usageError('unknown-tensor', `${name} computes no tensor "${tensor}".`, {
      hint: { terminal: '`lesionlab inspect` lists its layers.', page: 'Choose one of its layers.' },
    });
  const more = encodeMessage('Model', { graph: { outputs: [{ name: tensor }] } });
  const joined = new Uint8Array(bytes.length + more.length);
  joined.set(bytes);
  joined.set(more, bytes.length);
  return joined;
}
