import type { ClassInfo } from '../dataset.js';
import { ham10000Classes } from '../formats/ham10000.js';

/**
 * Diagnoses that no dataset of the field divides further. Classes of datasets are sets of these, which says whether two of them mean the same, overlap, or
 * have nothing in common.
 */
export type Diagnosis =
  | 'actinic-keratosis'
  | 'bowen'
  | 'invasive-squamous-cell-carcinoma'
  | 'basal-cell-carcinoma'
  | 'seborrhoeic-keratosis'
  | 'solar-lentigo'
  | 'lichen-planus-like-keratosis'
  | 'dermatofibroma'
  | 'melanoma'
  | 'nevus'
  | 'vascular'
  | 'inflammatory'
  | 'other-benign'
  | 'other-malignant';

/** A class of joined datasets: the diagnoses that it is made of, and what readers are told of it. */
export interface Concept {
  readonly info: ClassInfo;
  readonly diagnoses: readonly Diagnosis[];
}

const hams = (id: string): ClassInfo => ham10000Classes.find((known) => known.id === id)!;
const keratoses = ['seborrhoeic-keratosis', 'solar-lentigo', 'lichen-planus-like-keratosis'] as const;
const squamous = ['bowen', 'invasive-squamous-cell-carcinoma'] as const;

/** Classes that have a name, in the order that outputs keep: HAM10000's seven where they belong, others beside what they are parts of. */
export const concepts: readonly Concept[] = [
  { info: hams('akiec'), diagnoses: ['actinic-keratosis', 'bowen'] },
  {
    info: { id: 'ak', name: 'Actinic keratosis', malignant: true, description: hams('akiec').description },
    diagnoses: ['actinic-keratosis'],
  },
  {
    info: {
      id: 'akscc',
      name: 'Actinic keratosis or squamous cell carcinoma',
      malignant: true,
      description: 'Abnormal growth of the cells of the upper skin, from its earliest stages to an invasive cancer.',
    },
    diagnoses: ['actinic-keratosis', ...squamous],
  },
  { info: hams('bcc'), diagnoses: ['basal-cell-carcinoma'] },
  { info: hams('bkl'), diagnoses: keratoses },
  {
    info: { id: 'sk', name: 'Seborrhoeic keratosis', malignant: false, description: hams('bkl').description },
    diagnoses: ['seborrhoeic-keratosis'],
  },
  { info: { id: 'lentigo', name: 'Solar lentigo', malignant: false }, diagnoses: ['solar-lentigo'] },
  {
    info: { id: 'lplk', name: 'Lichen planus-like keratosis', malignant: false },
    diagnoses: ['lichen-planus-like-keratosis'],
  },
  { info: hams('df'), diagnoses: ['dermatofibroma'] },
  { info: hams('mel'), diagnoses: ['melanoma'] },
  { info: hams('nv'), diagnoses: ['nevus'] },
  {
    info: {
      id: 'scc',
      name: 'Squamous cell carcinoma',
      malignant: true,
      description:
        'A cancer of the upper skin that can spread to other parts of the body; its earliest stage (Bowen) included.',
    },
    diagnoses: squamous,
  },
  { info: { id: 'bowen', name: 'Squamous cell carcinoma in situ (Bowen)', malignant: true }, diagnoses: ['bowen'] },
  {
    info: { id: 'scc-invasive', name: 'Invasive squamous cell carcinoma', malignant: true },
    diagnoses: ['invasive-squamous-cell-carcinoma'],
  },
  { info: hams('vasc'), diagnoses: ['vascular'] },
  { info: { id: 'inf', name: 'Inflammatory or infectious', malignant: false }, diagnoses: ['inflammatory'] },
  { info: { id: 'ben_oth', name: 'Other benign', malignant: false }, diagnoses: ['other-benign'] },
  { info: { id: 'mal_oth', name: 'Other malignant', malignant: true }, diagnoses: ['other-malignant'] },
  {
    info: { id: 'benign', name: 'Benign', malignant: false },
    diagnoses: [...keratoses, 'dermatofibroma', 'nevus', 'vascular', 'inflammatory', 'other-benign'],
  },
  {
    info: { id: 'malignant', name: 'Malignant', malignant: true },
    diagnoses: ['actinic-keratosis', ...squamous, 'basal-cell-carcinoma', 'melanoma', 'other-malignant'],
  },
];

/** Names that datasets have for a concept, beside its own id and name: letters and digits in lower case. */
const names: Readonly<Record<string, readonly string[]>> = {
  // HAM10000, ISIC 2018, MILK10k.
  akiec: [
    'actinic keratosis intraepithelial carcinoma',
    'actinic keratoses',
    'actinic keratosis intraepidermal carcinoma',
  ],
  // ISIC 2019, PAD-UFES-20, the archive; "solar or actinic keratosis" is its name for the same.
  ak: ['ack', 'actinic keratosis', 'solar or actinic keratosis'],
  bcc: [
    'basal cell carcinoma',
    'basal cell carcinoma nos',
    'basal cell carcinoma superficial',
    'basal cell carcinoma nodular',
  ],
  bkl: [
    'benign keratosis',
    'pigmented benign keratosis',
    'benign keratosis like lesions',
    'benign keratosis like lesion',
  ],
  // ISIC 2017, PAD-UFES-20, Derm7pt.
  sk: ['seborrheic keratosis', 'seborrhoeic keratosis', 'sek', 'seborrheic keratoses'],
  lentigo: ['solar lentigo'],
  lplk: ['lichen planus like keratosis', 'lichenoid keratosis'],
  df: ['dermatofibroma'],
  mel: [
    'melanoma',
    'melanoma nos',
    'melanoma invasive',
    'melanoma in situ',
    'melanoma metastasis',
    'malignant melanoma',
    'lentigo maligna',
    'melanoma less than 0 76 mm',
    'melanoma 0 76 to 1 5 mm',
    'melanoma more than 1 5 mm',
  ],
  nv: [
    'nevus',
    'naevus',
    'nev',
    'nevi',
    'melanocytic nevus',
    'melanocytic nevi',
    'melanocytic naevus',
    'common nevus',
    'atypical nevus',
    'blue nevus',
    'clark nevus',
    'combined nevus',
    'congenital nevus',
    'dermal nevus',
    'recurrent nevus',
    'reed or spitz nevus',
  ],
  // Bowen's disease is counted among them by ISIC 2019 and PAD-UFES-20.
  scc: ['squamous cell carcinoma', 'squamous cell carcinoma nos'],
  bowen: ['squamous cell carcinoma in situ', 'bowen s disease', 'bowen disease'],
  'scc-invasive': [
    'sccka',
    'squamous cell carcinoma keratoacanthoma',
    'squamous cell carcinoma invasive',
    'keratoacanthoma',
  ],
  vasc: [
    'vascular',
    'vascular lesion',
    'vascular lesions',
    'angioma',
    'angiokeratoma',
    'pyogenic granuloma',
    'hemangioma',
  ],
  inf: ['inflammatory', 'inflammatory and infectious conditions'],
  ben_oth: ['other benign', 'benign other'],
  mal_oth: ['other malignant', 'malignant other', 'metastasis'],
  benign: ['0'],
  malignant: ['1'],
};

/** What a name means in one dataset only, by the dataset's id. */
const ownNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // All that is malignant there is melanoma: the task was to tell it from the rest.
  isic2016: { malignant: 'mel' },
  isic2020: { malignant: 'mel', '1': 'mel' },
};

const plain = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

const byName = new Map(
  concepts.flatMap((concept) =>
    [concept.info.id, concept.info.name, ...(names[concept.info.id] ?? [])].map(
      (name) => [plain(name), concept] as const,
    ),
  ),
);

/** The concept that a class of a dataset is, by its id or else by its name; undefined where the taxonomy has none. @param dataset its `DatasetInfo.id` */
export function conceptOf({ id, name }: Pick<ClassInfo, 'id' | 'name'>, dataset: string): Concept | undefined {
  const own = ownNames[dataset]?.[plain(id)];
  if (own !== undefined) return byName.get(plain(own));
  return byName.get(plain(id)) ?? byName.get(plain(name));
}

/** The concept of exactly these diagnoses; undefined where the taxonomy has no name for them. */
export function conceptOfDiagnoses(diagnoses: ReadonlySet<string>): Concept | undefined {
  return concepts.find(
    (concept) => concept.diagnoses.length === diagnoses.size && concept.diagnoses.every((one) => diagnoses.has(one)),
  );
}
