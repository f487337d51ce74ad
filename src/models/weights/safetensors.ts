import { runError } from '../../errors.js';
import { elementCount } from '../../graph/index.js';
import type { Weights } from '../../nn/index.js';

/**
 * The safetensors format (https://huggingface.co/docs/safetensors): 8 bytes little-endian header length, a JSON header,
 * then the tensors' bytes. float32 only, which is all that lesionlab writes; PyTorch and others read it.
 */
export function encodeSafetensors(weights: Weights, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { data, shape }] of weights) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  // Padded with spaces so that the tensors begin at a multiple of 8, as the format asks.
  const json = JSON.stringify(header);
  const headerBytes = utf8(json + ' '.repeat((8 - (utf8(json).length % 8)) % 8));
  const file = new Uint8Array(8 + headerBytes.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes.length), true);
  file.set(headerBytes, 8);
  let at = 8 + headerBytes.length;
  for (const { data } of weights.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads a safetensors file of float32 tensors.
 * @param file its name, for messages
 * @throws LesionlabError kind `run` where the bytes are truncated, no safetensors file, or hold another type
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  file: string,
): { weights: Weights; metadata: Readonly<Record<string, string>> } {
  const damaged = (found: string) =>
    runError('weights-unreadable', `${file} is no readable safetensors file: ${found}`, {
      hint: 'The file may be incomplete; copy or download it again.',
    });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Number.NaN;
  if (!(headerLength <= bytes.length - 8)) throw damaged(`its header does not fit into its ${bytes.length} bytes`);
  let header: Record<string, unknown> | null;
  try {
    header = JSON.parse(fromUtf8(bytes.subarray(8, 8 + headerLength)));
  } catch {
    throw damaged('its header is no JSON');
  }
  if (header === null || typeof header !== 'object') throw damaged('its header is no JSON object');
  const { __metadata__: metadata, ...tensors } = header;
  const weights = new Map<string, { data: Float32Array; shape: number[] }>();
  for (const [name, tensor] of Object.entries(tensors)) {
    if (!isTensorEntry(tensor)) throw damaged(`its header's entry for "${name}" is ${JSON.stringify(tensor)}`);
    const { dtype, shape, data_offsets: offsets } = tensor;
    const [begin, end] = offsets.map((offset) => 8 + headerLength + offset);
    if (end > bytes.length) throw damaged(`"${name}" ends at byte ${end} of ${bytes.length}`);
    if (dtype !== 'F32') throw damaged(`"${name}" has type ${dtype}, expected F32`);
    if (end - begin !== 4 * elementCount(shape)) throw damaged(`"${name}" has ${end - begin} bytes for [${shape}]`);
    // A copy, since the file's offset may not be a multiple of 4; not by slice(), which makes a view of a Node Buffer.
    weights.set(name, { data: new Float32Array(new Uint8Array(bytes.subarray(begin, end)).buffer), shape });
  }
  return { weights, metadata: (metadata ?? {}) as Record<string, string> };
}

interface TensorEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: readonly [number, number];
}

function isTensorEntry(entry: unknown): entry is TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const areCounts = (list: unknown) =>
    Array.isArray(list) && list.every((value) => Number.isSafeInteger(value) && value >= 0);
  return typeof dtype === 'string' && areCounts(shape) && areCounts(offsets) && (offsets as unknown[]).length === 2;
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
const utf8 = (text: string) => new TextEncoder().encode(text);
const fromUtf8 = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
