import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { runError } from '../../errors.js';
import { checkLease } from '../files/lease/heldFolders.js';

/** A file that TensorBoard shows as curves. */
export interface EventFile {
  readonly path: string;
  /** @param tag name of the curve, for example `loss/train`; @param wallTime seconds since 1970, now where left out */
  /** Adds a number. @param tag name of its chart @param step from 1 */
  scalar(tag: string, value: number, step: number, wallTime?: number): void;
  /** Closes the file. */
  close(): void;
}

/**
 * Begins a new event file in a folder; each point is on the disk at once, so that TensorBoard shows a training under way.
 * A training that is resumed begins another file there, which TensorBoard puts behind the earlier ones.
 * @throws LesionlabError kind `run` where the folder can't be written
 */
export function openEventFile(folder: string): EventFile {
  const { path, file } = createFile(folder);
  let open = true;
  const write = (event: Uint8Array) => {
    checkLease(path);
    try {
      writeSync(file, frameRecord(event));
    } catch (cause) {
      throw cannotWrite(path, cause as Error);
    }
  };
  write(encodeVersion(now()));
  return {
    path,
    scalar(tag, value, step, wallTime = now()) {
      if (!open) throw new Error(`${path} is closed.`);
      write(encodeScalar(tag, value, step, wallTime));
    },
    close() {
      if (open) closeSync(file);
      open = false;
    },
  };
}

const now = () => Date.now() / 1000;

/** TensorBoard recognises `tfevents` in the name and reads files in the order of their names. */
function createFile(folder: string): { path: string; file: number } {
  const start = String(Math.floor(now())).padStart(10, '0');
  for (let number = 0; ; number++) {
    const path = join(folder, `events.out.tfevents.${start}.${hostname()}.${process.pid}.${number}`);
    try {
      mkdirSync(folder, { recursive: true });
      return { path, file: openSync(path, 'wx') };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST' || number > 1000) throw cannotWrite(path, cause as Error);
    }
  }
}

const cannotWrite = (path: string, cause: Error) =>
  runError('not-writable', `Cannot write ${path}: ${cause.message}`, { cause });

/** tensorflow/core/util/event.proto, message Event: wall_time = 1, step = 2, file_version = 3, summary = 5. */
function encodeVersion(wallTime: number): Uint8Array {
  return new BinaryWriter()
    .tag(1, WireType.Bit64)
    .double(wallTime)
    .tag(3, WireType.LengthDelimited)
    .string('brain.Event:2')
    .finish();
}

/** Within Event's summary (tensorflow/core/framework/summary.proto): value = 1, and in it tag = 1, simple_value = 2. */
function encodeScalar(tag: string, value: number, step: number, wallTime: number): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.Bit64).double(wallTime).tag(2, WireType.Varint).int64(step);
  writer.tag(5, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(tag).tag(2, WireType.Bit32).float(value);
  return writer.join().join().finish();
}

/** TFRecord: length (uint64), its masked CRC, the bytes, their masked CRC; all little-endian. */
function frameRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(16 + data.length);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return record;
}

/** A checksum of data that holds checksums itself is weak: TensorFlow turns and shifts it (tensorflow/core/lib/hash/crc32c.h). */
function maskedCrc(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C (Castagnoli; RFC 3720, appendix B.4). */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
