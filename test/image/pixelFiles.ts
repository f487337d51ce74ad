import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp, { type JpegOptions, type Sharp } from 'sharp';
import { Random } from '../../src/random.js';
import { channelsOf, chunk, numbers, type PngOptions, type Sample, writePng } from './writePng.js';

/** A file and what must come of it, in Node and in the page. */
export interface PixelFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** RGB as the rule has it, where that is known without decoding, and how far from it a pixel may be. */
  readonly expected?: {
    readonly width: number;
    readonly height: number;
    readonly rgb: Uint8Array;
    /** How far a level may be from it; default 0. */
    readonly within?: number;
  };
  /** How far Node's and the page's levels may be apart. */
  readonly tolerance: number;
  /** What the refusal must say. */
  readonly refused?: RegExp;
}

const width = 37;
const height = 29;
const colours = picture(width, height);
const colour: Sample = (x, y, c) => colours[(y * width + x) * 3 + Math.min(c, 2)];
const alpha: Sample = (x, y) => (x * 7 + y * 5) & 255;
/** Low bytes that a cut to 8 bits drops. */
const deep: Sample = (x, y, c) => (colour(x, y, c) << 8) | ((x * 31 + y * 17 + c) & 255);

/** A dark spot on skin with noise. */
function picture(w: number, h: number): Uint8Array {
  const random = new Random(3, 'pixel files');
  return Uint8Array.from({ length: w * h * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % w, Math.floor(i / 3 / w), i % 3];
    const spot = 1 / (1 + Math.exp((Math.hypot(x / w - 0.45, y / h - 0.5) - 0.25) * 40));
    const level = [225, 180, 160][c] * (1 - spot) + [90, 50, 45][c] * spot + (random.next() - 0.5) * 24;
    return Math.max(0, Math.min(255, Math.round(level)));
  });
}

const png = (options: Omit<PngOptions, 'width' | 'height'>) => writePng({ width, height, ...options });

function expectedOf(sample: Sample, within = 0) {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) =>
    Math.round(sample(Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3)),
  );
  return { width, height, rgb, within };
}

const exifOf = (orientation: number) =>
  Buffer.concat([
    Buffer.from('MM\0*', 'latin1'),
    numbers(4, 8),
    numbers(2, 1, 0x112, 3),
    numbers(4, 1),
    numbers(2, orientation, 0),
    numbers(4, 0),
  ]);

async function profileOf(name: string): Promise<Buffer> {
  const blank = sharp({ create: { width: 4, height: 4, channels: 3, background: '#c83c32' } });
  const { icc } = await sharp(await blank.withIccProfile(name).png().toBuffer()).metadata();
  return icc!;
}

/** PNGs of every kind of pixel, and with every chunk that could move colours or turn the picture. */
function pngFiles(profiles: Readonly<Record<'srgb' | 'p3', Buffer>>): PixelFile[] {
  const profile = (icc: Buffer) => chunk('iCCP', Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflateSync(icc)]));
  const made = (name: string, options: Omit<PngOptions, 'width' | 'height'>, seen: Sample): PixelFile => ({
    name: `${name}.png`,
    bytes: png(options),
    // 16 bits are cut to 8 before they are laid on black: a level where they are transparent too.
    expected: expectedOf(seen, options.depth === 16 ? 1 : 0),
    tolerance: 0,
  });
  const rgb = (name: string, before: readonly Buffer[], seen: Sample = colour) =>
    made(name, { type: 2, depth: 8, sample: colour, before }, seen);
  const files: PixelFile[] = [];
  for (const interlaced of [false, true]) {
    const suffix = interlaced ? ', interlaced' : '';
    for (const depth of [1, 2, 4, 8] as const) {
      const step = 255 / (2 ** depth - 1);
      const cut: Sample = (x, y) => colour(x, y, 0) >> (8 - depth);
      files.push(
        made(`grey ${depth} bit${suffix}`, { type: 0, depth, sample: cut, interlaced }, (x, y) => cut(x, y, 0) * step),
      );
      const table = Uint8Array.from({ length: 3 << depth }, (_, i) => i * 37 + 11);
      const opacity = Uint8Array.from({ length: 1 << depth }, (_, i) => i * 53);
      const palette = { type: 3, depth, sample: cut, interlaced } as const;
      const chunks = [chunk('PLTE', Buffer.from(table))];
      const entry: Sample = (x, y, c) => table[cut(x, y, 0) * 3 + c];
      files.push(made(`palette ${depth} bit${suffix}`, { ...palette, before: chunks }, entry));
      files.push(
        made(
          `palette ${depth} bit, transparent${suffix}`,
          { ...palette, before: [...chunks, chunk('tRNS', Buffer.from(opacity))] },
          (x, y, c) => (entry(x, y, c) * opacity[cut(x, y, 0)]) / 255,
        ),
      );
    }
    for (const [name, type] of [
      ['grey', 0],
      ['rgb', 2],
      ['grey and alpha', 4],
      ['rgb and alpha', 6],
    ] as const) {
      const alphaChannel = type >= 4 ? channelsOf[type] - 1 : -1;
      const grey = type === 0 || type === 4;
      const seen: Sample = (x, y, c) => (colour(x, y, grey ? 0 : c) * (alphaChannel < 0 ? 255 : alpha(x, y, 0))) / 255;
      const eight: Sample = (x, y, c) => (c === alphaChannel ? alpha(x, y, 0) : colour(x, y, c));
      const sixteen: Sample = (x, y, c) => (c === alphaChannel ? alpha(x, y, 0) * 257 : deep(x, y, c));
      if (type > 0) files.push(made(`${name} 8 bit${suffix}`, { type, depth: 8, sample: eight, interlaced }, seen));
      files.push(made(`${name} 16 bit${suffix}`, { type, depth: 16, sample: sixteen, interlaced }, seen));
    }
  }
  const key = [224, 160, 160];
  const coarse: Sample = (x, y, c) => colour(x, y, c) & ~31;
  const keyed: Sample = (x, y, c) => (key.every((value, k) => coarse(x, y, k) === value) ? 0 : coarse(x, y, c));
  const sRgb16: Sample = (x, y, c) => colour(x, y, c) * 257;
  files.push(
    made(
      'a transparent colour',
      { type: 2, depth: 8, sample: coarse, before: [chunk('tRNS', numbers(2, ...key))] },
      keyed,
    ),
    made(
      'a transparent grey',
      { type: 0, depth: 8, sample: coarse, before: [chunk('tRNS', numbers(2, 224))] },
      (x, y) => (coarse(x, y, 0) === 224 ? 0 : coarse(x, y, 0)),
    ),
    rgb('profile sRGB', [profile(profiles.srgb)]),
    rgb('profile Display P3', [profile(profiles.p3)]),
    rgb('profile broken', [profile(Buffer.from('no profile at all'))]),
    made('16 bit, profile sRGB', { type: 2, depth: 16, sample: sRgb16, before: [profile(profiles.srgb)] }, colour),
    made('16 bit, profile Display P3', { type: 2, depth: 16, sample: sRgb16, before: [profile(profiles.p3)] }, colour),
    rgb('gamma 0.45', [chunk('gAMA', numbers(4, 45455))]),
    rgb('gamma 1', [chunk('gAMA', numbers(4, 100_000))]),
    rgb('chunk sRGB', [chunk('sRGB', Buffer.from([0])), chunk('gAMA', numbers(4, 45455))]),
    rgb('chromaticities', [chunk('cHRM', numbers(4, 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))]),
    rgb('coding-independent code points', [chunk('cICP', Buffer.from([12, 13, 0, 1]))]),
    rgb('significant bits', [chunk('sBIT', Buffer.from([5, 6, 5]))]),
    rgb('upside down', [chunk('eXIf', exifOf(3))], (x, y, c) => colour(width - 1 - x, height - 1 - y, c)),
    rgb('a wrong orientation', [chunk('eXIf', exifOf(9))]),
    made(
      'orientation behind the pixels',
      { type: 2, depth: 8, sample: colour, after: [chunk('eXIf', exifOf(6))] },
      colour,
    ),
  );
  const whole = png({ type: 2, depth: 8, sample: colour });
  const refused = (name: string, bytes: Uint8Array, why: RegExp): PixelFile => ({
    name: `${name}.png`,
    bytes,
    tolerance: 0,
    refused: why,
  });
  const frames = [chunk('acTL', numbers(4, 2, 0))];
  files.push(
    {
      ...made('bytes behind the end', { type: 2, depth: 8, sample: colour }, colour),
      bytes: Buffer.concat([whole, whole]),
    },
    refused('cut off in the pixels', whole.subarray(0, whole.length - 200), /PNG was cut off/),
    refused('cut off before the end', whole.subarray(0, whole.length - 12), /PNG was cut off/),
    refused(
      'a wrong checksum',
      Buffer.from(whole).fill(whole[whole.length - 14] ^ 1, whole.length - 14, whole.length - 13),
      /PNG is damaged/,
    ),
    refused('animated', png({ type: 2, depth: 8, sample: colour, before: frames }), /animated PNG/),
  );
  return files;
}

/** JPEGs, WebPs, and what is neither. Decoded pixels are known for lossless ones only. */
async function otherFiles(): Promise<PixelFile[]> {
  const [w, h] = [200, 150];
  const pixels = picture(w, h);
  const image = () => sharp(pixels, { raw: { width: w, height: h, channels: 3 } });
  const file = (name: string, bytes: Uint8Array, tolerance = 2): PixelFile => ({ name, bytes, tolerance });
  const refused = (name: string, bytes: Uint8Array, why: RegExp): PixelFile => ({
    ...file(name, bytes),
    refused: why,
  });
  const jpeg = async (chromaSubsampling: string, options: JpegOptions = {}, made = image()) =>
    await made.jpeg({ quality: 90, chromaSubsampling, ...options }).toBuffer();
  const full = await jpeg('4:4:4');
  const half = await jpeg('4:2:0');
  const blocks = Uint8Array.from({ length: w * h * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return (Math.floor((pixel % w) / 13) + Math.floor(pixel / w / 11)) % 2
      ? [230, 20, 30][i % 3]
      : [20, 40, 220][i % 3];
  });
  const edges = () => sharp(blocks, { raw: { width: w, height: h, channels: 3 } });
  const inks = await jpeg('4:4:4', {}, image().toColourspace('cmyk'));
  const adobe = inks.indexOf('Adobe');
  const ycck = Buffer.from(inks).fill(2, adobe + 11, adobe + 12);
  const withoutAdobe = Buffer.concat([inks.subarray(0, adobe - 4), inks.subarray(adobe + 12)]);
  const files = [
    file('full colour.jpg', full),
    file('halved colour.jpg', half),
    file('halved colour, coarse.jpg', await jpeg('4:2:0', { quality: 50 })),
    file('halved colour, progressive.jpg', await jpeg('4:2:0', { progressive: true })),
    file('halved colour, hard edges.jpg', await jpeg('4:2:0', { quality: 95 }, edges())),
    file(
      'halved colour, odd size.jpg',
      await jpeg('4:2:0', {}, edges().extract({ left: 3, top: 1, width: 151, height: 113 })),
    ),
    file('grey.jpg', await jpeg('4:4:4', {}, image().toColourspace('b-w'))),
    file('profile Display P3.jpg', await jpeg('4:4:4', {}, image().withIccProfile('p3'))),
    file('inks with a profile.jpg', await jpeg('4:4:4', {}, image().toColourspace('cmyk').withIccProfile('cmyk'))),
    file('inks.jpg', inks),
    file('inks as brightness and colour.jpg', ycck),
    file("inks without Adobe's mark.jpg", withoutAdobe),
    file('bytes behind the end.jpg', Buffer.concat([half, Buffer.from('and more')])),
    refused('cut off.jpg', half.subarray(0, half.length >> 1), /JPEG is damaged or was cut off/),
    refused('cut off before the end.jpg', half.subarray(0, half.length - 2), /JPEG is damaged or was cut off/),
    refused('cut off in the header.jpg', half.subarray(0, 100), /JPEG is damaged or was cut off/),
    refused('damaged.jpg', Buffer.from(half).fill(255, half.length >> 1, (half.length >> 1) + 200), /JPEG is damaged/),
    refused('lossless JPEG.jpg', markFrame(full, 0xc3), /JPEG compressed in a rare way/),
    file('lossless.webp', await image().webp({ lossless: true }).toBuffer(), 0),
    file('lossy.webp', await image().webp({ quality: 80 }).toBuffer()),
    file('transparent.webp', await withAlpha(pixels, w, h).webp({ lossless: true, exact: true }).toBuffer(), 0),
    file('profile Display P3.webp', await image().withIccProfile('p3').webp({ lossless: true }).toBuffer(), 0),
    refused('turned.webp', await image().withMetadata({ orientation: 6 }).webp().toBuffer(), /WebP that its EXIF data/),
    refused('gif.png', await image().gif().toBuffer(), /a GIF image/),
    {
      ...file('tiff.jpg', await image().tiff({ compression: 'none' }).toBuffer(), 0),
      expected: { width: w, height: h, rgb: pixels },
    },
    ...(await sharpTiffs(pixels, w, h)),
    ...(await avifFiles(image)),
    refused('heic.jpg', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), /a HEIC image/),
    refused(
      'drawing.png',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      /an SVG drawing/,
    ),
    refused(
      'drawing.jpg',
      Buffer.from('<?xml version="1.0"?>\n<!-- x --><svg width="9" height="9"/>'),
      /an SVG drawing/,
    ),
    refused('words.bmp', Buffer.from('BMW cars, and no picture at all: a table of them.'), /holds text/),
    refused('text.jpg', Buffer.from('These are notes and no picture.'), /holds text/),
    refused('page.jpg', Buffer.from('<!DOCTYPE html><html><p>Not found'), /a web page/),
    refused(
      'pointer.png',
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
      /pointer of Git LFS/,
    ),
    refused('nothing.png', Buffer.alloc(0), /nothing \(0 bytes\)/),
  ];
  for (let orientation = 2; orientation <= 8; orientation++)
    files.push(file(`orientation ${orientation}.jpg`, await jpeg('4:4:4', {}, image().withMetadata({ orientation }))));
  return files;
}

/** The same file with another kind of frame named in its header. */
function markFrame(jpeg: Buffer, marker: number): Buffer {
  const at = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  return Buffer.from(jpeg).fill(marker, at + 1, at + 2);
}

function withAlpha(rgb: Uint8Array, w: number, h: number): Sharp {
  const rgba = Uint8Array.from({ length: w * h * 4 }, (_, i) =>
    i % 4 === 3 ? (i >> 2) % 256 : rgb[Math.floor(i / 4) * 3 + (i % 4)],
  );
  return sharp(rgba, { raw: { width: w, height: h, channels: 4 } });
}

/** TIFFs that another encoder than those of the fixtures makes. */
async function sharpTiffs(rgb: Uint8Array, w: number, h: number): Promise<PixelFile[]> {
  const files: PixelFile[] = [];
  for (const compression of ['lzw', 'deflate', 'packbits'] as const)
    for (const predictor of ['none', 'horizontal'] as const)
      for (const tile of [false, true]) {
        const image = sharp(rgb, { raw: { width: w, height: h, channels: 3 } });
        const bytes = await image.tiff({ compression, predictor, tile, tileWidth: 48, tileHeight: 64 }).toBuffer();
        const name = `${compression}, ${predictor}, ${tile ? 'tiles' : 'strips'}.tif`;
        files.push({ name, bytes, expected: { width: w, height: h, rgb }, tolerance: 0 });
      }
  return files;
}

async function avifFiles(image: () => Sharp): Promise<PixelFile[]> {
  const made = async (name: string, picture: Sharp, tolerance: number): Promise<PixelFile> => ({
    name: `${name}.avif`,
    bytes: await picture.toBuffer(),
    tolerance,
  });
  const whole = await image().avif().toBuffer();
  return [
    await made('full colour', image().avif({ chromaSubsampling: '4:4:4' }), 2),
    await made('halved colour', image().avif({ chromaSubsampling: '4:2:0' }), 2),
    await made('lossless', image().avif({ lossless: true }), 2),
    await made('transparent', image().ensureAlpha(0.4).avif(), 2),
    await made('profile Display P3', image().withIccProfile('p3').avif(), 2),
    { name: 'cut off.avif', bytes: whole.subarray(0, whole.length - 100), tolerance: 0, refused: /AVIF is damaged/ },
  ];
}

interface FixtureFile {
  readonly name: string;
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly rgb: string;
  readonly tolerance: number;
  readonly refused?: string;
}

/** BMP, TIFF and DICOM, with the pixels that Pillow, tifffile and pydicom see in them. */
export function fixtureFiles(): PixelFile[] {
  const path = join(import.meta.dirname, '../fixtures/image/files.json');
  const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));
  return (JSON.parse(readFileSync(path, 'utf8')) as FixtureFile[]).map((fixture) => {
    const { name, file, width, height, rgb, tolerance, refused } = fixture;
    return refused === undefined
      ? { name, bytes: bytesOf(file), expected: { width, height, rgb: bytesOf(rgb), within: tolerance }, tolerance }
      : { name, bytes: bytesOf(file), refused: new RegExp(refused.replaceAll(/[.*()]/g, '\\$&')), tolerance };
  });
}

/** Files that decoders could see differently, made anew each time. */
export async function pixelFiles(): Promise<PixelFile[]> {
  const profiles = { srgb: await profileOf('srgb'), p3: await profileOf('p3') };
  return [...pngFiles(profiles), ...(await otherFiles()), ...fixtureFiles()];
}
