import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc32c, openEventFile } from '../../../src/node/training/tensorBoard.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-events-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('crc32c', () => {
  it('gives the values of RFC 3720, appendix B.4, and the usual check value', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
    expect(crc32c(ascii('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });
});

/** The reverse of masking, as TensorFlow's crc32c.h has it. */
function unmask(masked: number): number {
  const turned = (masked - 0xa282ead8) >>> 0;
  return ((turned >>> 17) | (turned << 15)) >>> 0;
}

/** Splits a TFRecord file and checks both sums of each record. */
function readRecords(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(unmask(view.getUint32(at + 8, true))).toBe(crc32c(bytes.subarray(at, at + 8)));
    expect(unmask(view.getUint32(at + 12 + length, true))).toBe(crc32c(data));
    records.push(data);
    at += 16 + length;
  }
  return records;
}

type Fields = Record<number, unknown>;

/** Fields by number; nested messages stay bytes. */
function readFields(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  const fields: Fields = {};
  while (reader.pos < bytes.length) {
    const [number, wire] = reader.tag();
    if (wire === WireType.Varint) fields[number] = Number(reader.int64());
    else if (wire === WireType.Bit64) fields[number] = reader.double();
    else if (wire === WireType.Bit32) fields[number] = reader.float();
    else fields[number] = reader.bytes();
  }
  return fields;
}

const text = (bytes: unknown) => new TextDecoder().decode(bytes as Uint8Array);

describe('openEventFile', () => {
  it('writes the version, then one event a scalar, readable while it is open', () => {
    const file = openEventFile(join(folder, 'tensorboard'));
    file.scalar('loss/train', 1.5, 10, 1_700_000_000.25);
    file.scalar('accuracy/validation (ä)', -(2 ** 40), 2 ** 40, 1_700_000_001);
    const [version, first, second, ...rest] = readRecords(readFileSync(file.path)).map(readFields);
    expect(rest).toEqual([]);
    expect(text(version[3])).toBe('brain.Event:2');
    expect(version[1]).toBeGreaterThan(1_700_000_000);
    expect({ time: first[1], step: first[2] }).toEqual({ time: 1_700_000_000.25, step: 10 });
    const scalarOf = (event: Fields) => readFields(readFields(event[5] as Uint8Array)[1] as Uint8Array);
    expect(text(scalarOf(first)[1])).toBe('loss/train');
    expect(scalarOf(first)[2]).toBe(1.5);
    expect(second[2]).toBe(2 ** 40);
    expect(text(scalarOf(second)[1])).toBe('accuracy/validation (ä)');
    expect(scalarOf(second)[2]).toBe(-(2 ** 40));
    file.close();
    file.close();
    expect(() => file.scalar('x', 1, 1)).toThrow('closed');
  });

  it('begins a new file each time, with a name that TensorBoard looks for', () => {
    const files = [openEventFile(folder), openEventFile(folder)];
    for (const file of files) file.close();
    expect(readdirSync(folder).sort()).toEqual(files.map(({ path }) => basename(path)).sort());
    expect(new Set(readdirSync(folder)).size).toBe(2);
    for (const name of readdirSync(folder)) expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
  });

  it('says where it cannot write', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openEventFile(join(folder, 'file', 'below'))).toThrow(
      expect.objectContaining({ kind: 'run', code: 'not-writable' }),
    );
  });
});
