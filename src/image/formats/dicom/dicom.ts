import { dataError } from '../../../errors.js';
import type { DecodedPixels } from '../../decodedPixels.js';
import type { ImageFormat } from '../imageFormat.js';
import { type DicomAttributes, isDicom, readDicomAttributes, readTransferSyntax } from './dicomAttributes.js';
import { plainJpeg } from './plainJpeg.js';

const jpegBaseline = '1.2.840.10008.1.2.4.50';
const uncompressed = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1'];
/** Transfer syntaxes that are not read. Source: PS3.6, table A-1. */
const otherSyntaxes: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.1.99': 'Deflated Explicit VR Little Endian',
  '1.2.840.10008.1.2.2': 'Explicit VR Big Endian',
  '1.2.840.10008.1.2.4.51': 'JPEG Extended',
  '1.2.840.10008.1.2.4.57': 'JPEG Lossless',
  '1.2.840.10008.1.2.4.70': 'JPEG Lossless, first-order prediction',
  '1.2.840.10008.1.2.4.80': 'JPEG-LS Lossless',
  '1.2.840.10008.1.2.4.81': 'JPEG-LS Near-Lossless',
  '1.2.840.10008.1.2.4.90': 'JPEG 2000 Lossless',
  '1.2.840.10008.1.2.4.91': 'JPEG 2000',
  '1.2.840.10008.1.2.4.100': 'MPEG2',
  '1.2.840.10008.1.2.4.102': 'MPEG-4',
  '1.2.840.10008.1.2.4.201': 'High-Throughput JPEG 2000 Lossless',
  '1.2.840.10008.1.2.4.202': 'High-Throughput JPEG 2000 Lossless with RPCL',
  '1.2.840.10008.1.2.4.203': 'High-Throughput JPEG 2000',
  '1.2.840.10008.1.2.5': 'RLE Lossless',
};
/** Photographs: VL Photographic, Dermoscopic Photography, and Secondary Capture, as which programs wrap a plain JPEG. Source: PS3.4, table B.5-1. */
const photographs = ['1.2.840.10008.5.1.4.1.1.77.1.4', '1.2.840.10008.5.1.4.1.1.77.1.7', '1.2.840.10008.5.1.4.1.1.7'];
const samplesOf: Readonly<Record<string, number>> = { MONOCHROME2: 1, RGB: 3, YBR_FULL: 3, YBR_FULL_422: 3 };

/** Photographs of skin in DICOM files with a preamble (PS3.10): JPEG baseline, or uncompressed in little endian order. */
export const dicom: ImageFormat = {
  name: 'DICOM',
  endings: ['dcm', 'dicom'],
  readHeader(_, bytes) {
    if (!isDicom(bytes)) return undefined;
    const { columns: width, rows: height } = readPhotograph(bytes);
    return { format: 'dicom', width, height, orientation: 1, inks: false };
  },
  async decode(bytes, _, decodeInner) {
    const photograph = readPhotograph(bytes);
    if (photograph.transferSyntax !== jpegBaseline) return uncompressedPixels(bytes, photograph);
    // The decoder of JPEG makes RGB of whatever colours the stream has: nothing is left to be converted.
    return await decodeInner(plainJpeg(joined(bytes, photograph), photograph.photometric));
  },
};

const notRead = (what: string, hint: string) => dataError('image-kind', `The file is a DICOM file ${what}`, { hint });
const convert = 'Export it as PNG or JPEG, or as DICOM with JPEG baseline or uncompressed.';

function readPhotograph(bytes: Uint8Array): DicomAttributes {
  const syntax = readTransferSyntax(bytes);
  if (syntax !== jpegBaseline && !uncompressed.includes(syntax)) {
    const name = otherSyntaxes[syntax] ?? (syntax || 'unknown');
    throw notRead(`with the transfer syntax ${name}, which is not read.`, convert);
  }
  const found = readDicomAttributes(bytes);
  if (!photographs.includes(found.sopClass))
    throw notRead(
      `of the SOP class ${found.sopClass || 'unknown'}; photographs are read: dermoscopic, VL photographic, secondary capture.`,
      'Leave it out, or export the picture as PNG.',
    );
  if (found.burnedIn || found.recognisable)
    throw notRead(
      found.burnedIn
        ? 'that says that writing is burned into its pixels, which may name a person (0028,0301).'
        : 'that says that a person can be recognised in it (0028,0302).',
      'Crop it to the lesion, and export what remains with this attribute set to NO, or as PNG.',
    );
  if (!(found.frames === 1))
    throw dataError('image-animated', `The file is a DICOM file of ${countOf(found.frames)} frames, not one picture.`, {
      hint: 'Export the frame that is meant as a PNG or JPEG of its own.',
    });
  const samples = samplesOf[found.photometric];
  if (samples === undefined || samples !== found.samples)
    throw notRead(
      `whose pixels are ${/^[A-Z0-9_]{1,16}$/.test(found.photometric) ? found.photometric : 'of an unknown kind'} in ${found.samples} channels; read are MONOCHROME2, RGB, YBR_FULL and YBR_FULL_422.`,
      convert,
    );
  if (found.bitsAllocated !== 8 || found.bitsStored !== 8 || found.signed)
    throw notRead(`with ${found.bitsStored} ${found.signed ? 'signed ' : ''}bits a channel; 8 are read.`, convert);
  if (found.pixels.length === 0) throw dataError('image-damaged', 'The DICOM file is damaged: it holds no pixels.');
  return found;
}

const countOf = (frames: number) => (Number.isFinite(frames) ? frames : 'several');

/** The fragments of the one frame, one behind the other. */
function joined(bytes: Uint8Array, { pixels }: DicomAttributes): Uint8Array {
  const parts = pixels.map(({ at, length }) => bytes.subarray(at, at + length));
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Source of the layouts: PS3.3, C.7.6.3.1.2 and C.7.6.3.1.3. */
function uncompressedPixels(bytes: Uint8Array, photograph: DicomAttributes): DecodedPixels {
  const { columns: width, rows: height, samples, photometric, planar, pixels } = photograph;
  const halved = photometric === 'YBR_FULL_422';
  if (halved && (planar || width % 2 === 1)) throw new Error('YBR_FULL_422 has pairs of pixels, never planes');
  const count = width * height;
  const [{ at, length }] = pixels;
  const expected = count * (halved ? 2 : samples);
  const stored = bytes.subarray(at, at + length);
  if (!(stored.length >= expected)) throw new Error(`${expected - stored.length} bytes of pixels are missing`);
  const data = new Uint8Array(count * samples);
  // Two brightnesses share one pair of colour differences.
  const sampleAt = halved
    ? (i: number, c: number) => (i >> 1) * 4 + (c === 0 ? i & 1 : c + 1)
    : planar
      ? (i: number, c: number) => c * count + i
      : (i: number, c: number) => i * samples + c;
  for (let i = 0; i < count; i++) for (let c = 0; c < samples; c++) data[i * samples + c] = stored[sampleAt(i, c)];
  if (photometric.startsWith('YBR')) toLight(data);
  return { width, height, channels: samples, data };
}

/** Brightness and colour differences to RGB, in place. Source: PS3.3, C.7.6.3.1.2 (ITU-T T.871). */
function toLight(data: Uint8Array): void {
  const level = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
  for (let i = 0; i < data.length; i += 3) {
    const y = data[i];
    const blue = data[i + 1] - 128;
    const red = data[i + 2] - 128;
    data[i] = level(y + 1.402 * red);
    data[i + 1] = level(y - 0.344136286201022 * blue - 0.714136286201022 * red);
    data[i + 2] = level(y + 1.772 * blue);
  }
}
