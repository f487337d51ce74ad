import type { ImageRecord } from '../../data/dataset.js';
import { findByImage } from '../../data/groups/splitsCsv.js';
import { type MetadataEncoding, type MetadataValues, metadataValues } from '../../data/preparation/metadataInput.js';
import { isMissing, readPlace, readSexes } from '../../data/reading/columnValues.js';
import { imageColumnNames } from '../../data/reading/imageIds.js';
import type { MetadataTable } from '../../data/reading/metadataTable.js';
import { cellOf } from '../../data/reading/metadataTable.js';
import { imageIdOf } from '../../data/storedFile.js';
import { usageError } from '../../errors.js';

/** Other names of columns that every dataset has. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  age: ['age_approx', 'age_years'],
  sex: ['gender'],
  site: ['localization', 'localisation', 'anatom_site_general', 'anatom_site_general_challenge', 'location', 'region'],
};

/**
 * What a table says of images, for a network that is told some of its columns.
 * @param file name of the table, for messages @returns what is known of an image, by its id; nothing of one that the table lacks
 * @throws LesionlabError kind `usage` where the table names no images, or has none of the columns
 */
export function tellFromTable(
  table: MetadataTable,
  { columns }: MetadataEncoding,
  file: string,
): (imageId: string) => MetadataValues {
  const idName = imageColumnNames.find((name) => table.columns.includes(name));
  if (idName === undefined)
    throw usageError('metadata-ids', `${file} names no images: it has the columns ${table.columns.join(', ')}.`, {
      hint: 'Give it a column image_id with the names of the image files.',
    });
  const found = columns.flatMap(({ name }) => {
    const names = [name, ...(otherNames[name] ?? [])];
    const index = table.columns.findIndex((column) => names.includes(column));
    return index < 0 ? [] : [{ name, index }];
  });
  if (found.length === 0)
    throw usageError(
      'metadata-columns',
      `${file} has none of the columns that the network is told: ${columns.map(({ name }) => name).join(', ')}.`,
      {
        hint: {
          terminal: 'Name its columns so, or leave --metadata out.',
          page: 'Name its columns so, or choose no table.',
        },
      },
    );
  const cells = found.map(({ name, index }) => ({
    name,
    cells: readCells(
      name,
      table.rows.map((row) => cellOf(row, index).trim()),
    ),
  }));
  const idColumn = table.columns.indexOf(idName);
  const rows = table.rows.map((row, i) => {
    const id = cellOf(row, idColumn).trim();
    const values = Object.fromEntries(cells.map(({ name, cells: of }) => [name, of[i]]));
    return { imageId: imageIdOf(id) ?? id, values };
  });
  const find = findByImage(rows);
  return (imageId) => find(imageId)?.values ?? {};
}

/** As datasets are read: sexes and places in one form, whatever words a table has for them. */
function readCells(name: string, cells: readonly string[]): readonly (string | null | undefined)[] {
  if (name === 'sex') return readSexes(cells);
  return cells.map((cell) => (isMissing(cell) ? null : name === 'site' ? readPlace(cell) : cell));
}

/** What records say of images, for a network that is told some of their columns. @returns what is known of an image, by its id; nothing of one that has no record */
export function tellFromRecords(
  records: readonly ImageRecord[],
  encoding: MetadataEncoding,
): (imageId: string) => MetadataValues {
  const byId = new Map(encoding.columns.length > 0 ? records.map((record) => [record.imageId, record]) : []);
  return (imageId) => {
    const record = byId.get(imageId);
    return record ? metadataValues(record, encoding) : {};
  };
}

/** For readers of what a network was asked: what it was told beside the pixels; empty where it looks at images alone. */
export function describeTold({ columns }: MetadataEncoding, told: boolean): string[] {
  if (columns.length === 0) return [];
  const names = [...new Set(columns.map(({ name }) => name))].join(', ');
  return [
    told
      ? `Beside the pixels the network was told what the data says of an image: ${names}.`
      : `The network can be told more of an image than its pixels (${names}); here it answered as if nothing were known.`,
  ];
}
