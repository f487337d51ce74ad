import type { ClassInfo, LinkedImages, SplitName } from '../dataset.js';
import { imageTypeColumn } from '../reading/chosenRecords.js';
import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import type { DatasetSource, SourceTable } from '../reading/datasetSource.js';
import { deriveRows } from '../reading/deriveRows.js';
import { imageKey } from '../reading/imageIds.js';
import { type MetadataRow, type MetadataTable, RowProblems } from '../reading/metadataTable.js';
import { labelsOfColumn } from '../reading/rowLabels.js';
import { splitOfName } from '../reading/splitNames.js';
import { tableFormat } from '../reading/tableFormat.js';
import { type RecordColumns, readRecords } from '../reading/tableRecords.js';
import { lesionClasses } from './lesionClasses.js';

const other: ClassInfo = {
  id: 'misc',
  name: 'Miscellaneous',
  description:
    'Dermatofibromas, lentigines, melanoses, vascular lesions and others that are none of the other classes.',
  malignant: false,
};
const classes: readonly ClassInfo[] = [...lesionClasses('bcc', 'mel'), other, ...lesionClasses('nv', 'sk')];

const card: FormatCard = {
  id: 'derm7pt',
  name: 'Seven-point checklist dataset (Derm7pt)',
  layout:
    'meta/meta.csv with case_num, diagnosis, derm and clinic, meta/train_indexes.csv and so on, and images below images/.',
  classes,
  groups: 'case_num: a dermoscopic and a clinical image of each of 1,011 cases. There are no patient ids.',
  officialSplits: 'meta/train_indexes.csv, valid_indexes.csv and test_indexes.csv: rows of meta.csv, counted from 0.',
  confirmation: 'Not told by image; lesions that were cut out by histopathology.',
  knownFaults: [
    'The seven criteria, their score, the difficulty and the management are an expert’s reading of the images, or follow from the diagnosis: none is an input.',
    'Some cases share an image file: they count as one lesion.',
    'The 20 diagnoses are read as the five groups of its paper.',
    'Many images have black borders. 9 pairs of near-duplicates, 1 irrelevant image and 2 wrong labels (SelfClean).',
  ],
  licence: 'CC BY-NC-ND 4.0',
  citation:
    'Kawahara J et al. Seven-point checklist and skin lesion classification using multitask multimodal neural nets. IEEE Journal of Biomedical and Health Informatics 23, 538-546 (2019). doi:10.1109/JBHI.2018.2824327',
  url: 'https://derm.cs.sfu.ca',
};

/** Groups of the paper, by the diagnoses that the table has. */
const groups: Readonly<Record<string, readonly string[]>> = {
  bcc: ['basal cell carcinoma'],
  mel: [
    'melanoma',
    'melanoma (in situ)',
    'melanoma (less than 0.76 mm)',
    'melanoma (0.76 to 1.5 mm)',
    'melanoma (more than 1.5 mm)',
    'melanoma metastasis',
  ],
  misc: ['dermatofibroma', 'lentigo', 'melanosis', 'miscellaneous', 'vascular lesion'],
  nv: [
    'blue nevus',
    'clark nevus',
    'combined nevus',
    'congenital nevus',
    'dermal nevus',
    'recurrent nevus',
    'reed or spitz nevus',
  ],
  sk: ['seborrheic keratosis'],
};
const groupOf = Object.fromEntries(Object.entries(groups).flatMap(([id, names]) => names.map((name) => [name, id])));

const imageColumn = '(image)';
const kinds = [
  ['derm', 'dermoscopic'],
  ['clinic', 'clinical'],
] as const;

const columns: RecordColumns = {
  image: imageColumn,
  lesion: 'case_num',
  sex: 'sex',
  localization: 'location',
  further: {
    subgroup: [imageTypeColumn, 'elevation'],
    never: [
      'diagnosis',
      'seven_point_score',
      'pigment_network',
      'streaks',
      'pigmentation',
      'regression_structures',
      'dots_and_globules',
      'blue_whitish_veil',
      'vascular_structures',
      'level_of_diagnostic_difficulty',
      'management',
    ],
  },
};

/** Two images a case, and the seven points of the checklist. */
export const derm7pt: DatasetFormat = tableFormat({
  card,
  columns: ['case_num', 'diagnosis', 'derm', 'clinic'],
  image: imageColumn,
  async open(table, source) {
    const cases = await table.read();
    const splitOf = await readSplits(cases, source);
    const at = kinds.map(([name]) => cases.columns.indexOf(name));
    const caseAt = cases.columns.indexOf('case_num');
    const caseOf = new Map<string, string>();
    const derived = deriveRows(cases, [...cases.columns, imageColumn, imageTypeColumn], (row) =>
      kinds.flatMap(([, kind], i) => {
        const path = row.cells[at[i]];
        const first = caseOf.get(path.toLowerCase());
        // The same file may stand in a second case; a case that stands there twice is a fault.
        if (path === '' || (first !== undefined && first !== row.cells[caseAt])) return [];
        caseOf.set(path.toLowerCase(), row.cells[caseAt]);
        return [[...row.cells, path, kind]];
      }),
    );
    return { ...derived.table, splitOf: (row) => splitOf.get(derived.rowOf(row)) };
  },
  async read(table, source, options) {
    const chosen = options.classes ?? classes;
    const parsed = readRecords(table, columns, labelsOfColumn(table, 'diagnosis', chosen, groupOf));
    const ids = new Set(parsed.records.map(({ imageId }) => imageId));
    return { ...parsed, classes: chosen, links: await sharedFiles(source, table.file, parsed.records, ids) };
  },
});

/** Cases that have an image file in common. */
async function sharedFiles(
  { tables }: DatasetSource,
  file: string,
  records: readonly { imageId: string; lesionId: string }[],
  ids: ReadonlySet<string>,
): Promise<LinkedImages[]> {
  const table = await tables.find((one) => one.file.location === file)?.read();
  if (!table) return [];
  const at = [...kinds.map(([name]) => name), 'case_num'].map((name) => table.columns.indexOf(name));
  const caseOf = new Map<string, string>();
  const links: LinkedImages[] = [];
  const imageOf = (lesion: string) => records.find(({ lesionId }) => lesionId === lesion)?.imageId;
  for (const { cells } of table.rows)
    for (const path of [cells[at[0]], cells[at[1]]].filter(Boolean)) {
      const before = caseOf.get(path.toLowerCase());
      if (before === undefined) caseOf.set(path.toLowerCase(), cells[at[2]]);
      else if (before !== cells[at[2]]) {
        const imageIds = [imageOf(before), imageOf(cells[at[2]])].filter(
          (id) => id !== undefined && ids.has(id),
        ) as string[];
        if (imageIds.length === 2)
          links.push({ kind: 'listed', imageIds, because: `${file}: ${imageKey(path)} is of both cases` });
      }
    }
  return links;
}

/** Splits by the rows of the table, from the lists of rows that lie beside it. @throws LesionlabError kind `data` where a row is not there, or in two lists */
async function readSplits({ rows }: MetadataTable, { tables }: DatasetSource): Promise<Map<MetadataRow, SplitName>> {
  const found = new Map<MetadataRow, SplitName>();
  for (const list of tables.filter(isList)) {
    const split = splitOfName(list.file.name)!;
    const table = await list.read();
    const at = table.columns.indexOf('indexes');
    const problems = new RowProblems(table.file);
    for (const { cells, number } of table.rows) {
      const row = /^\d+$/.test(cells[at]) ? rows[Number(cells[at])] : undefined;
      if (!row)
        problems.add(
          number,
          'no-such-row',
          `expected a row of meta.csv counted from 0, at most ${rows.length - 1}, found "${cells[at]}".`,
          'Is it the list of another version? Fetch both again.',
        );
      else if (found.has(row) && found.get(row) !== split)
        problems.add(
          number,
          'split-twice',
          `row ${cells[at]} is in ${found.get(row)} already, and now in ${split}.`,
          'Each case is in one split: fetch the lists again.',
        );
      else found.set(row, split);
    }
    problems.throwIfAny();
  }
  return found;
}

const isList = ({ file, columns: there, problem }: SourceTable) =>
  !problem && there.includes('indexes') && splitOfName(file.name) !== undefined;
