import { fromLatin1 } from './utf8.js';

/** Reads little-endian numbers one after the other and never past the end. */
export class ByteCursor {
  readonly #view: DataView;

  /** @param pastEnd makes the error for a read past the end */
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
    readonly pastEnd: (found: string) => Error,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Moves over `length` bytes and says where they begin. @throws what `pastEnd` makes, where there are fewer */
  skip(length: number): number {
    const begin = this.at;
    if (!(length >= 0 && begin >= 0 && begin + length <= this.bytes.length)) {
      throw this.pastEnd(`it ends at byte ${this.bytes.length}, but byte ${begin + length} is needed`);
    }
    this.at += length;
    return begin;
  }

  /** The next bytes, a view. */
  take(length: number): Uint8Array {
    const begin = this.skip(length);
    return this.bytes.subarray(begin, begin + length);
  }

  uint8 = (): number => this.#view.getUint8(this.skip(1));
  uint16 = (): number => this.#view.getUint16(this.skip(2), true);
  uint32 = (): number => this.#view.getUint32(this.skip(4), true);
  int32 = (): number => this.#view.getInt32(this.skip(4), true);
  /** As a number: exact up to 2^53, which is beyond any length of bytes. */
  uint64 = (): number => Number(this.#view.getBigUint64(this.skip(8), true));
  /** Big-endian, which is how pickles write it. */
  float64BigEndian = (): number => this.#view.getFloat64(this.skip(8), false);

  /** Text up to the next line feed, which is passed over. */
  line(): string {
    const stop = this.bytes.indexOf(10, this.at);
    if (stop < 0) throw this.pastEnd(`it ends at byte ${this.bytes.length}, within a line of text`);
    const text = fromLatin1(this.take(stop - this.at));
    this.at++;
    return text;
  }
}
