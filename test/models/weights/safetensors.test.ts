import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LesionlabError } from '../../../src/errors.js';
import { decodeSafetensors, encodeSafetensors, withBatchCounters } from '../../../src/models/weights/safetensors.js';
import { wave } from '../../wave.js';

interface Header {
  [name: string]: { dtype: string; shape: number[]; data_offsets: [number, number] };
}

function headerOf(file: Uint8Array): { header: Header; begin: number } {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  return { header, begin: 8 + length };
}

/** What JSON.parse reads, but JSON.stringify and String() overflow the stack on. */
const deepList = '['.repeat(100_000) + ']'.repeat(100_000);

/** A file with any header; "DEEP" in it becomes the deep list. */
function fileWith(header: unknown, dataLength: number): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header).replaceAll('"DEEP"', deepList));
  const file = new Uint8Array(8 + json.length + dataLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

/** torchvision's ResNet-18, from makeStateDict.py: 122 entries, 20 of them int64 counters. */
const stateDict: { name: string; shape: number[]; type: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/weights/resnet18StateDict.json'), 'utf8'),
);

describe('encodeSafetensors', () => {
  it('writes exactly the names, shapes and types of a state dict of PyTorch, each at a multiple of its size', () => {
    // Weights as lesionlab holds them: float32, no counters. Zero-filled, since 45 MB of values are not the point.
    const weights = new Map(
      stateDict
        .filter(({ type }) => type === 'F32')
        .map(({ name, shape }) => [name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }]),
    );
    const { header, begin } = headerOf(encodeSafetensors(withBatchCounters(weights, 12), { model: 'resnet18' }));
    const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
    expect(entries.map(([name, { dtype, shape }]) => ({ name, shape, type: dtype }))).toEqual(stateDict);
    for (const [, { dtype, data_offsets: offsets }] of entries) {
      expect((begin + offsets[0]) % (dtype === 'I64' ? 8 : 4)).toBe(0);
    }
    // No holes: each begins where the one before it ends.
    const ranges = entries.map(([, tensor]) => tensor.data_offsets).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    expect(ranges[0][0]).toBe(0);
    for (let i = 1; i < ranges.length; i++) expect(ranges[i][0]).toBe(ranges[i - 1][1]);
  });

  it('round trip: values, shapes, order, counters, metadata', () => {
    const weights = new Map([
      ['conv.weight', { data: wave(6, 0), shape: [2, 3] }],
      ['bn.running_var', { data: wave(3, 1), shape: [3] }],
    ]);
    const read = decodeSafetensors(encodeSafetensors(withBatchCounters(weights, 41), { über: 'ä "quoted"' }), 'f');
    expect([...read.weights.keys()]).toEqual(['conv.weight', 'bn.running_var', 'bn.num_batches_tracked']);
    expect(read.weights.get('conv.weight')).toEqual(weights.get('conv.weight'));
    expect(read.weights.get('bn.num_batches_tracked')).toEqual({ data: Float32Array.of(41), shape: [] });
    expect(read.types.get('bn.num_batches_tracked')).toBe('I64');
    expect(read.metadata).toEqual({ über: 'ä "quoted"' });
  });

  it('writes counters that were read as float32 as int64 again', () => {
    const weights = new Map([['bn.num_batches_tracked', { data: Float32Array.of(41), shape: [] }]]);
    expect(headerOf(encodeSafetensors(weights)).header['bn.num_batches_tracked'].dtype).toBe('I64');
    expect([...withBatchCounters(weights, 3).keys()]).toEqual([]);
  });
});

describe('decodeSafetensors', () => {
  it('reads every type', () => {
    const types = { F64: 8, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 };
    for (const [dtype, size] of Object.entries(types)) {
      const file = fileWith({ x: { dtype, shape: [2], data_offsets: [0, 2 * size] } }, 2 * size);
      expect(decodeSafetensors(file, 'f').weights.get('x')).toEqual({ data: new Float32Array(2), shape: [2] });
    }
  });

  const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  it.each<[string, unknown, string]>([
    ['a type it does not know', { x: { ...entry, dtype: 'F8_E4M3' } }, 'has type F8_E4M3'],
    ['a type that is a list without end', { x: { ...entry, dtype: 'DEEP' } }, 'has type of no name'],
    ['a shape that is no list', { x: { ...entry, shape: 'big' } }, 'shape'],
    ['a shape without end', { x: { ...entry, shape: 'DEEP' } }, 'shape'],
    ['a negative length', { x: { ...entry, shape: [-2, -1] } }, 'shape'],
    ['offsets that are missing', { x: { dtype: 'F32', shape: [2] } }, 'where its bytes lie'],
    ['negative offsets', { x: { ...entry, data_offsets: [-8, 0] } }, 'where its bytes lie'],
    ['offsets past the end', { x: { ...entry, data_offsets: [8, 16] } }, 'ends at byte'],
    ['fewer bytes than the shape', { x: { ...entry, data_offsets: [0, 4] } }, 'has 4 bytes'],
    ['an entry that is null', { x: null }, 'has type of no name'],
    ['a list', [entry], 'no object'],
    ['bytes of no tensor', { x: { ...entry, shape: [1], data_offsets: [0, 4] } }, '4 bytes at its end'],
  ])('refuses %s', (_, header, message) => {
    const read = () => decodeSafetensors(fileWith(header, 8), 'some.safetensors');
    expect(read).toThrow(LesionlabError);
    expect(read).toThrow(message);
  });

  it('refuses a small file whose tensors share bytes to fill the memory', () => {
    const length = 2 ** 20;
    const header = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`x${i}`, { dtype: 'U8', shape: [length], data_offsets: [0, length] }]),
    );
    expect(() => decodeSafetensors(fileWith(header, length), 'f')).toThrow('more values than it has bytes');
  });
});
