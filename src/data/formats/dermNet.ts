import type { LinkedImages } from '../dataset.js';
import type { DatasetFormat } from '../reading/datasetFormat.js';
import { findFolders } from './classFolders.js';

/** Names of the folders, as they are on Kaggle; with or without the blank at the end that one of them has. */
const folders: ReadonlySet<string> = new Set(
  [
    'Acne and Rosacea Photos',
    'Actinic Keratosis Basal Cell Carcinoma and other Malignant Lesions',
    'Atopic Dermatitis Photos',
    'Bullous Disease Photos',
    'Cellulitis Impetigo and other Bacterial Infections',
    'Eczema Photos',
    'Exanthems and Drug Eruptions',
    'Hair Loss Photos Alopecia and other Hair Diseases',
    'Herpes HPV and other STDs Photos',
    'Light Diseases and Disorders of Pigmentation',
    'Lupus and other Connective Tissue diseases',
    'Melanoma Skin Cancer Nevi and Moles',
    'Nail Fungus and other Nail Disease',
    'Poison Ivy Photos and other Contact Dermatitis',
    'Psoriasis pictures Lichen Planus and related diseases',
    'Scabies Lyme Disease and other Infestations and Bites',
    'Seborrheic Keratoses and other Benign Tumors',
    'Systemic Disease',
    'Tinea Ringworm Candidiasis and other Fungal Infections',
    'Urticaria Hives',
    'Vascular Tumors',
    'Vasculitis Photos',
    'Warts Molluscum and other Viral Infections',
  ].map((name) => name.toLowerCase()),
);

/** Folders by whose names DermNet is told, where some were left out. */
const leastNamed = 5;

/** DermNet's photographs in 23 folders, as they are on Kaggle. */
export const dermNet: DatasetFormat = {
  card: {
    id: 'dermnet',
    name: 'DermNet (Kaggle)',
    layout: 'Folders train and test with 23 folders each, such as "Acne and Rosacea Photos".',
    classes: null,
    groups:
      'None are told. Names that differ by their last number alone (acne-cystic-1, acne-cystic-2) are photographs of one condition, often of one patient: they are kept on one side.',
    officialSplits: 'train (about 15,500 images) and test (about 4,000): photographs of one series are on both sides.',
    confirmation: 'None: the diagnoses are those of an atlas.',
    knownFaults: [
      'Series of photographs of one patient are split between train and test, so that results on that split are too good.',
      'Folders are chapters of an atlas, benign and malignant lesions in one: "Melanoma Skin Cancer Nevi and Moles".',
      'Many images have a watermark, and many are there in several sizes or twice.',
    ],
    licence: 'CC BY-NC-ND 3.0 NZ (DermNet)',
    citation: 'DermNet New Zealand Trust. DermNet image library (2020), as collected on Kaggle by S. Goel',
    url: 'https://www.kaggle.com/datasets/shubhamgoel27/dermnet',
  },
  columns: [],
  find: (source) =>
    findFolders(source, dermNet, (names) => {
      const named = names.filter((name) => folders.has(name.trim().toLowerCase()));
      return named.length >= leastNamed && named.length === names.length;
    }).map((candidate) => ({
      ...candidate,
      read: async (options) => {
        const parsed = await candidate.read(options);
        return { ...parsed, links: findSeries(parsed.records.map(({ imageId }) => imageId)) };
      },
    })),
};

/** Images whose names differ by their last number alone. */
function findSeries(imageIds: readonly string[]): LinkedImages[] {
  const series = new Map<string, string[]>();
  for (const imageId of imageIds) {
    const name = imageId.slice(imageId.lastIndexOf('/') + 1);
    const stem = /^(.*[a-z].*?)[-_ ]?\d+$/i.exec(name)?.[1].toLowerCase();
    if (stem !== undefined) series.set(stem, [...(series.get(stem) ?? []), imageId]);
  }
  return [...series.values()]
    .filter((ids) => ids.length > 1)
    .map((ids) => ({ kind: 'listed', imageIds: ids, because: 'names of one series' }));
}
