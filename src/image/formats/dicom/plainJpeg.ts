/** APP0 to APP15 and comments: what says more of a picture than its pixels. */
const isExtra = (marker: number) => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
const jfif = 0xe0;
const adobe = 0xee;
const startOfScan = 0xda;

/** Adobe's segment that says: the channels are red, green and blue. */
const rgbMark = Uint8Array.of(0xff, adobe, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0);

/**
 * The JPEG stream of a DICOM file as decoders need it. EXIF goes: it would turn a picture that DICOM has as it is stored. What the colours are, a stream
 * says itself, and many a header beside it is wrong; only where the stream says nothing, the header that calls it RGB is believed.
 */
export function plainJpeg(stream: Uint8Array, photometric: string): Uint8Array {
  const kept: Uint8Array[] = [stream.subarray(0, 2)];
  let saysColours = false;
  let at = 2;
  while (at + 4 <= stream.length && stream[at] === 0xff && stream[at + 1] !== startOfScan) {
    const marker = stream[at + 1];
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + ((stream[at + 2] << 8) | stream[at + 3]);
    if (marker === jfif || marker === adobe) saysColours = true;
    if (!isExtra(marker) || marker === jfif || marker === adobe) kept.push(stream.subarray(at, end));
    at = end;
  }
  if (photometric === 'RGB' && !saysColours) kept.splice(1, 0, rgbMark);
  kept.push(stream.subarray(at));
  const whole = new Uint8Array(kept.reduce((sum, { length }) => sum + length, 0));
  let to = 0;
  for (const part of kept) {
    whole.set(part, to);
    to += part.length;
  }
  return whole;
}
