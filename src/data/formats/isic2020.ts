import type { LinkedImages } from '../dataset.js';
import type { DatasetFormat, FormatCard } from '../reading/datasetFormat.js';
import type { DatasetSource } from '../reading/datasetSource.js';
import { hiddenTruth } from '../reading/hiddenTruth.js';
import { nameImages } from '../reading/imageIds.js';
import { labelsOfColumn } from '../reading/rowLabels.js';
import { tableFormat } from '../reading/tableFormat.js';
import { readRecords } from '../reading/tableRecords.js';
import { benignMalignant } from './lesionClasses.js';

const classes = benignMalignant('Melanoma, a cancer of the pigment cells that can spread to other parts of the body.');

const card: FormatCard = {
  id: 'isic2020',
  name: 'ISIC 2020 (SIIM-ISIC)',
  layout:
    'Ground truth (Kaggle’s train.csv) with image_name, patient_id and target, its second version with lesion_id as well, and a list of duplicates with image_name_1 and image_name_2.',
  classes,
  groups:
    'patient_id (2,056 patients, 16 images each on average), then the 425 listed pairs of duplicates, of which 417 share their lesion_id in the second version; nearly all lesions have one image.',
  officialSplits: 'Training (33,126 images); the truth of the test set (10,982) is kept back.',
  confirmation:
    'Melanomas by histopathology; most benign lesions by follow-up or by an expert alone, with diagnosis unknown.',
  knownFaults: [
    '425 pairs of training images show the same lesion, as ISIC_2020_Training_Duplicates.csv lists.',
    'diagnosis is unknown for most benign images and says the answer for the others: it is no class and no input.',
    '584 of 33,126 images are melanomas (1.8%).',
  ],
  licence: 'CC BY-NC 4.0',
  citation:
    'Rotemberg V et al. A patient-centric dataset of images and metadata for identifying melanomas using clinical context. Scientific Data 8, 34 (2021). doi:10.1038/s41597-021-00815-z',
  url: 'https://challenge.isic-archive.com/data/#2020',
};

/** The challenge of 2020, of SIIM and ISIC: melanoma or not, several lesions of each patient. */
export const isic2020: DatasetFormat = tableFormat({
  card,
  columns: ['image_name', 'patient_id', 'target'],
  image: 'image_name',
  parts: true,
  async read(table, source, options) {
    const chosen = options.classes ?? classes;
    const names = { '0': 'benign', '1': 'malignant', '0.0': 'benign', '1.0': 'malignant' };
    const columns = {
      image: 'image_name',
      lesion: 'lesion_id',
      patient: 'patient_id',
      age: 'age_approx',
      sex: 'sex',
      localization: ['anatom_site_general_challenge', 'anatom_site_general'],
      further: { never: ['diagnosis', 'benign_malignant', 'asymmetry'] },
    };
    const parsed = readRecords(table, columns, labelsOfColumn(table, 'target', chosen, names));
    const ids = new Set(parsed.records.map(({ imageId }) => imageId));
    return { ...parsed, classes: chosen, links: await listedDuplicates(source, ids) };
  },
  refuse: hiddenTruth(
    card.name,
    'target',
    ({ columns }) =>
      columns.includes('anatom_site_general_challenge') &&
      ['image_name', 'image'].some((name) => columns.includes(name)) &&
      ['target', 'benign_malignant'].every((name) => !columns.includes(name)),
  ),
});

/** Pairs of the lists of duplicates, of which both are among the images. */
async function listedDuplicates({ tables }: DatasetSource, ids: ReadonlySet<string>): Promise<LinkedImages[]> {
  const links: LinkedImages[] = [];
  for (const { file, columns, read } of tables) {
    const at = ['image_name_1', 'image_name_2'].map((name) => columns.indexOf(name));
    if (at.includes(-1)) continue;
    for (const { cells } of (await read()).rows) {
      const imageIds = nameImages(at.map((index) => cells[index])).map(({ imageId }) => imageId);
      if (imageIds.every((imageId) => ids.has(imageId)))
        links.push({ kind: 'listed', imageIds, because: file.location });
    }
  }
  return links;
}
