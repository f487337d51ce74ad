import { subgroupOf } from '../../../../src/evaluation/metrics/subgroups.js';
import type { ListedImage } from './listPredicted.js';

export const imageOrders = {
  surest: 'Surest answers first',
  unsure: 'Least sure answers first',
  farthest: 'Truth least expected first',
  table: 'As in the predictions',
} as const;

/** Which images are shown; an empty string lets all pass. */
export interface ImageFilter {
  readonly verdict: '' | 'wrong' | 'right';
  /** Class ids. */
  readonly truth: string;
  readonly predicted: string;
  /** Lower end of a fifth of the probabilities, as text. */
  readonly confidence: '' | '0' | '0.2' | '0.4' | '0.6' | '0.8';
  /** As `subgroupOf` says it. */
  readonly age: string;
  readonly sex: string;
  readonly localization: string;
  readonly order: keyof typeof imageOrders;
}

export const allImages: ImageFilter = {
  verdict: 'wrong',
  truth: '',
  predicted: '',
  confidence: '',
  age: '',
  sex: '',
  localization: '',
  order: 'surest',
};

/** Fields of the metadata that images are filtered by. */
export const recordFields = ['age', 'sex', 'localization'] as const;
export type RecordField = (typeof recordFields)[number];

/** The group that an image belongs to, as in the subgroup tables; undefined while its record is not known. */
export const groupOf = ({ record }: ListedImage, field: RecordField): string | undefined =>
  record && subgroupOf(record, field);

export function passes(image: ListedImage, filter: ImageFilter): boolean {
  const { dx, predicted, confidence } = image;
  const low = Number(filter.confidence);
  return (
    (filter.verdict === '' || (dx === predicted) === (filter.verdict === 'right')) &&
    (filter.truth === '' || dx === filter.truth) &&
    (filter.predicted === '' || predicted === filter.predicted) &&
    // Certainty itself belongs to the last fifth.
    (filter.confidence === '' || (confidence >= low && (confidence < low + 0.2 || low === 0.8))) &&
    recordFields.every((field) => filter[field] === '' || groupOf(image, field) === filter[field])
  );
}

export function sortImages(images: readonly ListedImage[], order: ImageFilter['order']): ListedImage[] {
  const by: Record<ImageFilter['order'], (image: ListedImage) => number> = {
    surest: ({ confidence }) => -confidence,
    unsure: ({ confidence }) => confidence,
    farthest: ({ truthProbability }) => truthProbability,
    table: ({ index }) => index,
  };
  return [...images].sort((a, b) => by[order](a) - by[order](b) || a.index - b.index);
}
