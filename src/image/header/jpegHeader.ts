import { dataError } from '../../errors.js';
import type { ByteReader } from './byteReader.js';
import { exifOrientation, type Orientation } from './exifOrientation.js';
import type { ImageHeader } from './imageHeader.js';

const startOfScan = 0xda;
const endOfImage = 0xd9;
const exifSegment = 0xe1;
/** Frames that every decoder reads: baseline, extended and progressive, with Huffman codes. */
const commonFrames = [0xc0, 0xc1, 0xc2];
/** C4, C8 and CC are tables and reserved. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers without a length: restarts and TEM. */
const standsAlone = (marker: number) => (marker >= 0xd0 && marker <= 0xd7) || marker === 0x01;

/** What a JPEG's segments say up to its first scan; undefined where the file is none. Source: ITU-T T.81, annex B. */
export function readJpegHeader(file: ByteReader): ImageHeader | undefined {
  if (file.u16(0) !== 0xffd8 || file.u8(2) !== 0xff) return undefined;
  let orientation: Orientation | undefined;
  let frame: Frame | undefined;
  let firstScan: number | undefined;
  for (let at = 2; at < file.length; ) {
    if (file.u8(at) !== 0xff) throw dataError('image-damaged', `The JPEG is damaged: no segment begins at byte ${at}.`);
    const marker = file.u8(at + 1);
    // Segments may be filled up with FF.
    if (marker === 0xff) at += 1;
    else if (standsAlone(marker)) at += 2;
    else if (marker === startOfScan || marker === endOfImage) {
      if (marker === startOfScan) firstScan = file.u8(at + 4);
      break;
    } else {
      if (isFrame(marker)) frame = readFrame(file, at, marker);
      // Where there are several, decoders take the first.
      else if (marker === exifSegment && orientation === undefined && file.text(at + 4, 6) === 'Exif\0\0')
        orientation = exifOrientation(file, at + 10);
      at += 2 + file.u16(at + 2);
    }
  }
  if (!frame)
    throw dataError('image-damaged', 'The JPEG is damaged or was cut off: it ends before its picture begins.');
  const { width, height, components, progressive, coefficients } = frame;
  const channels = components === 4 ? 4 : 3;
  const inks = components === 4;
  const turned = orientation !== undefined && orientation !== 1;
  // Of what comes in several scans, decoders hold all coefficients; what is turned, they hold twice; inks are multiplied into RGB.
  const inScans = progressive || firstScan !== components;
  const bytesPerPixel = channels + (inks ? 3 : 0) + (turned ? channels : 0) + (inScans ? 2 * coefficients : 0) + 1;
  return { format: 'jpeg', orientation: orientation ?? 1, width, height, inks, bytesPerPixel };
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly progressive: boolean;
  /** A pixel, all components together: 3 for RGB, 1.5 where colours have half the size. */
  readonly coefficients: number;
}

function readFrame(file: ByteReader, at: number, marker: number): Frame {
  const bits = file.u8(at + 4);
  const components = file.u8(at + 9);
  const rare = !commonFrames.includes(marker)
    ? 'compressed in a rare way (lossless, hierarchical or arithmetic)'
    : bits !== 8
      ? `with ${bits} bits a channel`
      : ![1, 3, 4].includes(components)
        ? `with ${components} channels`
        : undefined;
  if (rare)
    throw dataError('image-kind', `The file is a JPEG ${rare}, which not every decoder reads.`, {
      hint: 'Convert it to PNG with the program that made it.',
    });
  const areas = Array.from({ length: components }, (_, i) => {
    const sampling = file.u8(at + 11 + 3 * i);
    return { horizontal: sampling >> 4, vertical: sampling & 15 };
  });
  const [across, down] = [
    Math.max(...areas.map(({ horizontal }) => horizontal)),
    Math.max(...areas.map(({ vertical }) => vertical)),
  ];
  const coefficients = areas.reduce(
    (sum, { horizontal, vertical }) => sum + (horizontal * vertical) / (across * down),
    0,
  );
  return {
    height: file.u16(at + 5),
    width: file.u16(at + 7),
    components,
    progressive: marker === 0xc2,
    // Damaged sizes say nothing, and are refused by decoders.
    coefficients: Number.isFinite(coefficients) ? coefficients : components,
  };
}
