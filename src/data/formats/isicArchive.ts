import type { ClassInfo } from '../dataset.js';
import { isUnknown } from '../reading/columnValues.js';
import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import type { MetadataTable } from '../reading/metadataTable.js';
import type { ReadLabel } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { type RecordColumns, readRecords } from '../reading/tableRecords.js';
import { isicDiagnosis } from './isicDiagnoses.js';
import { benignMalignant, lesionClasses } from './lesionClasses.js';

const classes = lesionClasses('mel', 'nv', 'bcc', 'ak', 'bkl', 'df', 'vasc', 'scc', 'inf', 'ben_oth', 'mal_oth');
const twoClasses = benignMalignant('A cancer of the skin, of whatever kind.');

const card: FormatCard = {
  id: 'isic-archive',
  name: 'ISIC Archive export',
  layout:
    'metadata.csv with isic_id and a diagnosis (diagnosis_1 to diagnosis_5, the older diagnosis, or benign_malignant), and whatever other columns the selection has, beside the images.',
  classes,
  groups:
    'patient_id and lesion_id, where the selection has them: many contributors gave neither. One photograph may be in the archive more than once.',
  officialSplits: 'None: collections that were part of a challenge have their splits in the challenge’s own tables.',
  confirmation:
    'diagnosis_confirm_type by image: histopathology, serial imaging showing no change, consensus of experts, confocal microscopy, or the assessment of a single contributor.',
  knownFaults: [
    'Columns differ from export to export: one that is absent was not in the selection, which is another thing than an empty cell.',
    'Diagnoses are named to different depths; the deepest name that the taxonomy knows is the class, and images whose diagnosis says no more than benign, malignant or indeterminate are left out.',
    'Dermoscopic, clinical and other images are mixed; image_type tells them apart.',
  ],
  licence: 'By image, in copyright_license: CC-0, CC-BY or CC-BY-NC',
  citation: 'The International Skin Imaging Collaboration. ISIC Archive (2024), with the attribution of each image',
  url: 'https://www.isic-archive.com',
};

const levels = [1, 2, 3, 4, 5].map((level) => `diagnosis_${level}`);

const columns: RecordColumns = {
  image: 'isic_id',
  lesion: 'lesion_id',
  patient: 'patient_id',
  dxType: 'diagnosis_confirm_type',
  age: ['age_approx', 'age'],
  sex: 'sex',
  localization: ['anatom_site_general', 'anatom_site_1'],
  further: {
    input: ['clin_size_long_diam_mm', 'family_hx_mm', 'personal_hx_mm'],
    subgroup: [
      'image_type',
      'dermoscopic_type',
      'fitzpatrick_skin_type',
      'image_manipulation',
      'tbp_tile_type',
      'blurry',
      'color_tint',
      'hairy',
      'marker_pen',
      'attribution',
      /^anatom_site_/,
    ],
    // Among them what names the answer (mel_thick_mm, nevus_type, concomitant_biopsy) and columns that nobody knows yet.
    rest: 'never',
  },
};

/**
 * Exports of the ISIC Archive, HIBA and BCN20000 among them, as its page and isic-cli write them. Where a table says no more than benign or
 * malignant, these are the classes.
 */
export const isicArchive: DatasetFormat = tableFormat({
  card,
  columns: ['isic_id'],
  oneOf: [['diagnosis_1', 'diagnosis_2', 'diagnosis_3', 'diagnosis', 'benign_malignant']],
  image: 'isic_id',
  async read(table, _source, options) {
    const named = [...levels.slice(1), 'diagnosis'].some((name) => table.columns.includes(name));
    const all = named ? classes : twoClasses;
    const chosen = options.classes ?? all;
    const parsed = readRecords(table, columns, named ? byDiagnosis(table, chosen) : byMalignancy(table, chosen));
    return options.classes ? { ...parsed, classes: chosen } : ofThoseThatOccur(parsed, chosen);
  },
});

function byDiagnosis(table: MetadataTable, classes: readonly ClassInfo[]): ReadLabel {
  const at = levels.map((name) => table.columns.indexOf(name)).filter((index) => index >= 0);
  const legacy = table.columns.indexOf('diagnosis');
  const labelOf = new Map(classes.map(({ id }, label) => [id, label] as const));
  return ({ cells }) => {
    const names = at.map((index) => cells[index]);
    const deep = isicDiagnosis(names);
    const found = deep === 'none' && legacy >= 0 ? isicDiagnosis([cells[legacy]]) : deep;
    if (found === 'none') return { leftOut: 'no diagnosis' };
    if (found && 'undecided' in found) return { leftOut: found.undecided };
    const label = found && labelOf.get(found.id);
    if (label !== undefined) return label;
    const written = [...names, legacy < 0 ? '' : cells[legacy]].filter((name) => !isUnknown(name)).join(' / ');
    return {
      code: 'unknown-diagnosis',
      fault: `has the diagnosis "${written}"${found ? ` (${found.id})` : ''}, expected one of the archive’s taxonomy that is of the classes ${classes.map(({ id }) => id).join(', ')}.`,
      hint: 'Mend the diagnosis of that row or remove the row.',
    };
  };
}

function byMalignancy(table: MetadataTable, classes: readonly ClassInfo[]): ReadLabel {
  const at = ['diagnosis_1', 'benign_malignant'].map((name) => table.columns.indexOf(name)).filter((i) => i >= 0);
  return ({ cells }) => {
    const written = at.map((index) => cells[index]).find((cell) => !isUnknown(cell));
    if (written === undefined) return { leftOut: 'no diagnosis' };
    const label = classes.findIndex(({ id }) => id === written.toLowerCase());
    if (label >= 0) return label;
    if (/^indeterminate/i.test(written)) return { leftOut: 'a diagnosis that is neither benign nor malignant' };
    return {
      code: 'unknown-diagnosis',
      fault: `is "${written}", expected benign, malignant or indeterminate.`,
      hint: 'Mend the diagnosis of that row or remove the row.',
    };
  };
}

/** With the classes that have images, in their order. */
function ofThoseThatOccur(parsed: ReturnType<typeof readRecords>, all: readonly ClassInfo[]) {
  const there = new Set(parsed.records.map(({ label }) => label));
  const kept = all.flatMap((_, label) => (there.has(label) ? [label] : []));
  const labelOf = new Map(kept.map((label, i) => [label, i] as const));
  return {
    ...parsed,
    classes: kept.map((label) => all[label]),
    records: parsed.records.map((record) => ({ ...record, label: labelOf.get(record.label)! })),
  };
}
