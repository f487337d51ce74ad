import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { imagesOf } from './formatExample.js';

/** Where the published tables of a dataset are, and which columns of which of them name its images. */
interface Published {
  /** Folder under that of the published tables; of HAM10000 and ISIC 2017 the variables name their own. */
  readonly folder: string;
  readonly images: readonly (readonly [file: RegExp, column: number])[];
}

const published: Readonly<Record<string, Published>> = {
  fitzpatrick17k: { folder: 'fitzpatrick17k', images: [[/fitzpatrick17k/, 0]] },
  isic2017: { folder: 'isic2017', images: [[/GroundTruth/, 0]] },
  isic2019: { folder: 'isic2019', images: [[/GroundTruth/, 0]] },
  isic2020: { folder: 'isic2020', images: [[/_v2/, 0]] },
  milk10k: { folder: 'milk10k', images: [[/Training_Metadata/, 2]] },
  ham10000: { folder: 'ham10000', images: [[/metadata/, 1]] },
};

const tablesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith('.csv'))
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );

/** An image of a few bytes for each id in a column of a table. */
export function withImages(
  files: Record<string, string>,
  ...of: readonly (readonly [name: RegExp, column?: number])[]
): Record<string, string> {
  const ids = of.flatMap(([name, column = 0]) =>
    Object.entries(files)
      .filter(([file]) => name.test(file))
      .flatMap(([, text]) =>
        text
          .trimEnd()
          .split(/\r?\n/)
          .slice(1)
          .map((line) => line.split(',')[column]),
      ),
  );
  return { ...files, ...imagesOf(ids) };
}

/** The published tables of a dataset. */
export const tablesOf = (metadata: string, name: string): Record<string, string> => tablesIn(join(metadata, name));

/**
 * Datasets of which the published tables are at hand, each with an image of a few bytes for each that they name.
 * @param metadata folder of published tables, a folder a dataset @param others folders of datasets that are elsewhere
 */
export function publishedDatasets(
  metadata: string,
  others: Readonly<Record<string, string | undefined>> = {},
): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  for (const [id, { folder, images }] of Object.entries(published)) {
    const path = others[id] ?? (readdirSync(metadata).includes(folder) ? join(metadata, folder) : undefined);
    const files = path && tablesIn(path);
    if (files && Object.keys(files).some((file) => images[0][0].test(file)))
      found.set(id, withImages(files, ...images));
  }
  return found;
}
