import { externalFileMissing } from '../../graph/externalData.js';
import { decodeMessage, type Message } from '../../graph/protobuf.js';
import { countElements, decodeElements, type ElementType, elementSizes } from './elementTypes.js';
import { unreadable, type WeightFile } from './weightFile.js';

/** TensorProto.DataType of the types that weights have. */
const floatTypes: Readonly<Record<number, ElementType>> = { 1: 'F32', 10: 'F16', 11: 'F64', 16: 'BF16' };

/** Whether bytes look like an ONNX model: field 1 of ModelProto, the IR version, as a small number. */
export const looksLikeOnnx = (bytes: Uint8Array): boolean => bytes[0] === 0x08 && bytes[1] > 0 && bytes[1] < 64;

/**
 * Reads the floating-point initializers of an ONNX model; integer constants of the graph are skipped.
 * @throws LesionlabError kind `run` where the bytes are truncated or weights lie outside the file
 */
export function readOnnxInitializers(bytes: Uint8Array, file: string): WeightFile {
  const damaged = (found: string) => unreadable(file, 'ONNX model', found);
  let model: Message;
  try {
    model = decodeMessage('Model', bytes);
  } catch {
    throw damaged('its bytes are no complete protobuf message');
  }
  if (!model.graph || model.opsetImport.length === 0) throw damaged('it holds no graph or no operator set');
  const weights = new Map<string, { data: Float32Array; shape: number[] }>();
  const notes: string[] = [];
  let skipped = 0;
  for (const tensor of model.graph.initializers as Message[]) {
    const type = floatTypes[tensor.dataType];
    if (type) weights.set(tensor.name ?? '', readInitializer(tensor, type, file, damaged));
    else skipped++;
  }
  if (skipped) notes.push(`Skipped ${skipped} constants of the graph that are no floating-point numbers.`);
  const metadata: Record<string, string> = {};
  for (const { key, value } of model.metadata as Message[]) if (key) metadata[key] = value ?? '';
  return { file, format: 'onnx', weights, metadata, notes };
}

const externalFileOf = (tensor: Message): string =>
  tensor.externalData.find(({ key }: Message) => key === 'location')?.value ?? '';

function readInitializer(tensor: Message, type: ElementType, file: string, damaged: (found: string) => Error) {
  const shape = tensor.dimensions as number[];
  const count = countElements(shape);
  if (tensor.dataLocation === 1) throw externalFileMissing(file, [externalFileOf(tensor)]);
  const raw = tensor.rawData as Uint8Array | undefined;
  const length = raw ? raw.length / elementSizes[type] : tensor.floatData.length;
  if (length !== count) {
    const found = length === 0 ? 'no values; perhaps they lie in a file beside it' : `${length} values`;
    throw damaged(`"${tensor.name}" of shape [${shape.slice(0, 8)}] has ${found}`);
  }
  return { data: raw ? decodeElements(type, raw, 0, count) : Float32Array.from(tensor.floatData as number[]), shape };
}
