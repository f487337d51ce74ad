import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { dataError, LesionlabError } from '../../errors.js';
import type { RunRecords } from '../../report/index.js';
import { openDataset } from '../openDataset.js';
import { type RunFolder, readConfig } from '../runFolder.js';
import { readRunSplits } from '../runSplits.js';

/** Images and records of the data that runs were trained on. Opened datasets are kept. */
export interface RunImages {
  /** @throws LesionlabError kind `data` where the data was moved, or has no such image */
  read(folder: RunFolder, imageId: string): Promise<{ bytes: Uint8Array; fingerprint: string }>;
  /** @throws LesionlabError kind `data` where the data was moved */
  records(folder: RunFolder): Promise<RunRecords>;
  close(): Promise<void>;
}

interface OpenedDataset {
  /** With the folder or table that it was opened from. */
  readonly opened: Promise<{ readonly dataset: Dataset; readonly path: string }>;
  /** Readers at this moment: a zip must not be closed under them. */
  uses: number;
  dropped: boolean;
}

/** Datasets kept open: their zips hold file handles. */
const keptDatasets = 3;

/** @param data where the data lies that is not where a run left it */
export function openRunImages({ data }: { readonly data?: string } = {}): RunImages {
  /** By folder and classes, the one that was used last at the end. */
  const opened = new Map<string, OpenedDataset>();

  async function withDataset<T>(folder: RunFolder, use: (dataset: Dataset) => Promise<T>): Promise<T> {
    const { data: trained } = await readConfig(folder);
    const key = JSON.stringify([trained.folder, trained.classes.map(({ id }) => id)]);
    const known = opened.get(key);
    const open = () => openFirst(trained.folder, data, (path) => openDataset(path, { classes: trained.classes }));
    const entry = known ?? { opened: open(), uses: 0, dropped: false };
    opened.delete(key);
    opened.set(key, entry);
    entry.uses++;
    try {
      const { dataset, path } = await entry.opened;
      // What is known of it would go on being told after it was moved, and its images be missing without a word.
      if (known !== undefined && !existsSync(path)) throw dataError('data-gone', `${path} is not there any more.`);
      return await use(dataset);
    } catch (error) {
      if (!(error instanceof LesionlabError) || error.code === 'no-image') throw error;
      if (opened.get(key) === entry) opened.delete(key);
      entry.dropped = true;
      // The data may have moved, or come back, since it was opened.
      if (known === undefined) throw error;
    } finally {
      entry.uses--;
      closeUnused(entry);
      dropOldest();
    }
    return withDataset(folder, use);
  }

  function dropOldest(): void {
    for (const [key, entry] of opened) {
      if (opened.size <= keptDatasets) return;
      opened.delete(key);
      entry.dropped = true;
      closeUnused(entry);
    }
  }

  return {
    read: (folder, imageId) =>
      withDataset(folder, async ({ images }) => {
        if (!images.has(imageId))
          throw dataError('no-image', `The data of this run has no image "${imageId}".`, {
            hint: 'Images of other data that the run was evaluated on are not shown here.',
          });
        return { bytes: await images.read(imageId), fingerprint: images.fingerprint(imageId) };
      }),
    records: (folder) =>
      withDataset(folder, async ({ records, info }) => {
        const rows = await readRunSplits(folder);
        const splits = new Map(rows.map(({ imageId, split }) => [imageId, split] as const));
        return {
          records: records.flatMap(({ imageId, lesionId, label, dxType, age, sex, localization }) => {
            const split = splits.get(imageId);
            return split
              ? [{ imageId, lesionId, dx: info.classes[label].id, split, dxType, age, sex, localization }]
              : [];
          }),
        };
      }),
    async close() {
      for (const entry of opened.values()) {
        entry.dropped = true;
        closeUnused(entry);
      }
      opened.clear();
    },
  };
}

function closeUnused({ opened, uses, dropped }: OpenedDataset): void {
  if (dropped && uses === 0)
    opened.then(
      ({ dataset }) => dataset.images.close(),
      () => {},
    );
}

async function openFirst(
  own: string,
  moved: string | undefined,
  open: (path: string) => Promise<Dataset>,
): Promise<{ dataset: Dataset; path: string }> {
  try {
    return { dataset: await open(own), path: own };
  } catch (cause) {
    if (!(cause instanceof LesionlabError) || cause.kind !== 'data') throw cause;
    if (moved !== undefined) return { dataset: await open(moved), path: moved };
    throw dataError('data-gone', `The data of this run is not at ${resolve(own)} any more, or cannot be read there.`, {
      hint: 'Put the data back, or start the studio again with --data <folder>, where it lies now.',
      details: [cause.message],
      cause,
    });
  }
}

/** MIME type by the first bytes of a file. */
export function imageType(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'image/jpeg';
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return 'image/png';
  return 'application/octet-stream';
}
