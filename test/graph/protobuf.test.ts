import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../../src/graph/protobuf.js';

const tensor = (write: (writer: BinaryWriter) => void) => {
  const writer = new BinaryWriter();
  write(writer);
  return decodeMessage('Tensor', writer.finish());
};

describe('decodeMessage', () => {
  it('reads repeated numbers packed, one by one, and both mixed', () => {
    const found = tensor((writer) => {
      writer.tag(1, WireType.LengthDelimited).fork().int64(2).int64(3).join();
      writer.tag(1, WireType.Varint).int64(500);
      writer.tag(4, WireType.Bit32).float(0.5);
      writer.tag(4, WireType.LengthDelimited).fork().float(-2).float(1e30).join();
    });
    expect(found.dimensions).toEqual([2, 3, 500]);
    expect(found.floatData).toEqual([0.5, -2, Math.fround(1e30)]);
  });

  it('skips fields that it does not know, of every wire type', () => {
    const found = tensor((writer) => {
      writer.tag(99, WireType.Varint).int64(7);
      writer.tag(98, WireType.Bit64).double(1.5);
      writer.tag(97, WireType.Bit32).float(1.5);
      writer.tag(96, WireType.LengthDelimited).string('from a later version');
      writer.tag(95, WireType.StartGroup).tag(1, WireType.Varint).int64(1).tag(95, WireType.EndGroup);
      writer.tag(8, WireType.LengthDelimited).string('conv1.weight');
    });
    expect(found.name).toBe('conv1.weight');
    expect(found).toEqual({ ...decodeMessage('Tensor', new Uint8Array()), name: 'conv1.weight' });
  });

  it('gives empty arrays for repeated fields that are missing, and nothing for single ones', () => {
    const found = decodeMessage('Graph', new Uint8Array());
    expect(found).toEqual({ nodes: [], initializers: [], inputs: [], outputs: [], sparseInitializers: [] });
  });

  it('reads negative numbers and the largest exact ones', () => {
    const values = [-1, 0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    expect(decodeMessage('Attribute', encodeMessage('Attribute', { ints: values })).ints).toEqual(values);
  });

  it('keeps the last of a single field that comes twice', () => {
    const writer = new BinaryWriter();
    for (const name of ['first', 'second']) writer.tag(1, WireType.LengthDelimited).string(name);
    expect(decodeMessage('Attribute', writer.finish()).name).toBe('second');
  });

  it('refuses bytes that end in the middle of a field', () => {
    const whole = encodeMessage('Tensor', { name: 'weight', dimensions: [3], rawData: new Uint8Array(12) });
    for (const length of [whole.length - 1, whole.length - 12, 2])
      expect(() => decodeMessage('Tensor', whole.subarray(0, length)), `${length} bytes`).toThrow();
  });
});

describe('encodeMessage', () => {
  it('is undone by decodeMessage for any attribute', () => {
    // A session of onnxruntime in this process makes denormal numbers zero.
    const float = fc.float({ noNaN: true }).map((value) => (Math.abs(value) < 2 ** -126 ? 0 : value));
    const attribute = fc.record({
      name: fc.string(),
      float,
      int: fc.maxSafeInteger(),
      string: fc.uint8Array(),
      floats: fc.array(float),
      ints: fc.array(fc.maxSafeInteger()),
      type: fc.integer({ min: 1, max: 14 }),
    });
    fc.assert(
      fc.property(attribute, (message) => {
        // Repeated fields that the message lacks are empty.
        const expected = { tensors: [], graphs: [], strings: [], ...message };
        expect(decodeMessage('Attribute', encodeMessage('Attribute', message))).toEqual(expected);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('writes text as UTF-8', () => {
    const message = { key: 'classes', value: 'nævus, 痣 🩺' };
    expect(decodeMessage('StringEntry', encodeMessage('StringEntry', message))).toEqual(message);
  });
});
