import type { TestTimeAugmentation } from '../../data/augmentation/views.js';
import type { PredictionComparison } from './comparePredictions.js';

/** What averaging over views of each image adds to one look at it, in evaluation.json of the test split. */
export interface ViewsGain {
  readonly views: Exclude<TestTimeAugmentation, 'none'>;
  /** All views less the image alone, by the same weights, paired on the same lesions. */
  readonly comparison: PredictionComparison;
}
