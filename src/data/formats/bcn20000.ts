import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import { hiddenTruth } from '../reading/hiddenTruth.js';
import { labelsOfColumn } from '../reading/rowLabels.js';
import { splitOfName } from '../reading/splitNames.js';
import { tableFormat } from '../reading/tableFormat.js';
import { type RecordColumns, readRecords } from '../reading/tableRecords.js';
import { lesionClasses } from './lesionClasses.js';

const classes = lesionClasses('mel', 'nv', 'bcc', 'ak', 'bkl', 'df', 'vasc', 'scc');

const card: FormatCard = {
  id: 'bcn20000',
  name: 'BCN20000',
  layout: 'bcn_20k_train.csv with bcn_filename (the images’ names with their ending), diagnosis and lesion_id.',
  classes,
  groups: 'lesion_id: images of one lesion. There are no patient ids.',
  officialSplits: 'A column split (train or test); the diagnoses of the test set are kept back.',
  confirmation: 'Histopathology for all cancers and most others; the rest by consensus of experts.',
  knownFaults: [
    'Most images are in ISIC 2019 and in the ISIC Archive under other ids; lesion ids (BCN_…) are the same there.',
    'The test set has images of none of the eight classes.',
  ],
  licence: 'CC BY-NC 4.0',
  citation:
    'Hernández-Pérez C et al. BCN20000: Dermoscopic Lesions in the Wild. Scientific Data 11, 641 (2024). doi:10.1038/s41597-024-03387-w',
  url: 'https://doi.org/10.6084/m9.figshare.24140028',
};

const columns: RecordColumns = {
  image: 'bcn_filename',
  lesion: 'lesion_id',
  age: ['age_approx', 'age'],
  sex: 'sex',
  localization: 'anatom_site_general',
  further: { never: ['capture_date'] },
};

/** BCN20000 as its makers publish it on figshare: dermoscopic images of a hospital in Barcelona. */
export const bcn20000: DatasetFormat = tableFormat({
  card,
  columns: ['bcn_filename', 'diagnosis'],
  image: 'bcn_filename',
  parts: true,
  async read(table, _source, options) {
    const chosen = options.classes ?? classes;
    const split = table.columns.indexOf('split');
    const splitOf: typeof table.splitOf = (row) =>
      (split < 0 ? undefined : splitOfName(row.cells[split])) ?? table.splitOf?.(row);
    const named = labelsOfColumn(table, 'diagnosis', chosen);
    const diagnosis = table.columns.indexOf('diagnosis');
    return {
      classes: chosen,
      ...readRecords({ ...table, splitOf }, columns, (row) =>
        isOutside(row.cells[diagnosis]) ? 'outside' : named(row),
      ),
    };
  },
  refuse: hiddenTruth(
    card.name,
    'diagnosis',
    ({ columns: there }) => there.includes('bcn_filename') && !there.includes('diagnosis'),
  ),
});

const isOutside = (diagnosis: string): boolean => /^(ood|unk)$/i.test(diagnosis);
