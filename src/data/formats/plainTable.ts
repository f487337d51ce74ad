import type { DatasetFormat } from '../reading/datasetFormat.js';
import { classesInColumn } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { readDiagnoses } from '../reading/tableRecords.js';
import { ham10000Classes } from './ham10000.js';

/** A table of one's own: the least that a dataset can be described with. */
export const plainTable: DatasetFormat = tableFormat({
  card: {
    id: 'table',
    name: 'Table of images',
    layout:
      'A table (.csv, .tab or .tsv) with the columns image_id and dx, and lesion_id, dx_type, age, sex and localization if they are known.',
    classes: ham10000Classes,
    groups:
      'patient_id (or patient, subject_id ...) and lesion_id (or lesion ...), where there are such columns. Without them each image counts as a lesion of its own.',
    ownData: true,
  },
  columns: ['image_id', 'dx'],
  image: 'image_id',
  async read(table, _source, options) {
    // A network that tells two of the seven apart needs no outputs for the others.
    const there = classesInColumn(table, 'dx', ham10000Classes).map(({ id }) => id);
    const some = ham10000Classes.filter(({ id }) => there.includes(id));
    const classes = some.length > 1 && some.length === there.length ? some : ham10000Classes;
    return readDiagnoses(table, classes, options, { tellUnread: 'all' });
  },
});
