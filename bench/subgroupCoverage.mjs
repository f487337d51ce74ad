#!/usr/bin/env node
/**
 * Do 95% intervals of groups of images hold the truth, and how often is a group called different that is not? Studies of lesions with 1 to `most` images that are alike, in four
 * groups by age and sex, drawn again and again; sensitivities, accuracies and AUROCs are known in closed form and the same in all groups, or lower in one.
 * usage: node bench/subgroupCoverage.mjs [studies a cell, default 2000, or which, as 0-999] [which cells, as 2/6: of six the second] [resamples, default 300] (after `npm run build`)
 * Prints how often the interval of a group's sensitivity for melanoma, its accuracy and its balanced accuracy held the truth (`evaluateSubgroups`); and of planned groups by
 * max-T, on sensitivity and on AUROC: how often all intervals of differences held their truths together, and how often any group was called different where none is.
 */
import { normalTail } from '../dist/evaluation/distributions/normal.js';
import { analysePlan, evaluateSubgroups, readAnalysisPlan, toPredictions } from '../dist/evaluation/index.js';
import { Random } from '../dist/random.js';

const [studies = '2000', share = '1/1', resamples = '300'] = process.argv.slice(2);
const [which, every] = share.split('/').map(Number);
const [from, to] = studies.includes('-') ? studies.split('-').map(Number) : [0, Number(studies) - 1];
const classes = [
  { id: 'nv', name: 'Nevus', malignant: false },
  { id: 'mel', name: 'Melanoma', malignant: true },
];
const below = (z) => 1 - normalTail(z);
/** An image is called melanoma from here on; those that are none have scores around 0, those that are around `mean`, with a variance of 1. */
const threshold = 1;
const truthOf = (mean) => ({
  sensitivity: below(mean - threshold),
  specificity: below(threshold),
  auroc: below(mean / Math.SQRT2),
});
const planOf = (metric) =>
  readAnalysisPlan(
    JSON.stringify({
      name: 'simulated',
      truth: 't',
      predictions: 'p',
      resamples: Number(resamples),
      threshold: 0.5,
      endpoints: [{ id: 'area', metric: 'auroc', hypothesis: 'superiority', against: 0.5 }],
      subgroups: { fields: ['age', 'sex'], metric },
    }),
  );
const plans = { sensitivity: planOf('sensitivity'), auroc: planOf('auroc') };

class Share {
  [Symbol.toPrimitive]() {
    return this.all === 0 ? '–' : `${((100 * this.held) / this.all).toFixed(1)}%`;
  }
  held = 0;
  all = 0;
  add(holds) {
    this.all += 1;
    if (holds) this.held += 1;
  }
}
const holds = (interval, truth) => interval !== null && interval[0] <= truth && truth <= interval[1];

/** @param lesions of each kind @param most images that a lesion has @param alike share of the variance that images of a lesion have in common @param lower by how much the mean of the old is lower */
function cell({ lesions, most, alike, lower }, mean) {
  const of = Object.fromEntries(
    ['sensitivity', 'accuracy', 'balanced', 'together', 'togetherAuroc', 'called', 'calledAuroc'].map((n) => [
      n,
      new Share(),
    ]),
  );
  for (let study = from; study <= to; study++) {
    const random = new Random(study, 'subgroups', lesions, most, alike, lower, mean);
    const rows = [];
    for (let lesion = 0; lesion < 2 * lesions; lesion++) {
      const label = lesion % 2;
      const record = { age: random.integer(2) === 0 ? 35 : 65, sex: random.integer(2) === 0 ? 'male' : 'female' };
      const own = random.normal(0, Math.sqrt(alike));
      const shift = mean - (record.age === 65 ? lower : 0);
      for (let image = random.integer(most); image >= 0; image--) {
        const score = shift * label + own + random.normal(0, Math.sqrt(1 - alike));
        rows.push({ label, lesion, record, yes: 1 / (1 + Math.exp(threshold - score)) });
      }
    }
    const predictions = toPredictions({
      labels: rows.map(({ label }) => label),
      probabilities: rows.map(({ yes }) => [1 - yes, yes]),
      groups: rows.map(({ lesion }) => lesion),
      classes,
    });
    const recordOf = new Map(rows.map(({ record }, i) => [String(i), record]));
    const groups = evaluateSubgroups(predictions, recordOf, {});
    for (const { field, value, melanoma, intervals } of groups) {
      // By sex the ages are mixed: its truth is their mean, on average alone.
      if (field !== 'age') continue;
      const truth = truthOf(mean - (value.startsWith('60') ? lower : 0));
      of.sensitivity.add(holds(melanoma?.interval ?? null, truth.sensitivity));
      of.balanced.add(holds(intervals.balancedAccuracy, (truth.sensitivity + truth.specificity) / 2));
      // Half of the images are of melanoma on average alone, so that accuracies are compared where both shares are the same.
      if (truth.sensitivity === truth.specificity) of.accuracy.add(holds(intervals.accuracy, truth.sensitivity));
    }
    for (const [metric, plan] of Object.entries(plans)) {
      const found = analysePlan({ ...plan, seed: study }, { predictions, reference: null, recordOf }).subgroups;
      const suffix = metric === 'auroc' ? 'Auroc' : '';
      const known = found.filter(({ field, interval }) => interval !== null && (lower === 0 || field === 'age'));
      const truths = known.map(({ value }) =>
        lower === 0 ? 0 : (value.startsWith('60') ? 1 : -1) * (truthOf(mean - lower)[metric] - truthOf(mean)[metric]),
      );
      if (known.length > 0) of[`together${suffix}`].add(known.every(({ interval }, i) => holds(interval, truths[i])));
      if (lower === 0) of[`called${suffix}`].add(found.some(({ pValue }) => pValue !== null && pValue < 0.05));
    }
  }
  const { sensitivity, auroc } = truthOf(mean);
  const columns = [of.sensitivity, of.balanced, of.accuracy, of.together, of.called, of.togetherAuroc, of.calledAuroc];
  console.log(
    `| ${[`${sensitivity.toFixed(2)}, ${auroc.toFixed(2)}`, lesions, most === 1 ? '1' : `1 to ${most}`, alike, lower, ...columns.map(String)].join(' | ')} |`,
  );
}

console.log(
  '| sensitivity, AUROC | lesions of each kind | images a lesion | alike | lower in one group by | sensitivity of a group: held | balanced accuracy: held | accuracy: held | max-T, sensitivity: held together | any called different | max-T, AUROC: held together | any called different |',
);
console.log(`|${'---|'.repeat(12)}`);
let n = 0;
const mean = 2;
for (const lesions of [60, 150])
  for (const most of [1, 5, 10])
    for (const alike of most === 1 ? [0] : [0.3, 0.8])
      for (const lower of most === 5 ? [0, 0.5] : [0]) {
        if (n++ % every !== which - 1) continue;
        cell({ lesions, most, alike, lower }, mean);
      }
