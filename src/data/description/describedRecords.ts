import type { ClassInfo, DatasetNote, ImageRecord } from '../dataset.js';
import { imageTypeColumn } from '../reading/chosenRecords.js';
import { listFirst } from '../reading/columnValues.js';
import type { FormatOptions, ParsedRecords } from '../reading/datasetFormat.js';
import type { DatasetSource } from '../reading/datasetSource.js';
import { imageKey, nameImages } from '../reading/imageIds.js';
import type { MetadataRow } from '../reading/metadataTable.js';
import { readRecords } from '../reading/tableRecords.js';
import { columnIndex, columnName, type DescribedFiles, describedFiles, requireImages } from './describedFiles.js';
import { describedLabels, type FolderOf } from './describedLabels.js';
import { describedLinks } from './describedLinks.js';
import { describedSplits } from './describedSplits.js';
import { describedTables } from './describedTables.js';
import type { DescriptionFile } from './readDescription.js';
import { caseColumn, type ImageRows, imageColumn, rowsOfImages } from './rowsOfImages.js';

/**
 * The records of a dataset as its description says, with the file of each image.
 * @param above folders that the description lies in: its paths begin there
 * @param known classes whose codes mean the same everywhere, so that they need no name
 * @throws LesionlabError kind `data` that names the key of the description, or every row at fault
 */
export async function describedRecords(
  written: DescriptionFile,
  above: readonly string[],
  source: DatasetSource,
  options: FormatOptions,
  known: readonly ClassInfo[],
): Promise<ParsedRecords> {
  const files = describedFiles(written, above, source);
  const { description } = files;
  // Tables say enough where diagnoses alone are asked for.
  if (!description.tables || description.label.folder) requireImages(files);
  const whole = await describedTables(files);
  const rows = rowsOfImages(files, whole, options.imageTypes ?? description.take);
  const table = leaveOut(rows.table, new Set((description.exclude ?? []).map(({ image }) => imageKey(image))));

  const named = nameImages(table.rows.map(({ cells }) => cells[table.columns.indexOf(imageColumn)]));
  const stored = files.images.match(named);
  const fileOf = new Map(table.rows.map((row, i) => [row, stored.get(named[i].imageId)] as const));
  const folderOf: FolderOf = (row, level) => fileOf.get(row)?.folders.slice(above.length).at(-level);

  const { classes, readLabel } = describedLabels(files, table, folderOf, known, options.classes);
  const splitOf = await describedSplits(files, { ...rows, table }, whole.rows.length, folderOf);
  const parsed = readRecords({ ...table, splitOf }, columnsOf(files, table.columns), readLabel);
  const links = await describedLinks(
    files,
    parsed.records.map(({ imageId }) => imageId),
  );
  return {
    ...parsed,
    classes,
    ...(files.images.images.length + files.images.unread.length > 0 && { files: stored }),
    metadataFile: description.tables ? whole.file : written.file,
    ...(links.length > 0 && { links }),
    notes: [
      ...(whole.notes ?? []),
      ...(parsed.notes ?? []),
      ...excludedNote(files),
      ...withoutImageNote(files, rows),
      ...(options.classes ? [] : emptyClassNotes(files, classes, parsed.records)),
    ],
    about: {
      name: description.name ?? 'Described data',
      licence: description.licence,
      citation:
        [description.citation, description.attribution && `Images: ${description.attribution}`]
          .filter(Boolean)
          .join(' ') || undefined,
      url: description.url,
    },
    mayLackImages: description.imagesMayBeMissing,
  };

  /** Columns by what they mean; those that the description names have to be there. */
  function columnsOf({ description: { columns = {}, ...named } }: DescribedFiles, there: readonly string[]) {
    const there_ = { ...table, columns: there };
    const find = (key: 'patient' | 'lesion' | 'confirmed' | 'age' | 'sex' | 'site' | 'weight') => {
      const name = named[key];
      if (name === undefined) return undefined;
      columnIndex(files, there_, name, key);
      return columnName(name);
    };
    const withRole = (role: string) => Object.keys(columns).filter((name) => columns[name] === role);
    for (const name of Object.keys(columns)) columnIndex(files, there_, name, `columns.${name}`);
    const hasCases = there.includes(caseColumn);
    return {
      image: imageColumn,
      tellUnread: 'none' as const,
      patient: find('patient'),
      // Images of one row show one lesion.
      lesion: find('lesion') ?? (hasCases ? caseColumn : undefined),
      dxType: find('confirmed'),
      age: find('age'),
      sex: find('sex'),
      localization: find('site'),
      scoreWeight: find('weight'),
      further: {
        input: withRole('input').map(columnName),
        subgroup: [
          ...withRole('subgroup').map(columnName),
          ...(there.includes(imageTypeColumn) ? [imageTypeColumn] : []),
        ],
        never: withRole('never').map(columnName),
      },
    };
  }
}

function leaveOut<T extends { readonly columns: readonly string[]; readonly rows: readonly MetadataRow[] }>(
  table: T,
  excluded: ReadonlySet<string>,
): T {
  if (excluded.size === 0) return table;
  const index = table.columns.indexOf(imageColumn);
  return {
    ...table,
    rows: table.rows.filter(({ cells }) => !excluded.has(imageKey(cells[index].split(/[/\\]/).pop()!))),
  };
}

/** A class of the description that nothing is of is a slip as a rule, and costs a network an output. */
function emptyClassNotes(
  { file, description: { classes: written } }: DescribedFiles,
  classes: readonly ClassInfo[],
  records: readonly ImageRecord[],
): DatasetNote[] {
  const filled = new Set(records.map(({ label }) => label));
  const empty = classes.filter((_, label) => !filled.has(label)).map(({ id }) => id);
  if (empty.length === 0 || records.length === 0) return [];
  const where = written ? 'classes and label' : 'label';
  const one = empty.length === 1;
  return [
    {
      kind: 'interpreted-value',
      imageIds: [],
      message: `${one ? 'Class' : 'Classes'} ${listFirst(empty)} ${one ? 'has' : 'have'} no image, and ${one ? 'stays' : 'stay'} since ${file} names ${one ? 'it' : 'them'}: take ${one ? 'it' : 'them'} out of ${where} there, unless other data has such images.`,
    },
  ];
}

function withoutImageNote({ file }: DescribedFiles, { withoutImage }: ImageRows): DatasetNote[] {
  const { length } = withoutImage;
  if (length === 0) return [];
  const rows = `${withoutImage.slice(0, 10).join(', ')}${length > 10 ? ` and ${length - 10} more` : ''}`;
  return [
    {
      kind: 'interpreted-value',
      imageIds: [],
      message: `${length === 1 ? 'One row names' : `${length} rows name`} no image and ${length === 1 ? 'is' : 'are'} left out, as ${file} allows (row ${rows}).`,
    },
  ];
}

function excludedNote({ description: { exclude = [] }, file }: DescribedFiles): DatasetNote[] {
  if (exclude.length === 0) return [];
  const named = exclude.map(({ image, because }) => `${image} (${because})`);
  return [
    {
      kind: 'interpreted-value',
      imageIds: [],
      message: `${file} leaves out ${exclude.length === 1 ? 'one image' : `${exclude.length} images`}: ${named.slice(0, 10).join(', ')}${named.length > 10 ? ` and ${named.length - 10} more` : ''}.`,
    },
  ];
}
