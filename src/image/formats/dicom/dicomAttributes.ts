import parser, { type DataSet } from 'dicom-parser';
import { dataError } from '../../../errors.js';

/** The package is no module of its own: a page without a bundler maps its name to nothing, and shows all other images. */
function requireParser(): typeof parser {
  if (parser as typeof parser | undefined) return parser;
  throw dataError('no-dicom-parser', 'This page does not read DICOM: it was made without the package dicom-parser.', {
    hint: 'Save the image as JPEG or PNG.',
  });
}

/** All that is ever taken out of a DICOM file's header: what its pixels are. Names, numbers and dates of people stay where they are. */
export interface DicomAttributes {
  readonly sopClass: string;
  readonly transferSyntax: string;
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly photometric: string;
  /** Colours in planes, one behind the other. */
  readonly planar: boolean;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  readonly frames: number;
  /** Where the file says so itself. */
  readonly recognisable: boolean;
  readonly burnedIn: boolean;
  /** Where the pixels lie: one piece, or the fragments of a compressed stream. */
  readonly pixels: readonly { readonly at: number; readonly length: number }[];
}

/** Names: PS3.6. */
const tags = {
  sopClass: 'x00080016',
  mediaStorageSopClass: 'x00020002',
  transferSyntax: 'x00020010',
  samples: 'x00280002',
  photometric: 'x00280004',
  planar: 'x00280006',
  frames: 'x00280008',
  rows: 'x00280010',
  columns: 'x00280011',
  bitsAllocated: 'x00280100',
  bitsStored: 'x00280101',
  pixelRepresentation: 'x00280103',
  burnedIn: 'x00280301',
  recognisable: 'x00280302',
  pixelData: 'x7fe00010',
} as const;

export const isDicom = (bytes: Uint8Array): boolean =>
  bytes.length > 132 && String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM';

/**
 * The transfer syntax alone, out of the file's first group, which is always written alike.
 * @throws LesionlabError kind `data`
 */
export function readTransferSyntax(bytes: Uint8Array): string {
  const { readPart10Header } = requireParser();
  const meta = parse(() => readPart10Header(bytes));
  return uid(meta, tags.transferSyntax);
}

/**
 * Reads the allowed attributes of a file in little endian byte order.
 * @throws LesionlabError kind `data` where it is damaged
 */
export function readDicomAttributes(bytes: Uint8Array): DicomAttributes {
  const { parseDicom } = requireParser();
  const file = parse(() => parseDicom(bytes));
  const number = (tag: string, otherwise: number) => parse(() => file.uint16(tag)) ?? otherwise;
  const text = (tag: string) => (parse(() => file.string(tag)) ?? '').trim().toUpperCase();
  const pixelData = file.elements[tags.pixelData];
  const pixels = !pixelData
    ? []
    : pixelData.fragments
      ? pixelData.fragments.map(({ position, length }) => ({ at: position, length }))
      : [{ at: pixelData.dataOffset, length: pixelData.length }];
  return {
    sopClass: uid(file, tags.sopClass) || uid(file, tags.mediaStorageSopClass),
    transferSyntax: uid(file, tags.transferSyntax),
    rows: number(tags.rows, 0),
    columns: number(tags.columns, 0),
    samples: number(tags.samples, 1),
    photometric: text(tags.photometric),
    planar: number(tags.planar, 0) === 1,
    bitsAllocated: number(tags.bitsAllocated, 8),
    bitsStored: number(tags.bitsStored, 8),
    signed: number(tags.pixelRepresentation, 0) === 1,
    frames: Number(text(tags.frames) || 1),
    burnedIn: text(tags.burnedIn) === 'YES',
    recognisable: text(tags.recognisable) === 'YES',
    pixels,
  };
}

function uid(file: DataSet, tag: string): string {
  const found = parse(() => file.string(tag)) ?? '';
  // What is no identifier is not repeated anywhere: it could be anything.
  return /^[0-9.]{1,64}$/.test(found) ? found : '';
}

/** The parser throws texts and objects, and quotes what it read: none of it goes on. */
function parse<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw dataError('image-damaged', 'The DICOM file is damaged or was cut off.', { hint: 'Export it again.' });
  }
}
