import type { DatasetInfo } from '../dataset.js';
import { type DatasetFormat, describeFormat, type FormatCard } from '../reading/datasetFormat.js';
import type { SourceTable } from '../reading/datasetSource.js';
import { joinBest } from '../reading/joinTables.js';
import { labelsOfColumn, labelsOfOneHot, type ReadLabel } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { readRecords } from '../reading/tableRecords.js';
import { ham10000Citation, ham10000Classes } from './ham10000.js';

const card: FormatCard = {
  id: 'isic2018',
  name: 'ISIC 2018, task 3',
  layout:
    'Ground truth with image and one column for each diagnosis (1 or 0), and, of the training images, a table of lesion groupings; the truth of the test set may have HAM10000’s columns instead.',
  classes: ham10000Classes,
  groups:
    'lesion_id of the groupings: images of one lesion; validation and test images have none. There are no patient ids.',
  officialSplits: 'Training (10,015 images, which are HAM10000), validation (193) and test (1,512), a table each.',
  confirmation:
    'diagnosis_confirm_type of the groupings, training only: more than half by histopathology, the others by follow-up, consensus of experts or confocal microscopy.',
  knownFaults: [
    'Test image ISIC_0035068 has no weight in the official score.',
    'The training images are HAM10000 and all in ISIC 2019’s training set; validation and test images are in ISIC 2019’s test set.',
  ],
  licence: 'CC BY-NC 4.0',
  citation: `${ham10000Citation}. Codella N et al. Skin Lesion Analysis Toward Melanoma Detection 2018. arXiv:1902.03368 (2019)`,
  url: 'https://challenge.isic-archive.com/data/#2018',
};

/** ISIC 2018, task 3 (Codella et al. 2019, arXiv 1902.03368): HAM10000 with a test set of its own. */
export const isic2018Info: DatasetInfo = describeFormat(card, ham10000Classes);

/** Of the test set, without weight in the official scores of 2018. */
const unscored = 'ISIC_0035068';

/** The truth of the test set as Dataverse has it, in HAM10000's columns under the name of the challenge's file. */
const isHamLike = ({ file, columns }: SourceTable) =>
  /isic.?2018/i.test(file.name) && ['image_id', 'dx'].every((name) => columns.includes(name));

const hamNames: Readonly<Record<string, string>> = { image_id: 'image', dx_type: 'diagnosis_confirm_type' };

/** One-hot ground truth in ISIC's order of columns; the classes are HAM10000's, in HAM10000's order. */
export const isic2018: DatasetFormat = tableFormat({
  card,
  columns: ['image', ...ham10000Classes.map(({ id }) => id)],
  also: isHamLike,
  image: 'image',
  parts: true,
  async open(table, { tables }) {
    const truth = await table.read();
    if (isHamLike(table)) return { ...truth, columns: truth.columns.map((name) => hamNames[name] ?? name) };
    const groupings = tables.filter(({ columns }) => ['image', 'lesion_id'].every((name) => columns.includes(name)));
    const columns = ['lesion_id', 'diagnosis_confirm_type'];
    return await joinBest(truth, groupings, { on: 'image', by: 'image', columns });
  },
  async read(truth, _source, options) {
    const classes = options.classes ?? ham10000Classes;
    const oneHot = labelsOfOneHot(
      truth,
      classes.map(({ id }) => id.toLowerCase()),
    );
    const named = labelsOfColumn(truth, 'dx', classes);
    const dx = truth.columns.indexOf('dx');
    const label: ReadLabel = (row) => (row.cells[dx] ? named(row) : oneHot(row));
    const columns = {
      image: 'image',
      lesion: 'lesion_id',
      dxType: 'diagnosis_confirm_type',
      age: 'age',
      sex: 'sex',
      localization: 'localization',
      scoreWeight: 'score_weight',
    };
    const parsed = readRecords(truth, columns, label);
    const records = parsed.records.map((record) =>
      record.imageId === unscored ? { ...record, scoreWeight: 0 } : record,
    );
    return { ...parsed, classes, records };
  },
});
