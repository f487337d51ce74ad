import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type FieldKind, onnxSchema } from './onnxSchema.js';

/** A decoded message: field names to numbers, strings, bytes, arrays and messages. */
// biome-ignore lint/suspicious/noExplicitAny: the schema, not the type system, says what a field holds
export type Message = Record<string, any>;

/** From here on bytes are kept as they are until the whole is put together, so that weights are copied once. */
const largeBytes = 4096;

/** A message in pieces that stand one after the other. */
interface Pieces {
  readonly pieces: Uint8Array[];
  length: number;
}

/**
 * Writes a message by the schema. Uses only the wire format of @bufbuild/protobuf: libraries that generate code at run
 * time break under a content security policy.
 */
export function encodeMessage(type: string, message: Message): Uint8Array<ArrayBuffer> {
  const { pieces, length } = encodePieces(type, message);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function encodePieces(type: string, message: Message): Pieces {
  const writer = new BinaryWriter();
  const all: Pieces = { pieces: [], length: 0 };
  const take = (piece: Uint8Array) => {
    all.pieces.push(piece);
    all.length += piece.length;
  };
  for (const [key, field] of Object.entries(onnxSchema[type])) {
    const value = message[field.name];
    if (value === undefined) continue;
    const number = Number(key);
    const { kind } = field;
    const delimited = ({ pieces, length }: Pieces) => {
      writer.tag(number, WireType.LengthDelimited).uint32(length);
      if (length < largeBytes) for (const piece of pieces) writer.raw(piece);
      else {
        take(writer.finish());
        pieces.forEach(take);
      }
    };
    if (typeof kind === 'object')
      for (const item of kind.many ? value : [value]) delimited(encodePieces(kind.message, item));
    else if (kind === 'bytes') delimited({ pieces: [value], length: value.length });
    else if (kind === 'int') writer.tag(number, WireType.Varint).int64(value);
    else if (kind === 'float') writer.tag(number, WireType.Bit32).float(value);
    else if (kind === 'string') writer.tag(number, WireType.LengthDelimited).string(value);
    else if (kind === 'strings') for (const s of value) writer.tag(number, WireType.LengthDelimited).string(s);
    else {
      writer.tag(number, WireType.LengthDelimited).fork();
      for (const item of value) {
        if (kind === 'ints') writer.int64(item);
        else if (kind === 'floats') writer.float(item);
        else writer.double(item);
      }
      writer.join();
    }
  }
  take(writer.finish());
  return all;
}

/** Messages within one: two bytes can make one, of hundreds of bytes in memory, where honest ones take many more. */
const mostMessages = (bytes: number) => Math.min(1_000_000, 300_000 + bytes / 4);

/** Reads a message by the schema; unknown fields are skipped. Byte fields are views of `bytes`. @throws where the bytes are no message */
export function decodeMessage(type: string, bytes: Uint8Array): Message {
  return readFields(new BinaryReader(bytes), type, bytes.length, { left: mostMessages(bytes.length) });
}

const repeated: readonly FieldKind[] = ['ints', 'floats', 'doubles', 'strings'];

function readFields(reader: BinaryReader, type: string, end: number, budget: { left: number }): Message {
  budget.left -= 1;
  if (budget.left < 0) throw new Error('it holds more messages than there are bytes for');
  const schema = onnxSchema[type];
  const message: Message = {};
  for (const { name, kind } of Object.values(schema)) {
    if (typeof kind === 'object' ? kind.many : repeated.includes(kind)) message[name] = [];
  }
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    const field = schema[number];
    if (!field) {
      reader.skip(wire, number);
      continue;
    }
    const { name, kind } = field;
    if (typeof kind === 'object') {
      const length = reader.uint32();
      const item = readFields(reader, kind.message, reader.pos + length, budget);
      if (kind.many) message[name].push(item);
      else message[name] = item;
    } else if (kind === 'int') message[name] = Number(reader.int64());
    else if (kind === 'float') message[name] = reader.float();
    else if (kind === 'string') message[name] = reader.string();
    else if (kind === 'bytes') message[name] = reader.bytes();
    else if (kind === 'strings') message[name].push(reader.string());
    else {
      const read = () => {
        if (kind === 'ints') message[name].push(Number(reader.int64()));
        else message[name].push(kind === 'floats' ? reader.float() : reader.double());
      };
      // Repeated numbers come packed or one by one; both are valid.
      if (wire === WireType.LengthDelimited) {
        const length = reader.uint32();
        const stop = reader.pos + length;
        while (reader.pos < stop) read();
      } else read();
    }
  }
  return message;
}
