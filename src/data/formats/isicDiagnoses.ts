import { isUnknown } from '../reading/columnValues.js';

/** The class that the archive's name of a diagnosis is of; `undecided` for what is of no class, with the words for a note. */
export type IsicDiagnosis = { readonly id: string } | { readonly undecided: string };

const is = (id: string): IsicDiagnosis => ({ id });
const indeterminate: IsicDiagnosis = { undecided: 'a diagnosis that is neither benign nor malignant' };
const collision: IsicDiagnosis = { undecided: 'several lesions in one' };
const only = (level: string): IsicDiagnosis => ({ undecided: `${level} as the whole diagnosis` });

/**
 * The archive's taxonomy by names of any level, the deepest of a row's names that is here being its class; as in ISIC 2019, actinic keratoses
 * stand apart and Bowen's disease is with the carcinomas. Names stand in for those below them, which carry on from them (`Nevus, Spitz`) or
 * which are not told apart.
 */
const byName: readonly (readonly [RegExp, IsicDiagnosis])[] = [
  [/^collision\b/, collision],
  [/^(nevus sebaceus|nevus comedonicus|lipomatous nevus|epidermal nevus)/, is('ben_oth')],
  [/^melanoma\b|^lentigo maligna|^malignant melanocytic proliferations/, is('mel')],
  [/^(blue )?nevus\b|^lentigo simplex|^benign melanocytic proliferations/, is('nv')],
  [/^basal cell carcinoma|^malignant adnexal epithelial proliferations - follicular$/, is('bcc')],
  [/^squamous cell carcinoma|^keratoacanthoma|^malignant epidermal proliferations/, is('scc')],
  [/^(solar or )?actinic keratosis|^indeterminate epidermal proliferations/, is('ak')],
  [
    /^seborr?h?o?eic keratosis|^solar lentigo|^lentigo nos|^lichen planus.like keratosis|^lichenoid keratosis|^pigmented benign keratosis|^benign epidermal proliferations$/,
    is('bkl'),
  ],
  [/^dermatofibroma\b/, is('df')],
  [
    /^(hem|haem)?angioma\b|^angiokeratoma|^pyogenic granuloma|^vascular lesion|^hemorrhagic lesions|^benign soft tissue proliferations - vascular/,
    is('vasc'),
  ],
  [/^inflammatory or infectious diseases|^verruca|^molluscum/, is('inf')],
  [/^indeterminate\b|^aimp$|^atypical (spitz tumor|melanocytic|intraepithelial)/, indeterminate],
  [/^merkel cell|^malignant .+ proliferations|^lymphocytic proliferations|^skin metastasis/, is('mal_oth')],
  [
    /^(cafe-au-lait macule|ephelis|mucosal melano|clear cell acanthoma|acrochordon|angiofibroma|neurofibroma|scar|sebaceous (adenoma|hyperplasia))|^benign .+ proliferations|^(cysts|exogenous|flat melanotic pigmentations|langerhans cell|mast cell)/,
    is('ben_oth'),
  ],
  [/^(other|adnexal tumor)$/, { undecided: 'a diagnosis that is of no class' }],
  [/^benign$/, only('benign')],
  [/^malignant$/, only('malignant')],
];

/** Below these names, what has no class of its own is another lesion of the group, not the most frequent one. */
const others: readonly (readonly [RegExp, IsicDiagnosis])[] = [
  [/^benign( epidermal proliferations)?$/, is('ben_oth')],
  [/^malignant( adnexal epithelial proliferations - follicular)?$/, is('mal_oth')],
];

/**
 * The class of a diagnosis of the archive.
 * @param levels names of the levels `diagnosis_1` to `diagnosis_5` from the top, or the one name of its legacy column
 * @returns undefined where no level is known; `none` where none says anything
 */
export function isicDiagnosis(levels: readonly string[]): IsicDiagnosis | 'none' | undefined {
  const named = levels.filter((name) => !isUnknown(name)).map((name) => name.toLowerCase());
  if (named.length === 0) return 'none';
  for (let level = named.length - 1; level >= 0; level--) {
    const names = level < named.length - 1 ? [...others, ...byName] : byName;
    const found = names.find(([pattern]) => pattern.test(named[level]));
    if (found) return found[1];
  }
  return undefined;
}
