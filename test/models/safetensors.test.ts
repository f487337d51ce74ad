import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, initialWeights, models } from '../../src/models/index.js';

const weights = new Map([
  ['conv.weight', { data: Float32Array.of(1, -2, 3.5, 1e-40, Infinity, -0), shape: [1, 2, 3] }],
  ['conv.bias', { data: Float32Array.of(0.25), shape: [1] }],
  ['scale', { data: Float32Array.of(9), shape: [] }],
  ['nothing', { data: new Float32Array(0), shape: [0, 4] }],
]);

/** A file with any header, as other programs might write it. */
function makeFile(header: unknown, body: Uint8Array = new Uint8Array(8)): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + body.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(body, 8 + json.length);
  return file;
}

const entry = (change: object = {}) => ({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change } });

describe('safetensors', () => {
  it('comes back the same: names in order, shapes, every bit, metadata', () => {
    const metadata = { classes: 'akiec bcc', comment: 'Nävus' };
    const found = decodeSafetensors(encodeSafetensors(weights, metadata), 'w.safetensors');
    expect([...found.weights]).toEqual([...weights]);
    expect(found.metadata).toEqual(metadata);
  });

  it("writes the format's layout: length, JSON, tensors from a multiple of 8 without gaps", () => {
    const file = encodeSafetensors(weights);
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    expect((8 + length) % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    expect(header).toEqual({
      __metadata__: {},
      'conv.weight': { dtype: 'F32', shape: [1, 2, 3], data_offsets: [0, 24] },
      'conv.bias': { dtype: 'F32', shape: [1], data_offsets: [24, 28] },
      scale: { dtype: 'F32', shape: [], data_offsets: [28, 32] },
      nothing: { dtype: 'F32', shape: [0, 4], data_offsets: [32, 32] },
    });
    expect(file.length).toBe(8 + length + 32);
  });

  it('reads parts of larger arrays at any offset, and writes views of larger arrays', () => {
    const large = Float32Array.of(7, 8, 9, 10);
    const bytes = encodeSafetensors(new Map([['part', { data: large.subarray(1, 3), shape: [2] }]]));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const view of [shifted.subarray(3), Buffer.from(shifted.buffer, 3)]) {
      expect([...decodeSafetensors(view, 'w').weights.get('part')!.data]).toEqual([8, 9]);
    }
  });

  it('gives copies: writing into the weights leaves the file alone', () => {
    const file = Buffer.from(encodeSafetensors(weights));
    const kept = Buffer.from(file);
    decodeSafetensors(file, 'w').weights.get('conv.bias')!.data[0] = 5;
    expect(file.equals(kept)).toBe(true);
  });

  it.each([1, 7, 8, 20, 200])('refuses a LeNet cut off after %i bytes, and one byte short', (length) => {
    const size = { model: models.lenet, classCount: 7, imageSize: 32 };
    const whole = encodeSafetensors(initialWeights(size, 0));
    for (const bytes of [whole.subarray(0, length), whole.subarray(0, whole.length - 1)]) {
      expect(() => decodeSafetensors(bytes, 'lenet.safetensors')).toThrow(
        expect.objectContaining({
          kind: 'run',
          code: 'weights-unreadable',
          message: expect.stringContaining('lenet.safetensors'),
        }),
      );
    }
  });

  it.each([
    ['another type', entry({ dtype: 'C64' }), /"w" has type C64, expected/],
    ['a shape that does not fill its bytes', entry({ shape: [3] }), /"w" has 8 bytes for .*\[3\]/],
    ['an end beyond the file', entry({ shape: [4], data_offsets: [0, 16] }), /"w" ends at byte/],
    ['negative offsets', entry({ data_offsets: [-8, 0] }), /"w"/],
    ['no offsets', { w: { dtype: 'F32', shape: [2] } }, /"w"/],
    ['a number for a tensor', { w: 3 }, /"w"/],
    ['null for a header', 'null', /header/],
    ['text for a header', '{"w": ', /header/],
  ])('refuses %s', (_, header, message) => {
    expect(() => decodeSafetensors(makeFile(header), 'other.safetensors')).toThrow(message);
    expect(() => decodeSafetensors(makeFile(header), 'other.safetensors')).toThrow(
      expect.objectContaining({ kind: 'run', code: 'weights-unreadable' }),
    );
  });

  it('refuses what is no safetensors file at all', () => {
    const zip = Uint8Array.from({ length: 400 }, (_, i) => (i < 4 ? [0x50, 0x4b, 3, 4][i] : 255));
    expect(() => decodeSafetensors(zip, 'weights.pth')).toThrow(/weights.pth is no readable safetensors file/);
    expect(() => decodeSafetensors(new Uint8Array(), 'empty')).toThrow(/its 0 bytes/);
  });
});
