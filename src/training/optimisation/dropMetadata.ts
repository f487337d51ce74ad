import { requireLength, requireNumber } from '../../checks.js';
import {
  encodeMetadata,
  type MetadataEncoding,
  metadataSpans,
  metadataWidth,
} from '../../data/preparation/metadataInput.js';
import type { Random } from '../../random.js';

/**
 * Forgets what is known of some images, so that a network learns to answer without: all of an image with a probability, and each column of the others with the same.
 * @param rows [N, width], encoded, changed in place @param rate [0, 1)
 */
export function dropMetadata(rows: Float32Array, encoding: MetadataEncoding, rate: number, random: Random): void {
  requireNumber('metadataDropout', rate, { min: 0, below: 1 });
  const width = metadataWidth(encoding);
  requireLength('rows', rows, Math.ceil(rows.length / width) * width, `whole rows of ${width} numbers`);
  if (rate === 0) return;
  const unknown = encodeMetadata(encoding, {});
  const spans = metadataSpans(encoding);
  for (let first = 0; first < rows.length; first += width) {
    const all = random.next() < rate;
    for (const { start, end } of spans)
      if (random.next() < rate || all) rows.set(unknown.subarray(start, end), first + start);
  }
}
