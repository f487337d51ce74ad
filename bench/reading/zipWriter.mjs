import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** Writes zips of stored files one file at a time, so that any number of images needs no memory: at most 65,535 files and 4 GB each. */
export class ZipWriter {
  #descriptor;
  #offset = 0;
  #directory = [];

  constructor(path) {
    this.#descriptor = openSync(path, 'w');
  }

  add(name, bytes) {
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(this.#offset, 10);
    this.#directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, nameBytes]));
    this.#write(Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, bytes]));
  }

  close() {
    const start = this.#offset;
    for (const entry of this.#directory) this.#write(entry);
    const end = Buffer.alloc(22);
    end.write('PK\x05\x06', 'latin1');
    end.writeUInt16LE(this.#directory.length, 8);
    end.writeUInt16LE(this.#directory.length, 10);
    end.writeUInt32LE(this.#offset - start, 12);
    end.writeUInt32LE(start, 16);
    this.#write(end);
    closeSync(this.#descriptor);
  }

  #write(bytes) {
    let done = 0;
    while (done < bytes.length) done += writeSync(this.#descriptor, bytes, done);
    this.#offset += bytes.length;
  }
}
