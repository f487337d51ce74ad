import { requireInteger, requireLength } from '../../checks.js';
import { restoreBlock, transformBlock } from './cosineTransform.js';
import { quantisationSteps } from './jpegTables.js';

/**
 * What is left of a picture that was saved as JPEG and opened again: brightness and two differences of colour, these at half the resolution (4:2:0), in
 * blocks of 8 x 8 pixels whose transform is rounded. No file is written: what a file's coding does after that loses nothing. The same bytes as libjpeg's
 * with its standard settings, and so Pillow's and torchvision's.
 * @param pixels RGB, in place @param quality 1 to 100
 * @throws LesionlabError kind `usage` where there are other numbers of pixels than the size says, or the quality is none
 */
export function compressJpeg(pixels: Uint8Array, width: number, height: number, quality: number): void {
  requireInteger('width', width, { min: 1 });
  requireInteger('height', height, { min: 1 });
  requireLength('pixels', pixels, 3 * width * height, `RGB of ${width} x ${height} pixels`);
  requireInteger('quality', quality, { min: 1, max: 100 });
  const steps = quantisationSteps(quality);
  // Whole blocks; of colours, too, which have half the pixels.
  const [wide, high] = [16 * Math.ceil(width / 16), 16 * Math.ceil(height / 16)];
  const planes = splitColours(pixels, width, height, wide, high);
  const half = [planes.blue, planes.red].map((plane) => halve(plane, wide, height, high));
  roundBlocks(planes.brightness, wide, high, steps.brightness);
  for (const plane of half) roundBlocks(plane, wide / 2, high / 2, steps.colour);
  const [columns, rows] = [(width + 1) >> 1, (height + 1) >> 1];
  const [blue, red] = half.map((plane) => enlarge(plane, wide / 2, columns, rows));
  joinColours(pixels, width, height, planes.brightness, wide, blue, red, 2 * columns);
}

/** Brightness, and how much bluer and redder than grey, each a byte; beyond the picture's right and lower edge its last pixels go on. */
function splitColours(pixels: Uint8Array, width: number, height: number, wide: number, high: number) {
  const size = wide * high;
  const [brightness, blue, red] = [new Uint8Array(size), new Uint8Array(size), new Uint8Array(size)];
  for (let y = 0; y < high; y++) {
    const line = Math.min(y, height - 1) * width;
    for (let x = 0, i = y * wide; x < wide; x++, i++) {
      const at = 3 * (line + Math.min(x, width - 1));
      const [r, g, b] = [pixels[at], pixels[at + 1], pixels[at + 2]];
      // Shares in 16 bits behind the point, as libjpeg has them.
      brightness[i] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
      blue[i] = (-11059 * r - 21709 * g + 32768 * b + 0x807fff) >> 16;
      red[i] = (32768 * r - 27439 * g - 5329 * b + 0x807fff) >> 16;
    }
  }
  return { brightness, blue, red };
}

/** Means of 2 x 2 pixels, rounded up and down in turns; below the picture the last of these go on. */
function halve(plane: Uint8Array, wide: number, height: number, high: number): Uint8Array {
  const half = wide / 2;
  const result = new Uint8Array((half * high) / 2);
  const rows = (height + 1) >> 1;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < half; x++) {
      const at = 2 * y * wide + 2 * x;
      result[y * half + x] = (plane[at] + plane[at + 1] + plane[at + wide] + plane[at + wide + 1] + 1 + (x & 1)) >> 2;
    }
  const last = result.slice((rows - 1) * half, rows * half);
  for (let y = rows; y < high / 2; y++) result.set(last, y * half);
  return result;
}

/** Transforms, rounds and restores each block. */
function roundBlocks(plane: Uint8Array, width: number, height: number, steps: Int32Array): void {
  const block = new Int32Array(64);
  for (let top = 0; top < height; top += 8)
    for (let left = 0; left < width; left += 8) {
      const start = top * width + left;
      for (let y = 0, i = 0; y < 8; y++) for (let x = 0; x < 8; x++, i++) block[i] = plane[start + y * width + x] - 128;
      transformBlock(block);
      for (let i = 0; i < 64; i++) {
        // The transform is eight times too large.
        const step = 8 * steps[i];
        const value = block[i];
        const count = (((value < 0 ? -value : value) + (step >> 1)) / step) | 0;
        block[i] = (value < 0 ? -count : count) * steps[i];
      }
      restoreBlock(block);
      for (let y = 0, i = 0; y < 8; y++)
        for (let x = 0; x < 8; x++, i++) {
          const value = block[i] + 128;
          plane[start + y * width + x] = value < 0 ? 0 : value > 255 ? 255 : value;
        }
    }
}

/** Twice as many pixels each way; each is nearest to one and next to another one, and takes three quarters of the nearer. */
function enlarge(plane: Uint8Array, wide: number, columns: number, rows: number): Uint8Array {
  const result = new Uint8Array(4 * columns * rows);
  if (columns <= 2) {
    // Pictures this narrow are enlarged by repeating.
    for (let y = 0, i = 0; y < 2 * rows; y++)
      for (let x = 0; x < 2 * columns; x++, i++) result[i] = plane[(y >> 1) * wide + (x >> 1)];
    return result;
  }
  const sums = new Int32Array(columns);
  for (let y = 0; y < 2 * rows; y++) {
    const near = (y >> 1) * wide;
    const far = Math.min(rows - 1, Math.max(0, (y >> 1) + (y % 2 === 0 ? -1 : 1))) * wide;
    for (let x = 0; x < columns; x++) sums[x] = 3 * plane[near + x] + plane[far + x];
    const line = 2 * y * columns;
    for (let x = 0; x < columns; x++) {
      const own = 3 * sums[x];
      result[line + 2 * x] = (own + sums[Math.max(0, x - 1)] + 8) >> 4;
      result[line + 2 * x + 1] = (own + sums[Math.min(columns - 1, x + 1)] + 7) >> 4;
    }
  }
  return result;
}

function joinColours(
  pixels: Uint8Array,
  width: number,
  height: number,
  brightness: Uint8Array,
  wide: number,
  blue: Uint8Array,
  red: Uint8Array,
  colourWidth: number,
): void {
  const clamp = (value: number) => (value < 0 ? 0 : value > 255 ? 255 : value);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 3) {
      const light = brightness[y * wide + x];
      const b = blue[y * colourWidth + x] - 128;
      const r = red[y * colourWidth + x] - 128;
      pixels[at] = clamp(light + ((91881 * r + 32768) >> 16));
      pixels[at + 1] = clamp(light + ((-22554 * b - 46802 * r + 32768) >> 16));
      pixels[at + 2] = clamp(light + ((116130 * b + 32768) >> 16));
    }
}
