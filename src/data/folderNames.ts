/** What a folder of a dataset holds by its name, where the name is no diagnosis. */
export type FolderRole =
  /** A split: `train_dir`, `Test (20)`, `fold_0`. */
  | 'split'
  /** Images, or a part of them: `HAM10000_images_part_1`, `photos`, `patient 12`, `2021`. */
  | 'images'
  /** Lesion masks and what else is measured on images: `masks`, `HAM10000_segmentations_lesion_tschandl`. */
  | 'masks';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const splitWords = words(`
  train training trainset trainingset traindata trainingdata trainingsdaten val valid validation valset validationset valdata
  dev devset test testing testset testdata testdaten holdout heldout eval evaluation`);
const imageWords = words(`
  image images img imgs photo photos photograph photographs picture pictures pic pics input inputs jpeg jpegs jpg jpgs png pngs
  data dataset raw original originals resized cropped crops preprocessed processed augmented thumbnail thumbnails thumbs`);
const maskWords = words('mask masks segmentation segmentations superpixel superpixels');
/** These say it only with a number or a letter behind them: a `lesion` may be a class, `lesion_7` is one of many. */
const numberedSplitWords = words('fold folds kfold split splits cv');
const numberedWords = words(`
  part parts batch chunk set series folder patient subject case lesion visit session site center centre clinic hospital device
  camera`);
/** These say nothing in either direction. */
const fillers = words(`
  skin lesion lesions dermoscopic dermoscopy dermatoscopic clinical isic ham bcn pad ufes msk task tschandl all full small large
  big new old final set sets dir folder files of the and percent pct px`);

/**
 * Tells folders of splits, images and masks from folders of a diagnosis. Every word of the name has to say so: `Warts and other Photos` is
 * a diagnosis, as DermNet names them.
 */
export function folderRole(name: string): FolderRole | undefined {
  // The same few folders hold thousands of files.
  if (!known.has(name)) known.set(name, roleOf(name));
  return known.get(name);
}

/** Ids of lesions, patients and images, which MILK10k and PH2 have a folder of each: `IL_0000652`, `IMD002`. */
const id = /^(il|ip|isic|imd|bcn|ham|pat)[_-]?\d+$/i;

/** Years, months and days: `2021`, `2021-03`, `20210315`. No diagnosis is called so, and clinics keep their pictures by them. */
const date = /^(19|20)\d\d([-_. ]?(0[1-9]|1[0-2])([-_. ]?(0[1-9]|[12]\d|3[01]))?)?$/;

const known = new Map<string, FolderRole | undefined>();

function roleOf(name: string): FolderRole | undefined {
  if (id.test(name) || date.test(name)) return 'images';
  let numbered = false;
  const found = new Set<string>();
  for (const token of tokensOf(name)) {
    const word = token.replace(/\d+$/, '');
    if (word !== token || word.length === 1 || /^\d+x\d+$/.test(token)) numbered = true;
    if (word.length > 1 && !/^\d+x$/.test(word)) found.add(word);
  }
  const has = (set: ReadonlySet<string>) => [...found].some((word) => set.has(word));
  const saying = [splitWords, imageWords, maskWords, numberedSplitWords, numberedWords, fillers];
  if (![...found].every((word) => saying.some((set) => set.has(word)))) return undefined;
  if (has(maskWords)) return 'masks';
  if (has(splitWords) || (numbered && has(numberedSplitWords))) return 'split';
  return has(imageWords) || (numbered && has(numberedWords)) ? 'images' : undefined;
}

/** Words in lower case: of `trainSet`, `train_set` and `Train (80)` as well. */
const tokensOf = (name: string): string[] =>
  name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '');
