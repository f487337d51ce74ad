import { dataError, type LesionlabError } from '../../errors.js';
import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import type { DatasetSource, SourceTable } from '../reading/datasetSource.js';
import { hiddenTruth } from '../reading/hiddenTruth.js';
import { joinBest } from '../reading/joinTables.js';
import { labelsOfOneHot, type ReadLabel } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { type RecordColumns, readRecords } from '../reading/tableRecords.js';
import { lesionClasses } from './lesionClasses.js';

const classes = lesionClasses('akiec', 'bcc', 'ben_oth', 'bkl', 'df', 'inf', 'mal_oth', 'mel', 'nv', 'sccka', 'vasc');

const card: FormatCard = {
  id: 'milk10k',
  name: 'MILK10k',
  layout:
    'Metadata with lesion_id, image_type and isic_id, a row an image, and the ground truth with lesion_id and one column for each diagnosis, a row a lesion; a folder of images for each lesion.',
  classes,
  groups:
    'lesion_id: one dermoscopic image and one clinical close-up of each of 5,240 lesions. There are no patient ids.',
  officialSplits: 'Training (5,240 lesions); the truth of the test set (479 lesions) is kept back.',
  confirmation:
    'diagnosis_confirm_type of the supplement: histopathology in 96% of the images, in the others the assessment of a single contributor.',
  knownFaults: [
    'MONET_* are what a network said of the images, and the supplement names the answer: neither is an input.',
    'mal_oth has nine lesions: no split has enough of them for a figure.',
  ],
  licence: 'CC BY-NC 4.0',
  citation: 'MILK study team. MILK10k (2025). doi:10.34970/648456',
  url: 'https://doi.org/10.34970/648456',
};

const columns: RecordColumns = {
  image: 'isic_id',
  lesion: 'lesion_id',
  dxType: 'diagnosis_confirm_type',
  age: 'age_approx',
  sex: 'sex',
  localization: ['site', 'anatom_site_general'],
  further: {
    subgroup: ['image_type', 'skin_tone_class', 'image_manipulation'],
    never: ['diagnosis_full', 'invasion_thickness_interval', /^monet_/, 'attribution', 'copyright_license'],
  },
};

const codes = classes.map(({ id }) => id);
const hasAll = ({ columns: there }: SourceTable, ...names: string[]) => names.every((name) => there.includes(name));
const isTruth = (table: SourceTable) => hasAll(table, 'lesion_id', ...codes) && !table.columns.includes('isic_id');

/** MILK10k: two images of each lesion, and the diagnosis by lesion. */
export const milk10k: DatasetFormat = tableFormat({
  card,
  columns: ['lesion_id', 'image_type', 'isic_id'],
  image: 'isic_id',
  parts: true,
  fits: (table, { tables }) => !/^test|_test_/i.test(table.file.name) && tables.some(isTruth),
  async open(table, { tables }) {
    const images = await table.read();
    const truth = await joinBest(images, tables.filter(isTruth), { on: 'lesion_id', columns: codes });
    const supplements = tables.filter((other) => other !== table && hasAll(other, 'isic_id', 'diagnosis_full'));
    return await joinBest(truth, supplements, { on: 'isic_id', by: 'image' });
  },
  async read(table, _source, options) {
    const chosen = options.classes ?? classes;
    const ids = chosen.map(({ id }) => id.toLowerCase());
    const known = labelsOfOneHot(table, ids);
    const [lesion, ...at] = ['lesion_id', ...ids].map((name) => table.columns.indexOf(name));
    const label: ReadLabel = (row) =>
      at.some((index) => row.cells[index])
        ? known(row)
        : {
            code: 'no-truth',
            fault: `is of lesion ${row.cells[lesion]}, which has no row in the ground truth.`,
            hint: 'Put the ground truth of these lesions into the folder, or remove the row.',
          };
    return { classes: chosen, ...readRecords(table, columns, label) };
  },
  refuse: (source) => withoutImages(source) ?? hidden(source),
});

const hidden = hiddenTruth(card.name, 'mel', (table) =>
  hasAll(table, 'lesion_id', 'image_type', 'isic_id', 'monet_hair'),
);

/** Lesions have their diagnoses, and nothing says which images they are on. */
function withoutImages({ tables }: DatasetSource): LesionlabError | undefined {
  const truth = tables.find(isTruth);
  if (!truth || tables.some((table) => hasAll(table, 'lesion_id', 'isic_id'))) return undefined;
  return dataError(
    'no-image-table',
    `${truth.file.location} has the diagnoses of lesions, and no table says which images are of a lesion.`,
    { hint: 'Put MILK10k_Training_Metadata.csv, with the columns lesion_id, image_type and isic_id, into the folder.' },
  );
}
