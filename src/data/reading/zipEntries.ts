import { dataError } from '../../errors.js';

/** What the directory of a zip says of an entry. */
export interface ZipEntryClaim {
  readonly path: string;
  /** Bytes in the zip, and unpacked. */
  readonly packed: number;
  readonly unpacked: number;
}

const mebibyte = 2 ** 20;
/** What is read whole is an image or a table; those that were published have a quarter of it. */
const mostWhole = 512 * mebibyte;
/** Below it, what an entry claims does no harm. */
const unsuspicious = 64 * mebibyte;
/** Tables shrink to a tenth, empty bitmaps to a thousandth, and those are small. */
const mostRatio = 100;

/** Why an entry's name leads out of the folder that the zip stands for; undefined where it doesn't. */
function whyUnsafe(path: string): string | undefined {
  if (path.includes('\0')) return 'has a byte of zero in its name';
  if (/^[/\\]/.test(path)) return 'names a place from the root of a disk on';
  if (/^[a-z]:/i.test(path)) return 'names a drive of Windows';
  if (path.split(/[/\\]/).includes('..')) return 'leads out of its folder';
  return undefined;
}

/**
 * Looks at the entries of a zip while they are listed, before any is unpacked: names that lead elsewhere, and entries that share their bytes, so that
 * a small zip holds more than any disk.
 */
export class ZipListing {
  #packed = 0;

  /** @param location of the zip, for messages @param byteLength its size */
  constructor(
    readonly location: string,
    readonly byteLength: number,
  ) {}

  /** @throws LesionlabError kind `data` where the zip is not to be read */
  add({ path, packed }: ZipEntryClaim): void {
    const unsafe = whyUnsafe(path);
    if (unsafe)
      throw dataError('unsafe-zip-entry', `${this.location} holds an entry that ${unsafe}: ${JSON.stringify(path)}.`, {
        hint: 'Nothing of it was read. Where you trust who made it, unpack it and pack its files again from within their folder.',
      });
    this.#packed += packed;
    if (this.#packed > this.byteLength)
      throw dataError(
        'overlapping-zip',
        `${this.location} has entries that lie over one another: together they take more than its ${this.byteLength} bytes.`,
        { hint: 'No program that packs files writes this; nothing of it was read. Fetch it again from its home.' },
      );
  }
}

const inMebibytes = (bytes: number) => `${Math.round(bytes / mebibyte).toLocaleString('en-US')} MiB`;

/**
 * Refuses what an entry claims to come to, before it is unpacked.
 * @param whole whether all of it is held in memory at once @throws Error that says why
 */
export function requireHonestSize(
  { packed, unpacked }: Pick<ZipEntryClaim, 'packed' | 'unpacked'>,
  whole: boolean,
): void {
  if (unpacked > unsuspicious && unpacked > mostRatio * packed)
    throw new Error(`its ${packed} bytes claim to unpack to ${inMebibytes(unpacked)}, as no image and no table does`);
  if (whole && unpacked > mostWhole)
    throw new Error(`it is ${inMebibytes(unpacked)} large, and at most ${inMebibytes(mostWhole)} are read at once`);
}
