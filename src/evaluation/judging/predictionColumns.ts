import { imageColumnNames } from '../../data/reading/imageIds.js';

/** Names of columns of ids, the likeliest first; tables of pandas have them in a column without a name. */
export const idNames: readonly string[] = [...imageColumnNames, ''];
/** Names of columns of one score, the likeliest first. */
export const scoreNames = [
  'score',
  'probability',
  'prob',
  'proba',
  'p',
  'prediction',
  'pred',
  'y_score',
  'y_prob',
  'y_pred',
  'output',
  'logit',
  'risk',
  'malignant',
  'confidence',
];
/** What tables hold beside answers, and no number of which is one. */
export const otherNames = [
  '',
  'index',
  'row',
  'fold',
  'split',
  'label',
  'dx',
  'target',
  'truth',
  'y_true',
  'age',
  'lesion_id',
  'patient_id',
  'predicted',
  'predicted_class',
  'correct',
  'loss',
];
