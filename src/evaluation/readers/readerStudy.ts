import {
  requireDistinct,
  requireLabels,
  requireLength,
  requireNumbers,
  requirePlaces,
  requireSome,
} from '../../checks.js';
import { dataError } from '../../errors.js';

/** A reader study as arrays: who said what of which image, and what was true. */
export interface ReaderStudy {
  /** Names of the readers. */
  readonly readers: readonly string[];
  /** Names of the conditions under which they read (`without`, `with` the model); a single one where the study has no such. */
  readonly conditions: readonly string[];
  readonly imageIds: readonly string[];
  /** [images], 1 where the image is positive. */
  readonly truths: ArrayLike<number>;
  /** [images], the lesion (or patient) of each image, numbered from 0: images that are not independent. */
  readonly clusterOf: ArrayLike<number>;
  /** What was said, one entry for each reader and condition that occur together. */
  readonly cells: readonly ReaderCell[];
  /** Further readings of the same images by the same reader under the same condition: for agreement with oneself, and for nothing else. */
  readonly repeats?: readonly ReaderCell[];
  /** Names of what could be said, where that is more than yes and no: diagnoses. */
  readonly categories?: readonly string[];
}

/** What one reader said under one condition. */
export interface ReaderCell {
  /** Place in `ReaderStudy.readers`. */
  readonly reader: number;
  /** Place in `ReaderStudy.conditions`. */
  readonly condition: number;
  /** [n], places in `ReaderStudy.imageIds`, each once. */
  readonly images: ArrayLike<number>;
  /** [n], 1 where the reader said positive, NaN where nothing was said; left out where answers weren't asked for. */
  readonly answers?: ArrayLike<number>;
  /** [n], how sure the reader was that it is positive, on any scale, NaN where nothing was said; left out where that wasn't asked for. */
  readonly scores?: ArrayLike<number>;
  /** [n], places in `ReaderStudy.categories`. */
  readonly said?: ArrayLike<number>;
}

/** What readers are judged by. */
export type FigureOfMerit = 'auroc' | 'sensitivity' | 'specificity';

/** The figures of merit, the order in which they are shown. */
export const figuresOfMerit: readonly FigureOfMerit[] = ['auroc', 'sensitivity', 'specificity'];

/**
 * Checks that arrays are a reader study.
 * @throws LesionlabError kind `usage` where lengths don't fit or a place is none; kind `data` where all images are positive, or none
 */
export function requireStudy(study: ReaderStudy): void {
  const { readers, conditions, imageIds, truths, clusterOf, cells, categories } = study;
  requireSome('readers', readers, 'reader');
  requireSome('conditions', conditions, 'condition');
  requireSome('imageIds', imageIds, 'image');
  requireDistinct('readers', readers);
  requireDistinct('conditions', conditions);
  requireDistinct('imageIds', imageIds);
  const images = imageIds.length;
  requireLength('truths', truths, images, `one for each of ${images} images`);
  requireLabels('truths', truths, 2);
  requireLength('clusterOf', clusterOf, images, `one for each of ${images} images`);
  requireNumbers('clusterOf', clusterOf, { min: 0 }, true);
  requireSome('cells', cells, 'cell');
  requireDistinct(
    'cells',
    cells.map(({ reader, condition }) => `${readers[reader]} under ${conditions[condition]}`),
  );
  for (const [c, cell] of [...cells, ...(study.repeats ?? [])].entries()) {
    requirePlaces(`cells[${c}].reader`, [cell.reader], readers.length);
    requirePlaces(`cells[${c}].condition`, [cell.condition], conditions.length);
    requirePlaces(`cells[${c}].images`, cell.images, images);
    requireDistinct(`cells[${c}].images`, Array.from(cell.images));
    const why = `one for each of ${cell.images.length} images`;
    for (const name of ['answers', 'scores', 'said'] as const) {
      const values = cell[name];
      if (values) requireLength(`cells[${c}].${name}`, values, cell.images.length, why);
    }
    const given = (values: ArrayLike<number> = []) => Array.from(values).filter((value) => !Number.isNaN(value));
    requireLabels(`cells[${c}].answers`, given(cell.answers), 2);
    requireNumbers(`cells[${c}].scores`, given(cell.scores));
    requireLabels(`cells[${c}].said`, given(cell.said), categories?.length ?? 2);
  }
  let positives = 0;
  for (let i = 0; i < images; i++) positives += truths[i];
  if (positives === 0 || positives === images)
    throw dataError(
      'one-truth',
      `By the truth ${positives === 0 ? 'none' : 'all'} of the ${images} images that were read are positive: expected positive and negative ones.`,
      {
        hint: {
          terminal:
            'Say with --positive which diagnoses count as positive, or give the truth of all images that were read.',
          page: 'Say which diagnoses count as positive, or give the truth of all images that were read.',
        },
      },
    );
}
