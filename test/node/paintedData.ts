import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress as progress } from '../../src/progress.js';

interface PaintedOptions {
  readonly images: number;
  readonly size: readonly [width: number, height: number];
  readonly seed?: number;
}

const painted = new Map<string, Promise<string>>();
let room: string | undefined;

async function paint(options: PaintedOptions): Promise<string> {
  if (!room) {
    const made = mkdtempSync(join(tmpdir(), 'lesionlab-painted-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    room = made;
  }
  const folder = join(room, `${painted.size}`);
  await writeSyntheticDataset(folder, { ...options, progress });
  return folder;
}

/** A folder of synthetic images of its own for whoever asks; the same ones are painted once in a process, then copied. */
export async function copyPaintedData(folder: string, options: PaintedOptions): Promise<void> {
  const key = JSON.stringify(options);
  if (!painted.has(key)) painted.set(key, paint(options));
  cpSync(await painted.get(key)!, folder, { recursive: true, preserveTimestamps: true });
}
