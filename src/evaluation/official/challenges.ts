/** The ISIC challenges whose classification tasks have a score here. */
export type ChallengeId = 'isic2016' | 'isic2017' | 'isic2018' | 'isic2019' | 'isic2020' | 'isic2024';

/** What a challenge ranks by. */
export type ChallengeMetric = 'averagePrecision' | 'meanAuroc' | 'balancedAccuracy' | 'auroc' | 'partialAuroc';

/** A challenge's classification task: what is submitted, and what it is ranked by. */
export interface Challenge {
  readonly id: ChallengeId;
  readonly title: string;
  /** Name of the column of image ids in a submission. */
  readonly image: string;
  /** Columns of confidences in a submission, in order. */
  readonly columns: readonly string[];
  /** Whether a submission starts with the columns' names. */
  readonly header: boolean;
  readonly metric: ChallengeMetric;
  /** The score in words. */
  readonly score: string;
  /** Ids of classes whose probability goes into each column, in `columns`' order; null: the probability of being malignant. */
  readonly classes: readonly (readonly string[])[] | null;
  /** A class that networks needn't have: its column is 0 then. */
  readonly optional?: string;
}

const malignant = { classes: null, columns: ['target'], header: true } as const;

/** The challenges, by year. */
export const challenges: Readonly<Record<ChallengeId, Challenge>> = {
  isic2016: {
    ...malignant,
    id: 'isic2016',
    title: 'ISIC 2016, part 3',
    image: 'image_id',
    header: false,
    metric: 'averagePrecision',
    score: 'average precision',
  },
  isic2017: {
    id: 'isic2017',
    title: 'ISIC 2017, part 3',
    image: 'image_id',
    columns: ['melanoma', 'seborrheic_keratosis'],
    header: true,
    metric: 'meanAuroc',
    score: 'mean AUROC of melanoma and of seborrheic keratosis',
    classes: [
      ['mel', 'melanoma'],
      ['sk', 'seborrheic_keratosis'],
    ],
  },
  isic2018: {
    id: 'isic2018',
    title: 'ISIC 2018, task 3',
    image: 'image',
    columns: ['MEL', 'NV', 'BCC', 'AKIEC', 'BKL', 'DF', 'VASC'],
    header: true,
    metric: 'balancedAccuracy',
    score: 'balanced accuracy',
    classes: [['mel'], ['nv'], ['bcc'], ['akiec'], ['bkl'], ['df'], ['vasc']],
  },
  isic2019: {
    id: 'isic2019',
    title: 'ISIC 2019',
    image: 'image',
    columns: ['MEL', 'NV', 'BCC', 'AK', 'BKL', 'DF', 'VASC', 'SCC', 'UNK'],
    header: true,
    metric: 'balancedAccuracy',
    score: 'balanced accuracy, none of the eight being a class of its own',
    classes: [['mel'], ['nv'], ['bcc'], ['ak'], ['bkl'], ['df'], ['vasc'], ['scc'], ['unk']],
    optional: 'UNK',
  },
  isic2020: {
    ...malignant,
    id: 'isic2020',
    title: 'ISIC 2020',
    image: 'image_name',
    metric: 'auroc',
    score: 'AUROC',
  },
  isic2024: {
    ...malignant,
    id: 'isic2024',
    title: 'ISIC 2024',
    image: 'isic_id',
    metric: 'partialAuroc',
    score: 'area of the ROC curve above a sensitivity of 0.80, from 0 to 0.2',
  },
};

/** Ids of the challenges, by year. */
export const challengeIds = Object.keys(challenges) as ChallengeId[];
