import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syntheticMarker } from '../../data/formats/syntheticMarker.js';
import {
  generateSyntheticDataset,
  type SyntheticOptions,
  type SyntheticRow,
  syntheticNotice,
  syntheticTable,
} from '../../data/synthetic/index.js';
import { interruptedError, runError } from '../../errors.js';
import { type Progress, silentProgress } from '../../progress.js';
import { sharpCodec } from '../files/codec.js';
import { makeFolders } from '../files/makeFolders.js';
import { writeFileWhole } from '../files/writeFile.js';

/** How many lesions are painted, which, how large, and who hears of it. */
export interface WriteSyntheticOptions extends SyntheticOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** What was written. */
export interface SyntheticSummary {
  readonly folder: string;
  readonly images: number;
  readonly lesions: number;
  readonly perClass: Readonly<Record<string, { readonly images: number; readonly lesions: number }>>;
  /** True where an earlier call had already written the same dataset there. */
  readonly reused: boolean;
}

const noticeFile = syntheticMarker;
const maskFolder = 'HAM10000_segmentations_lesion_tschandl';
/** How many images are painted and encoded at a time; encoding runs in libuv's threads. */
const batch = 8;

/**
 * Writes a synthetic dataset as HAM10000 is downloaded: the metadata table, two folders of JPEGs and one of lesion masks.
 * SYNTHETIC.txt says what they are; a folder in which it names other options, or says that it is unfinished, is written anew.
 * @throws LesionlabError kind `run` where the folder holds something else or can't be written
 */
export async function writeSyntheticDataset(folder: string, options: WriteSyntheticOptions): Promise<SyntheticSummary> {
  const dataset = generateSyntheticDataset(options);
  const { rows } = dataset;
  const notice = syntheticNotice(dataset.options);
  const summary = { folder, images: rows.length, ...count(rows) };
  const names = await makeFolders(folder).then(
    () => readdir(folder),
    (cause: Error) => {
      throw runError('not-writable', `Cannot make the folder ${folder}: ${cause.message}`, { cause });
    },
  );
  if (names.includes(noticeFile)) {
    if ((await readFile(join(folder, noticeFile), 'utf8')) === notice) return { ...summary, reused: true };
    for (const name of names.filter((name) => name.startsWith('HAM10000_')))
      await rm(join(folder, name), { recursive: true, force: true });
  } else if (names.length > 0)
    throw runError('folder-in-use', `${folder} holds other files; synthetic images are not mixed in.`, {
      details: names.slice(0, 10),
      hint: 'Name an empty or new folder.',
    });
  // The notice comes first, so that not even an interrupted set of images is ever without it.
  await writeFileWhole(join(folder, noticeFile), `${notice}unfinished\n`);
  const half = numberOf(rows.length / 2);
  const { progress = silentProgress } = options;
  const task = progress.start('Painting synthetic images', rows.length);
  try {
    for (let first = 0; first < rows.length; first += batch) {
      if (options.signal?.aborted) throw interruptedError(`Interrupted after ${first} synthetic images.`);
      await Promise.all(
        rows.slice(first, first + batch).map(async ({ imageId }, i) => {
          const { image, mask } = dataset.draw(first + i);
          const part = imageId <= half ? 'HAM10000_images_part_1' : 'HAM10000_images_part_2';
          await writeFileWhole(join(folder, part, `${imageId}.jpg`), await sharpCodec.encodeJpeg(image, 90));
          await writeFileWhole(
            join(folder, maskFolder, `${imageId}_segmentation.png`),
            await sharpCodec.encodePng(mask),
          );
        }),
      );
      task.update(Math.min(first + batch, rows.length));
    }
  } finally {
    task.end();
  }
  await writeFileWhole(join(folder, 'HAM10000_metadata.csv'), syntheticTable(rows));
  await writeFileWhole(join(folder, noticeFile), notice);
  return { ...summary, reused: false };
}

const numberOf = (number: number) => `SYN_${String(Math.ceil(number)).padStart(7, '0')}`;

function count(rows: readonly SyntheticRow[]): Pick<SyntheticSummary, 'lesions' | 'perClass'> {
  const lesions = new Map<string, Set<string>>();
  const images: Record<string, number> = {};
  for (const { dx, lesionId } of rows) {
    images[dx] = (images[dx] ?? 0) + 1;
    if (!lesions.has(dx)) lesions.set(dx, new Set());
    lesions.get(dx)!.add(lesionId);
  }
  const perClass = Object.fromEntries(
    [...lesions]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([dx, ids]) => [dx, { images: images[dx], lesions: ids.size }]),
  );
  return { lesions: new Set(rows.map((row) => row.lesionId)).size, perClass };
}
