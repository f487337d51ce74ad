import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { LesionlabError, runError } from '../errors.js';
import { onnxSchema } from './onnxSchema.js';
import { decodeMessage, type Message } from './protobuf.js';

/** Contents of the files that a model's weights lie in, by the names that the model has for them. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>;

/** TensorProto.DataLocation: the values lie in another file. */
export const external = 1;

/** Bits of an element by TensorProto.DataType. */
const elementBits: Readonly<Record<number, number>> = {
  1: 32,
  2: 8,
  3: 8,
  4: 16,
  5: 16,
  6: 32,
  7: 64,
  9: 8,
  10: 16,
  11: 64,
  12: 32,
  13: 64,
  14: 64,
  15: 128,
  16: 16,
  17: 8,
  18: 8,
  19: 8,
  20: 8,
  21: 4,
  22: 4,
};

/** Bytes that a message of protobuf can have. Any number of tensors can lie in the same bytes of a file, so that small files can ask for more. */
const largestModel = 2 ** 31 - 1;

/**
 * Names of the files, relative to the model's own folder, in which a model keeps weights; none for a model that is whole.
 * @param name of the model's file, for messages
 * @throws LesionlabError kind `run` where the bytes are no ONNX model, or a name leads out of the model's folder
 */
export function listExternalFiles(bytes: Uint8Array, name: string): string[] {
  const found = new Set<string>();
  rewriteTensors(bytes, name, (tensor) => {
    found.add(locationOf(tensor, name));
    return undefined;
  });
  return [...found];
}

/**
 * A model with the weights that lie in other files put into it, everything else as it is; the same bytes where none do.
 * @param name of the model's file, for messages
 * @throws LesionlabError kind `run` where a file isn't given, is too short, or holds another number of values than a tensor needs
 */
export function inlineExternalData(bytes: Uint8Array, name: string, files: ExternalFiles): Uint8Array {
  const missing = new Set<string>();
  let length = bytes.length;
  let isWhole = true;
  rewriteTensors(bytes, name, (tensor) => {
    isWhole = false;
    const location = locationOf(tensor, name);
    const file = fileOf(files, location);
    if (file) length += spanOf(tensor, name, location, file).length;
    else missing.add(location);
    return undefined;
  });
  if (isWhole) return bytes;
  if (missing.size > 0) throw externalFileMissing(name, [...missing]);
  if (length > largestModel)
    throw runError(
      'model-too-large',
      `${name} has ${length.toLocaleString('en')} bytes with its weights; a model has at most ${largestModel.toLocaleString('en')}.`,
      {
        hint: 'Export a smaller model, or the same in half precision.',
      },
    );
  return rewriteTensors(bytes, name, (tensor) => externalBytes(tensor, name, files));
}

/**
 * The values of a tensor that lie in another file, as they are there.
 * @param tensor decoded, with its data in another file
 * @param name of the model's file, for messages
 * @throws LesionlabError kind `run` where the file isn't given, is too short, or holds another number of values than the tensor needs
 */
export function externalBytes(tensor: Message, name: string, files: ExternalFiles): Uint8Array {
  const location = locationOf(tensor, name);
  const file = fileOf(files, location);
  if (!file) throw externalFileMissing(name, [location]);
  return spanOf(tensor, name, location, file);
}

/** A page knows the names of files, not their folders. */
const fileOf = (files: ExternalFiles, location: string) =>
  files.get(location) ?? files.get(location.slice(location.lastIndexOf('/') + 1));

/** The error for weights that lie in files that aren't there. @param name of the model's file */
export const externalFileMissing = (name: string, missing: readonly string[]) =>
  runError('external-weights', `${name} keeps its weights in a second file, ${missing.join(', ')}, which is missing.`, {
    details: missing,
    hint: {
      terminal: `Put ${missing.join(', ')} into the folder of the model, under this very name.`,
      page: `Choose or drop both files together: the model and ${missing.join(', ')}.`,
    },
  });

function locationOf(tensor: Message, name: string): string {
  const location = entriesOf(tensor).get('location') ?? '';
  const parts = location.split(/[/\\]/);
  const leaves = parts.includes('..') || parts.includes('') || /^[a-z]:/i.test(location) || location.includes('\0');
  if (!leaves) return parts.filter((part) => part !== '.').join('/');
  throw runError(
    'external-location',
    `${name} keeps weights in "${location.slice(0, 200)}", which is no file in its own folder.`,
    { hint: 'Only files in the folder of the model are read. Export the model again, as one file.' },
  );
}

const entriesOf = (tensor: Message): Map<string, string> =>
  new Map(tensor.externalData.map(({ key, value }: Message) => [key ?? '', value ?? '']));

/** The bytes of one tensor in its file. */
function spanOf(tensor: Message, name: string, location: string, file: Uint8Array): Uint8Array {
  const entries = entriesOf(tensor);
  const offset = Number(entries.get('offset') ?? 0);
  const bits = elementBits[tensor.dataType];
  const count = tensor.dimensions.reduce((product: number, side: number) => product * side, 1);
  const needed = bits === undefined ? Number.NaN : Math.ceil((count * bits) / 8);
  const length = Number(entries.get('length') ?? needed);
  const damaged = (found: string) =>
    runError('external-weights', `${location} does not fit ${name}: ${found}.`, {
      hint: `The two files may be of different exports, or ${location} was cut off. Copy both again.`,
    });
  const tensorName = `"${tensor.name ?? ''}"`;
  if (![offset, length].every((value) => Number.isSafeInteger(value) && value >= 0))
    throw damaged(`the model doesn't say in numbers where ${tensorName} lies in it`);
  if (!Number.isNaN(needed) && length !== needed)
    throw damaged(`${tensorName} of shape [${tensor.dimensions}] has ${length} bytes, expected ${needed}`);
  if (offset + length > file.length)
    throw damaged(`${tensorName} ends at byte ${offset + length}, and the file has ${file.length}`);
  return file.subarray(offset, offset + length);
}

/** Calls back for every tensor whose values lie elsewhere; what it returns becomes the tensor's values. */
function rewriteTensors(
  bytes: Uint8Array,
  name: string,
  valuesOf: (tensor: Message) => Uint8Array | undefined,
): Uint8Array {
  const rewrite = (type: string, message: Uint8Array): Uint8Array => {
    const isTensor = type === 'Tensor';
    const tensor = isTensor ? decodeMessage('Tensor', message) : undefined;
    const values = tensor?.dataLocation === external ? valuesOf(tensor) : undefined;
    if (isTensor && !values) return message;
    let changed = values !== undefined;
    const writer = new BinaryWriter();
    const reader = new BinaryReader(message);
    while (reader.pos < reader.len) {
      const start = reader.pos;
      const [number, wire] = reader.tag();
      const field = onnxSchema[type][number];
      const kind = field?.kind;
      if (typeof kind === 'object' && !isTensor && wire === WireType.LengthDelimited) {
        const inner = reader.bytes();
        const rewritten = rewrite(kind.message, inner);
        changed ||= rewritten !== inner;
        writer.tag(number, wire).bytes(rewritten);
        continue;
      }
      reader.skip(wire, number);
      // Fields that the schema doesn't know stay, too.
      if (!values || !['externalData', 'dataLocation', 'rawData'].includes(field?.name)) {
        writer.raw(message.subarray(start, reader.pos));
      }
    }
    if (values) writer.tag(rawDataField, WireType.LengthDelimited).bytes(values);
    return changed ? writer.finish() : message;
  };
  try {
    return rewrite('Model', bytes);
  } catch (cause) {
    if (cause instanceof LesionlabError) throw cause;
    throw runError('model-damaged', `${name} is no complete ONNX model.`, {
      details: [(cause as Error).message],
      hint: 'The file may have been cut off: copy it again.',
      cause,
    });
  }
}

const rawDataField = Number(Object.entries(onnxSchema.Tensor).find(([, { name }]) => name === 'rawData')?.[0]);
