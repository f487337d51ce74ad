import type { ClassInfo } from '../dataset.js';
import { ham10000Classes } from '../formats/ham10000.js';
import { benignMalignant, lesionClasses } from '../formats/lesionClasses.js';

const classes: readonly ClassInfo[] = [
  ...ham10000Classes,
  ...lesionClasses('ak', 'scc', 'sk'),
  ...benignMalignant('A cancer of the skin, of whatever kind.'),
];

/** What datasets and clinics call a class besides its code and name, in lower case with spaces between words. */
const otherWords: Readonly<Record<string, string>> = {
  ak: 'ack, actinic keratosis, aktinische keratose, kératose actinique, queratosis actínica',
  bcc: 'basal cell carcinoma, basalioma, basaliom, basalzellkarzinom, carcinome basocellulaire, carcinoma basocelular',
  bkl: 'benign keratosis, benign keratosis like lesion',
  df: 'dermatofibroma, dermatofibrom, dermatofibrome, histiocytoma',
  mel: 'melanoma, malignant melanoma, malignes melanom, melanom, mélanome, mm',
  nv: 'nev, nevus, naevus, nävus, melanocytic nevus, melanocytic naevus, nevi, naevi, mole, benign nevus, grain de beauté, lunar',
  scc: 'squamous cell carcinoma, plattenepithelkarzinom, spinaliom, carcinome épidermoïde, carcinoma espinocelular',
  sk: 'sek, seborrheic keratosis, seborrhoeic keratosis, seborrhoische keratose, kératose séborrhéique, queratosis seborreica',
  vasc: 'vascular lesion, angioma, haemangioma, hemangioma',
};

const simple = (word: string): string =>
  word
    .toLowerCase()
    .trim()
    .replace(/[_\-\s]+/g, ' ');

const byWord = new Map<string, ClassInfo>(
  classes.flatMap((info) => [
    ...(otherWords[info.id] ?? '').split(', ').map((word) => [word, info] as const),
    [simple(info.name), info] as const,
    [info.id, info] as const,
  ]),
);

/** The class that a word of a table or a name of a column or folder means everywhere; undefined where it is none of those that are known. */
export const classOfWord = (word: string): ClassInfo | undefined => byWord.get(simple(word));
