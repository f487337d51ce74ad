import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import { labelsOfColumn } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { type RecordColumns, readRecords } from '../reading/tableRecords.js';
import { lesionClasses } from './lesionClasses.js';
import { fitzpatrickTypes } from './skinTypes.js';

const classes = lesionClasses('ak', 'bcc', 'mel', 'nv', 'scc', 'sk');

const card: FormatCard = {
  id: 'pad-ufes-20',
  name: 'PAD-UFES-20',
  layout:
    'metadata.csv with img_id, patient_id, lesion_id and diagnostic, beside the images or the zips of their three parts.',
  classes,
  groups: 'patient_id (1,373 patients), then lesion_id (1,641 lesions, 2,298 images).',
  officialSplits: 'None.',
  confirmation: 'Biopsy in 58% of the images: in all of bcc, mel and scc, in few of the others.',
  knownFaults: [
    'biopsed goes with malignant lesions and tells the answer: it is no input.',
    'What patients told (smoke, drink, pesticide and others) is empty in about a third of the rows; UNK and empty cells count as missing.',
    'Backgrounds are written in two ways, such as BRASIL and BRAZIL.',
    'Clinical photographs of smartphones; Bowen’s disease is among scc.',
    '56 pairs of near-duplicates, 2 irrelevant images and 3 wrong labels (SelfClean).',
  ],
  licence: 'CC BY 4.0',
  citation:
    'Pacheco AGC et al. PAD-UFES-20: A skin lesion dataset composed of patient data and clinical images collected from smartphones. Data in Brief 32, 106221 (2020). doi:10.1016/j.dib.2020.106221',
  url: 'https://data.mendeley.com/datasets/zr7vgbcyr2/1',
};

const columns: RecordColumns = {
  image: 'img_id',
  patient: 'patient_id',
  lesion: 'lesion_id',
  age: 'age',
  sex: 'gender',
  localization: 'region',
  further: {
    never: ['biopsed'],
    bands: { fitspatrick: fitzpatrickTypes },
    subgroup: ['fitspatrick', 'background_father', 'background_mother', 'has_piped_water', 'has_sewage_system'],
    input: [
      'smoke',
      'drink',
      'pesticide',
      'skin_cancer_history',
      'cancer_history',
      'diameter_1',
      'diameter_2',
      'itch',
      'grew',
      'hurt',
      'changed',
      'bleed',
      'elevation',
    ],
  },
};

/** The dataset's own codes for lesions that others call otherwise. */
const codes = { ack: 'ak', nev: 'nv', sek: 'sk' };

/** Photographs of smartphones with what patients told, from Espírito Santo in Brazil. */
export const padUfes20: DatasetFormat = tableFormat({
  card,
  columns: ['img_id', 'patient_id', 'diagnostic'],
  image: 'img_id',
  async read(table, _source, options) {
    const chosen = options.classes ?? classes;
    // UNK says of a symptom what an empty cell says of an answer: nothing.
    const rows = table.rows.map((row) =>
      row.cells.includes('UNK') ? { ...row, cells: row.cells.map((cell) => (cell === 'UNK' ? '' : cell)) } : row,
    );
    return {
      classes: chosen,
      ...readRecords({ ...table, rows }, columns, labelsOfColumn(table, 'diagnostic', chosen, codes)),
    };
  },
});
