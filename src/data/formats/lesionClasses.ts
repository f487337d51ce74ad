import type { ClassInfo } from '../dataset.js';
import { ham10000Classes } from './ham10000.js';

const byId = new Map(ham10000Classes.map((info) => [info.id, info] as const));

const further: readonly ClassInfo[] = [
  {
    id: 'ak',
    name: 'Actinic keratosis',
    description: 'Rough patches on skin that has had much sun, which may become an invasive cancer.',
  },
  {
    id: 'scc',
    name: 'Squamous cell carcinoma',
    description:
      'A cancer of the upper skin, those that have not grown into the depth (Bowen’s disease) and keratoacanthomas included.',
    malignant: true,
  },
  {
    id: 'sccka',
    name: 'Squamous cell carcinoma or keratoacanthoma',
    description:
      'A cancer of the upper skin that has grown into the depth, or a keratoacanthoma, which looks like one.',
    malignant: true,
  },
  {
    id: 'sk',
    name: 'Seborrhoeic keratosis',
    description: 'A harmless growth of the horny layer that some call a barnacle of age.',
    malignant: false,
  },
  {
    id: 'inf',
    name: 'Inflammation or infection',
    description: 'Skin that is inflamed or infected, which is no growth at all.',
    malignant: false,
  },
  {
    id: 'ben_oth',
    name: 'Other benign lesion',
    description: 'Harmless lesions of many rarer kinds.',
    malignant: false,
  },
  {
    id: 'mal_oth',
    name: 'Other malignant lesion',
    description: 'Cancers of the skin of rarer kinds.',
    malignant: true,
  },
];
for (const info of further) byId.set(info.id, info);

/** What is known of the lesions with these codes, which several datasets share, in the order asked for. */
export const lesionClasses = (...ids: readonly string[]): readonly ClassInfo[] => ids.map((id) => byId.get(id)!);

/** The two classes of a dataset that tells apart no more. */
export const benignMalignant = (malignant: string): readonly ClassInfo[] => [
  { id: 'benign', name: 'Benign', description: 'Harmless, or taken for harmless without a biopsy.', malignant: false },
  { id: 'malignant', name: 'Malignant', description: malignant, malignant: true },
];
