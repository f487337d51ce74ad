import { expect, test } from 'vitest';
import { LesionlabError } from '../../src/errors.js';
import { readDicomAttributes } from '../../src/image/formats/dicom/dicomAttributes.js';
import { readImageHeader } from '../../src/image/header/readImageHeader.js';
import { shownImage } from '../../src/node/studio/runImages.js';
import { fixtureFiles } from './pixelFiles.js';

const files = fixtureFiles().filter(({ name }) => name.endsWith('.dcm'));
/** What makeFiles.py put into every header. */
const personal = /mustermann|erika|4711|0815|19641208|20210314|klinik|39607008/i;
const holds = (bytes: Uint8Array) => personal.test(Buffer.from(bytes).toString('latin1'));

test('of a DICOM header, only what the pixels are is taken along', () => {
  const read = files.filter(({ refused }) => !refused);
  expect(read.length).toBeGreaterThan(20);
  for (const { name, bytes } of read) {
    expect(holds(bytes), name).toBe(true);
    expect(JSON.stringify([readDicomAttributes(bytes), readImageHeader(bytes)]), name).not.toMatch(personal);
  }
});

test('no refusal repeats what stands in a header, wherever a file is cut off or damaged', () => {
  const whole = files.find(({ name }) => name === 'dermoscopic, explicit, RGB.dcm')!.bytes;
  const broken = files.filter(({ refused }) => refused).map(({ bytes }) => bytes);
  for (let end = 132; end < whole.length; end += 7) broken.push(whole.subarray(0, end));
  for (let at = 132; at < 900; at += 3) {
    const flipped = whole.slice();
    flipped[at] ^= 0xff;
    broken.push(flipped);
  }
  let refusals = 0;
  for (const bytes of broken) {
    try {
      readImageHeader(bytes);
    } catch (error) {
      refusals++;
      expect(error).toBeInstanceOf(LesionlabError);
      const { message, hint, details } = error as LesionlabError;
      expect(JSON.stringify([message, hint, details])).not.toMatch(personal);
    }
  }
  expect(refusals).toBeGreaterThan(50);
});

test('the studio shows the picture of a DICOM file, and hands out nothing of its header', async () => {
  const { bytes } = files.find(({ name }) => name === 'JPEG 4:4:4.dcm')!;
  const shown = await shownImage(bytes);
  expect(shown.type).toBe('image/png');
  expect(holds(shown.bytes)).toBe(false);
});
