import { runError } from '../../errors.js';
import { looksLikeOnnx, readOnnxInitializers } from './onnxInitializers.js';
import { decodeSafetensors, looksLikeSafetensors } from './safetensors.js';
import { looksLikePickle, readTorchLegacy, readTorchZip } from './torchFile.js';
import { fromLatin1 } from './utf8.js';
import type { WeightFile } from './weightFile.js';

/** Beginnings of files that people take for weights, and what they are. */
const otherFiles: readonly (readonly [start: string, what: string])[] = [
  ['\x89HDF', 'an HDF5 file (Keras)'],
  ['version https://git-lfs', 'a Git LFS pointer: the file itself was not downloaded'],
  ['{', 'JSON: a list of files perhaps; join the parts it names to one file first'],
  ['\x93NUMPY', 'one NumPy array (.npy) without a name'],
  ['<', 'a web page or XML: the download went wrong'],
  ['\x1f\x8b', 'compressed by gzip: unpack it first'],
];

/**
 * Reads weights from a safetensors file, a PyTorch file (both formats of torch.save, plain state dicts and checkpoints)
 * or an ONNX model, recognised by content. Nothing in the file is ever run, and a PyTorch file that would run anything
 * is refused.
 * @param bytes the whole file
 * @param file its name, for messages
 * @throws LesionlabError kind `run` where the file is truncated, damaged, of another kind, or refused
 */
export function readWeights(bytes: Uint8Array, file: string): WeightFile {
  const read = readByContent(bytes, file);
  if (read.weights.size === 0) {
    throw runError('weights-empty', `${file} holds no tensors`, { hint: 'Give a file with the weights of a model.' });
  }
  return read;
}

function readByContent(bytes: Uint8Array, file: string): WeightFile {
  const start = fromLatin1(bytes.subarray(0, 64));
  if (start.startsWith('PK\x03\x04')) return readTorchZip(bytes, file);
  if (looksLikeSafetensors(bytes)) return readSafetensors(bytes, file);
  if (looksLikePickle(bytes)) return readTorchLegacy(bytes, file);
  if (looksLikeOnnx(bytes)) return readOnnxInitializers(bytes, file);
  const other = otherFiles.find(([signature]) => start.startsWith(signature));
  const found = other ? `is ${other[1]}` : `(${bytes.length} bytes) is none of these`;
  throw runError('weights-unknown', `Expected weights as safetensors, PyTorch's .pth or ONNX; ${file} ${found}`, {
    hint: 'The file may be incomplete; copy or download it again.',
  });
}

function readSafetensors(bytes: Uint8Array, file: string): WeightFile {
  const { weights, metadata, types, unread } = decodeSafetensors(bytes, file, { skipUnknownTypes: true });
  const used = new Set(types.values());
  const notes = (['F64', 'F16', 'BF16'] as const)
    .filter((type) => used.has(type))
    .map((type) => `Converted from ${type} to float32.`);
  return { file, format: 'safetensors', weights, unread, metadata, notes };
}
