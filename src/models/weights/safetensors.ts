import type { Shape } from '../../graph/index.js';
import type { Weights } from '../../nn/index.js';
import { countElements, decodeElements, type ElementType, elementSizes, ValueBudget } from './elementTypes.js';
import { fromUtf8, toUtf8 } from './utf8.js';
import { isBatchCounter, unreadable } from './weightFile.js';

/** Tensors to write: float32, or int64 for the counters of batch norm. */
export type StoredTensors = ReadonlyMap<string, { readonly data: Float32Array | BigInt64Array; readonly shape: Shape }>;

/** Bytes. The format allows ten times as much; headers of image models have some kilobytes. */
const largestHeader = 10_000_000;

/**
 * The safetensors format (https://huggingface.co/docs/safetensors): 8 bytes little-endian header length, a JSON header,
 * then the tensors' bytes. float32 is written as F32, int64 as I64, and counters of batch norm (`*.num_batches_tracked`) as
 * I64 in any case, since that is their type in PyTorch.
 */
export function encodeSafetensors(
  weights: StoredTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const tensors = [...weights].map(([name, { data, shape }]) => {
    const stored = isBatchCounter(name) ? toIntegers(data) : data;
    return { name, shape, data: stored, offset: 0 };
  });
  // The header keeps the given order; in the file int64 comes first, so that every tensor lies at a multiple of its size.
  const placed = [...tensors].sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let length = 0;
  for (const tensor of placed) {
    tensor.offset = length;
    length += tensor.data.byteLength;
  }
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const { name, shape, data, offset } of tensors) {
    const dtype: ElementType = data instanceof BigInt64Array ? 'I64' : 'F32';
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
  }
  // Padded with spaces so that the tensors begin at a multiple of 8, as the format asks.
  const json = JSON.stringify(header);
  const headerBytes = toUtf8(json + ' '.repeat((8 - (toUtf8(json).length % 8)) % 8));
  const file = new Uint8Array(8 + headerBytes.length + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes.length), true);
  file.set(headerBytes, 8);
  for (const { data, offset } of placed) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + headerBytes.length + offset);
  }
  return file;
}

const toIntegers = (data: ArrayLike<number | bigint>) =>
  BigInt64Array.from(data, (value) => BigInt(typeof value === 'number' ? Math.round(value) : value));

/**
 * The weights with a counter `num_batches_tracked` (int64 scalar) after each batch norm's `running_var`, where
 * PyTorch's state dicts have it and `load_state_dict(strict=True)` looks for it.
 * @param batches training batches seen
 */
export function withBatchCounters(weights: Weights, batches: number): StoredTensors {
  const all = new Map<string, { data: Float32Array | BigInt64Array; shape: Shape }>();
  for (const [name, tensor] of weights) {
    if (isBatchCounter(name)) continue;
    all.set(name, tensor);
    if (!name.endsWith('running_var')) continue;
    const counter = name.replace(/running_var$/, 'num_batches_tracked');
    all.set(counter, { data: BigInt64Array.of(BigInt(batches)), shape: [] });
  }
  return all;
}

/** Whether bytes look like a safetensors file: a plausible header length, then the brace of a JSON object. */
export function looksLikeSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 9 || bytes[8] !== 0x7b) return false;
  return headerLengthOf(bytes) <= largestHeader;
}

const headerLengthOf = (bytes: Uint8Array) =>
  Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true));

/**
 * Reads a safetensors file; float, integer and boolean tensors all become float32.
 * @param file its name, for messages
 * @param options `skipUnknownTypes` leaves out tensors of types that are not read, names them in `unread`, and goes on
 * @throws LesionlabError kind `run` where the bytes are truncated, no safetensors file, or hold another type
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  file: string,
  { skipUnknownTypes = false }: { readonly skipUnknownTypes?: boolean } = {},
): {
  weights: Weights;
  metadata: Readonly<Record<string, string>>;
  types: ReadonlyMap<string, ElementType>;
  unread: ReadonlyMap<string, string>;
} {
  const damaged = (found: string) => unreadable(file, 'safetensors file', found);
  const headerLength = bytes.length >= 8 ? headerLengthOf(bytes) : Number.NaN;
  if (!(headerLength <= Math.min(bytes.length - 8, largestHeader))) {
    throw damaged(`its header does not fit into its ${bytes.length} bytes`);
  }
  const { __metadata__: metadata, ...tensors } = parseHeader(bytes.subarray(8, 8 + headerLength), damaged);
  const budget = new ValueBudget(bytes.length, damaged);
  const begin = 8 + headerLength;
  const weights = new Map<string, { data: Float32Array; shape: number[] }>();
  const types = new Map<string, ElementType>();
  const unread = new Map<string, string>();
  let end = begin;
  for (const [name, entry] of Object.entries(tensors)) {
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
    if (!isElementType(dtype)) {
      const last = Array.isArray(offsets) ? offsets[1] : undefined;
      if (skipUnknownTypes && typeof dtype === 'string' && Number.isSafeInteger(last)) {
        if (begin + last > bytes.length) throw damaged(`"${name}" ends at byte ${begin + last} of ${bytes.length}`);
        unread.set(name, `a tensor of type ${dtype.slice(0, 20)}`);
        end = Math.max(end, begin + last);
        continue;
      }
      throw damaged(`"${name}" has type ${named(dtype)}, expected one of ${Object.keys(elementSizes).join(', ')}`);
    }
    const count = countElements(shape);
    if (Number.isNaN(count)) throw damaged(`"${name}" has a shape that is no list of lengths`);
    const [from, to] = Array.isArray(offsets) ? offsets : [];
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0) {
      throw damaged(`"${name}" doesn't say where its bytes lie`);
    }
    if (begin + to > bytes.length) throw damaged(`"${name}" ends at byte ${begin + to} of ${bytes.length}`);
    if (to - from !== count * elementSizes[dtype]) {
      throw damaged(`"${name}" has ${to - from} bytes for ${dtype} [${shape}]`);
    }
    budget.take(count, name);
    weights.set(name, { data: decodeElements(dtype, bytes, begin + from, count), shape: shape as number[] });
    types.set(name, dtype);
    end = Math.max(end, begin + to);
  }
  if (end !== bytes.length) throw damaged(`${bytes.length - end} bytes at its end belong to no tensor`);
  return { weights, metadata: textEntries(metadata), types, unread };
}

function parseHeader(bytes: Uint8Array, damaged: (found: string) => Error): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(fromUtf8(bytes));
  } catch {
    throw damaged('its header is no JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw damaged('its header is no object');
  return header as Record<string, unknown>;
}

const isElementType = (name: unknown): name is ElementType =>
  typeof name === 'string' && Object.hasOwn(elementSizes, name);

// Only what is text already: turning a deeply nested value into text can overflow the stack.
const named = (value: unknown) => (typeof value === 'string' ? value : 'of no name');

const textEntries = (metadata: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(typeof metadata === 'object' && metadata !== null ? metadata : {}).filter(
      ([, value]) => typeof value === 'string',
    ),
  );
