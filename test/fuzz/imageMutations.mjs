import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { mutateBytes } from './mutations.mjs';

// Changes that decoders get to see: whatever else is changed in a JPEG or PNG is refused by its frame or its checksums.

/** Segments of a JPEG before its data, each with its marker; what follows them last. */
function segmentsOf(bytes) {
  const segments = [];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    segments.push({ marker: bytes[at + 1], content: bytes.subarray(at + 4, end) });
    at = end;
  }
  return { segments, rest: bytes.subarray(at) };
}

/** A JPEG with one of its segments changed: tables, sizes, EXIF, profiles, comments. */
function changeSegment(bytes, seed) {
  const { segments, rest } = segmentsOf(bytes);
  const chosen = (seed >>> 3) % segments.length;
  const written = segments.map(({ marker, content }, i) => {
    const changed = i === chosen ? mutateBytes(content, seed).subarray(0, 0xfffd) : content;
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(changed.length + 2, 2);
    return Buffer.concat([head, changed]);
  });
  return Buffer.concat([bytes.subarray(0, 2), ...written, rest]);
}

/** A JPEG with some bytes of its data changed that are no markers. */
function changeData(bytes, seed) {
  const out = Buffer.from(bytes);
  const from = out.length - segmentsOf(bytes).rest.length + 16;
  for (let i = 0; i < 1 + (seed & 3); i++) {
    const at = from + ((Math.imul(seed + i, 0x9e3779b1) >>> 1) % Math.max(1, out.length - 2 - from));
    if (out[at] !== 0xff && out[at - 1] !== 0xff) out[at] = (out[at] + 1 + (seed >>> 5)) % 255;
  }
  return out;
}

function chunksOf(bytes) {
  const chunks = [];
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at))
    chunks.push({
      type: bytes.subarray(at + 4, at + 8),
      content: bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)),
    });
  return chunks;
}

/** A PNG with one of its chunks changed, packed pixels as they are or unpacked, and right checksums. */
function changeChunk(bytes, seed) {
  const chunks = chunksOf(bytes);
  const chosen = (seed >>> 3) % chunks.length;
  const written = chunks.map(({ type, content }, i) => {
    let changed = content;
    if (i === chosen)
      try {
        const unpacks = type.toString() === 'IDAT' && seed & 1;
        changed = unpacks ? deflateSync(mutateBytes(inflateSync(content), seed)) : mutateBytes(content, seed);
      } catch {
        changed = mutateBytes(content, seed);
      }
    const head = Buffer.alloc(4);
    head.writeUInt32BE(changed.length);
    const named = Buffer.concat([type, changed]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([head, named, sum]);
  });
  return Buffer.concat([bytes.subarray(0, 8), ...written]);
}

/** A changed image: two of three JPEGs and PNGs so that decoders get to what was changed. */
export function mutateImage(bytes, seed) {
  const way = (seed >>> 1) % 3;
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  const isPng = bytes.toString('latin1', 1, 4) === 'PNG';
  if (way === 0 || (!isJpeg && !isPng)) return mutateBytes(bytes, seed);
  if (isPng) return changeChunk(bytes, seed);
  return way === 1 ? changeSegment(bytes, seed) : changeData(bytes, seed);
}
