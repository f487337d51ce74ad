import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { dataError, LesionlabError, runError } from '../../errors.js';
import { type ExternalEvaluation, isExternalEvaluation } from '../../evaluation/outside/externalEvaluation.js';
import type { ImageFormat } from '../../image/formats/imageFormat.js';
import { imageFormats } from '../../image/formats/registry.js';
import { readImageHeader } from '../../image/header/readImageHeader.js';
import type { RunRecord, RunRecords } from '../../report/runSummary.js';
import { openDataset } from '../dataset/openDataset.js';
import { sharpCodec } from '../files/codec.js';
import { openRunSources } from '../run/openRunSources.js';
import { readEvaluation } from '../run/readRunFiles.js';
import { type RunFolder, readConfig } from '../run/runFolder.js';
import { readRunSplits } from '../run/runSplits.js';
import { isPlainName } from './studioRuns.js';

/** Images and records of the data that runs were trained on, or evaluated on. Opened datasets are kept. */
export interface RunImages {
  /**
   * @param external name of an evaluation of external data; without it, the run's own data
   * @throws LesionlabError kind `data` where the data was moved, or has no such image; kind `run` where there is no such evaluation
   */
  read(folder: RunFolder, imageId: string, external?: string): Promise<{ bytes: Uint8Array; fingerprint: string }>;
  /** The same for the records of all images. */
  records(folder: RunFolder, external?: string): Promise<RunRecords>;
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

  async function ownData(folder: RunFolder): Promise<WhereDataLies> {
    const config = await readConfig(folder);
    const { data: trained } = config;
    return {
      key: JSON.stringify([trained.folders ?? trained.folder, trained.classes.map(({ id }) => id), trained.options]),
      open: () => openFirst(trained.folder, data, (path) => openRunSources(config, path)),
    };
  }

  async function withDataset<T>({ key, open }: WhereDataLies, use: (dataset: Dataset) => Promise<T>): Promise<T> {
    const known = opened.get(key);
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
    return withDataset({ key, open }, use);
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
    async read(folder, imageId, external) {
      const where = external === undefined ? await ownData(folder) : externalData(await readExternal(folder, external));
      return withDataset(where, async ({ images }) => {
        if (!images.has(imageId)) throw dataError('no-image', `This data has no image "${imageId}".`);
        return { bytes: await images.read(imageId), fingerprint: images.fingerprint(imageId) };
      });
    },
    async records(folder, external) {
      if (external !== undefined) {
        const evaluation = await readExternal(folder, external);
        const { map } = evaluation.external;
        return withDataset(externalData(evaluation), async (dataset) => ({
          records: listRecords(dataset, (_, dx) => {
            const own = map[dx];
            return own ? { dx: own, split: null } : undefined;
          }),
        }));
      }
      // By splits.csv: a classifier that was judged may have other classes than the data.
      const rows = new Map((await readRunSplits(folder)).map((row) => [row.imageId, row]));
      return withDataset(await ownData(folder), async (dataset) => ({
        records: listRecords(dataset, ({ imageId }) => {
          const row = rows.get(imageId);
          return row && { dx: row.dx, split: row.split };
        }),
      }));
    },
    async close() {
      for (const entry of opened.values()) {
        entry.dropped = true;
        closeUnused(entry);
      }
      opened.clear();
    },
  };
}

/** What names the data among those that are open, and how it is opened. */
interface WhereDataLies {
  readonly key: string;
  open(): Promise<{ dataset: Dataset; path: string }>;
}

/** @throws LesionlabError kind `run` where the run has no such evaluation of external data */
async function readExternal(folder: RunFolder, name: string): Promise<ExternalEvaluation> {
  const evaluation = isPlainName(name) ? await readEvaluation(folder.evaluation(name).evaluation) : null;
  if (evaluation && isExternalEvaluation(evaluation)) return evaluation;
  throw runError('no-external', `This run has no evaluation of external data named "${name}".`);
}

function externalData({ external: { source, options } }: ExternalEvaluation): WhereDataLies {
  return {
    key: JSON.stringify([source, options]),
    async open() {
      try {
        return { dataset: await openDataset(source, { anyDiagnosis: true, ...options }), path: source };
      } catch (cause) {
        if (!(cause instanceof LesionlabError) || cause.kind !== 'data') throw cause;
        throw dataError('data-gone', `The data is not at ${source} any more, or cannot be read there.`, {
          hint: 'Put it back, or evaluate the run on it again where it lies now.',
          details: [cause.message],
          cause,
        });
      }
    },
  };
}

/** @param known what the run says of a record, by its class in the data; undefined leaves the record out */
function listRecords(
  { records, info }: Dataset,
  known: (record: Dataset['records'][number], dx: string) => Pick<RunRecord, 'dx' | 'split'> | undefined,
): RunRecord[] {
  return records.flatMap((record) => {
    const { imageId, lesionId, label, dxType, age, sex, localization } = record;
    const found = known(record, info.classes[label].id);
    return found ? [{ imageId, lesionId, ...found, dxType, age, sex, localization }] : [];
  });
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
      hint: 'Put the data back, or start the studio again where it lies now: `lesionlab studio --data <folder>`.',
      details: [cause.message],
      cause,
    });
  }
}

/**
 * An image file as a browser shows it. Formats that browsers don't show become PNG, so that nothing of a DICOM file's header leaves the
 * disk.
 * @throws LesionlabError kind `data` where it is no image that is read
 */
export async function shownImage(bytes: Uint8Array): Promise<{ readonly bytes: Uint8Array; readonly type: string }> {
  const format: ImageFormat = imageFormats[readImageHeader(bytes).format];
  if (format.shownAs) return { bytes, type: format.shownAs };
  return { bytes: await sharpCodec.encodePng(await sharpCodec.decode(bytes)), type: 'image/png' };
}
