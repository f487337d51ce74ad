import type { JobKindName } from '../../../jobs/kinds/registry.js';
import { compareChoices } from './compareChoices.js';
import { compareSplits } from './compareSplits.js';
import { ensemble } from './ensemble.js';
import { evaluate } from './evaluate.js';
import { explain } from './explain.js';
import { exportModel } from './export.js';
import type { JobRunner } from './jobRunner.js';
import { judge } from './judge.js';
import { pool } from './pool.js';
import { predict } from './predict.js';
import { report } from './report.js';
import { train } from './train.js';

const runners: { readonly [Kind in JobKindName]: JobRunner<Kind> } = {
  train,
  ensemble,
  evaluate,
  explain,
  export: exportModel,
  predict,
  judge,
  report,
  pool,
  'compare-splits': compareSplits,
  'compare-choices': compareChoices,
};

/** How jobs of a kind are done; what it is given must be of that kind. */
export const findJobRunner = (kind: JobKindName): JobRunner<JobKindName> =>
  runners[kind] as unknown as JobRunner<JobKindName>;
