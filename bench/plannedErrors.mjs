#!/usr/bin/env node
/**
 * How often planned analyses and fitted thresholds are wrong by chance: lesions with 1 to 10 images that are alike, drawn again and again.
 * usage: node bench/plannedErrors.mjs [--simulations 2000] [--lesions 60] [--resamples 300] [--first 0] (the seed of the first, to make them in several goes)
 * Prints, of the simulations: how often a non-inferiority at the margin itself succeeds (2.5% wanted), how often any of four groups that
 * do not differ is called different by max-T (5%), how often the true sensitivity lies in the interval of the classifier's own answer (95%).
 */
import { parseArgs } from 'node:util';
import { analysePlan, judge, readAnalysisPlan, toPredictions } from '../dist/evaluation/index.js';
import { Random } from '../dist/random.js';

const { values: options } = parseArgs({
  options: {
    simulations: { type: 'string', default: '2000' },
    lesions: { type: 'string', default: '60' },
    resamples: { type: 'string', default: '300' },
    first: { type: 'string', default: '0' },
  },
});
const [simulations, lesions, resamples, first] = [
  options.simulations,
  options.lesions,
  options.resamples,
  options.first,
].map(Number);
const classes = [
  { id: 'no', name: 'No', positive: false },
  { id: 'yes', name: 'Yes', positive: true },
];
const margin = 0.1;
const plan = readAnalysisPlan(
  JSON.stringify({
    name: 'simulated',
    truth: 't',
    predictions: 'p',
    reference: 'r',
    resamples: Math.max(200, resamples),
    endpoints: [
      { id: 'sensitivity', metric: 'sensitivity', hypothesis: 'non-inferiority', margin, against: 'reference' },
    ],
    subgroups: { fields: ['age', 'sex'], metric: 'accuracy' },
  }),
);

/** A yes with a probability of `share`, of which images of a lesion have a part in common. */
function isRight(random, effect, share) {
  const z = effect * Math.SQRT1_2 + random.normal() * Math.SQRT1_2;
  return z < quantile(share);
}
/** Of the standard normal distribution. */
const quantile = (share) => ({ 0.8: 0.8416212335729143, 0.7: 0.5244005127080407 })[share];

const count = { success: 0, groups: 0, covered: 0 };
for (let s = first; s < first + simulations; s++) {
  const random = new Random(s, 'planned errors');
  const rows = [];
  for (let lesion = 0; lesion < lesions; lesion++) {
    const label = lesion % 2;
    const [effect, shared] = [random.normal(), random.normal()];
    const record = { age: random.integer(2) === 0 ? 25 : 65, sex: random.integer(2) === 0 ? 'male' : 'female' };
    for (let image = 1 + random.integer(10); image > 0; image--) {
      // Of sensitivity 0.7 against 0.8: worse by the margin itself.
      const own = isRight(random, effect, label === 1 ? 0.7 : 0.8);
      const other = isRight(random, (effect + shared) * Math.SQRT1_2, 0.8);
      const yes = (right) => ((right ? label === 1 : label === 0) ? 0.9 : 0.1);
      rows.push({ label, lesion, record, own: yes(own), other: yes(other) });
    }
  }
  const side = (of) =>
    toPredictions({
      labels: rows.map(({ label }) => label),
      probabilities: rows.map((row) => [1 - row[of], row[of]]),
      groups: rows.map(({ lesion }) => lesion),
      classes,
    });
  const recordOf = new Map(rows.map(({ record }, i) => [String(i), record]));
  const found = analysePlan({ ...plan, seed: s }, { predictions: side('own'), reference: side('other'), recordOf });
  if (found.success) count.success += 1;
  if (found.subgroups.some(({ pValue }) => pValue !== null && pValue < 0.05)) count.groups += 1;
  const [point] = judge(side('own'), { resamples, seed: s }).judgement.questions[0].points;
  const [low, high] = point.intervals.sensitivity;
  if (low <= 0.7 && 0.7 <= high) count.covered += 1;
}
const percent = (n) => `${((100 * n) / simulations).toFixed(1)}%`;
console.log(
  JSON.stringify({
    simulations,
    lesions,
    resamples,
    first,
    falseNonInferiority: percent(count.success),
    anyFalseGroup: percent(count.groups),
    covered: percent(count.covered),
  }),
);
