import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sharpCodec } from '../../src/node/files/codec.js';

const made: string[] = [];

/** A new folder with the files given; `removeFolders` removes it again. */
export function makeFolder(files: Record<string, string | Uint8Array> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'lesionlab-data-'));
  made.push(folder);
  addFiles(folder, files);
  return folder;
}

export function addFiles(folder: string, files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A JPEG or PNG of 8 by 6 pixels whose colour follows from the number. */
export async function smallImage(n: number, format: 'jpeg' | 'png' = 'jpeg'): Promise<Uint8Array> {
  const data = new Uint8Array(8 * 6 * 3).map((_, i) => (i * 37 + n * 101) % 256);
  const raster = { width: 8, height: 6, channels: 3, data } as const;
  return format === 'png' ? await sharpCodec.encodePng(raster) : await sharpCodec.encodeJpeg(raster);
}

export const metadataHeader = 'lesion_id,image_id,dx,dx_type,age,sex,localization';

/** HAM10000's table for images ISIC_1, ISIC_2, ... with the diagnoses given, each a lesion of its own. */
export function metadata(...diagnoses: string[]): string {
  const rows = diagnoses.map((dx, i) => `HAM_${i + 1},ISIC_${i + 1},${dx},histo,50.0,male,back`);
  return `${[metadataHeader, ...rows].join('\n')}\n`;
}
