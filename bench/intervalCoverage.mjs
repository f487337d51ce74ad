#!/usr/bin/env node
/**
 * Do the 95% intervals hold the truth in 95% of studies? Synthetic studies of the size of HAM10000's test split, whose true balanced accuracy
 * is known: lesions have one to four images, and how hard a lesion is, all its images share.
 * usage: node bench/intervalCoverage.mjs [studies, default 500] [resamples, default 2000] (after `npm run build`)
 */
import { bootstrapIntervals, metrics, scoreImages, WeightedImages } from '../dist/evaluation/index.js';
import { Random } from '../dist/random.js';

const [studies = 500, resamples = 2000] = process.argv.slice(2).map(Number);
const lesions = 1500;
const ids = ['akiec', 'bcc', 'bkl', 'df', 'mel', 'nv', 'vasc'];
const classes = ids.map((id) => ({ id, name: id }));
/** HAM10000's shares of lesions, and logits of the share of images that are recognised: between 0.4 and 0.9. */
const shares = [0.031, 0.044, 0.097, 0.01, 0.082, 0.723, 0.013];
const ease = [0.4, 1, 0.4, -0.4, 0.3, 2.2, 1.4];
/** How much lesions of a class differ in ease. */
const spread = 1.5;
/** Shares of lesions with one, two, three and four images. */
const imagesPerLesion = [0.73, 0.17, 0.07, 0.03];

const logistic = (x) => 1 / (1 + Math.exp(-x));
function draw(random, weights) {
  let left = random.next();
  for (const [k, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return k;
  }
  return weights.length - 1;
}

/** The mean of logistic(ease + spread z) over standard normal z, by the trapezoidal rule: the true recall of a class. */
function trueRecall(mean) {
  const [steps, limit] = [4000, 8];
  let [sum, total] = [0, 0];
  for (let i = 0; i <= steps; i++) {
    const z = -limit + (2 * limit * i) / steps;
    const density = Math.exp(-0.5 * z * z);
    sum += density * logistic(mean + spread * z);
    total += density;
  }
  return sum / total;
}
const truth = ease.reduce((sum, mean) => sum + trueRecall(mean), 0) / ease.length;

function study(random) {
  const [labels, lesionIds, rows] = [[], [], []];
  for (let lesion = 0; lesion < lesions; lesion++) {
    const label = draw(random, shares);
    const chance = logistic(ease[label] + spread * random.normal());
    for (let image = draw(random, imagesPerLesion); image >= 0; image--) {
      const right = random.next() < chance;
      const answer = right ? label : (label + 1 + random.integer(ids.length - 1)) % ids.length;
      labels.push(label);
      lesionIds.push(String(lesion));
      rows.push(ids.map((_, k) => (k === answer ? 0.4 : 0.1)));
    }
  }
  return {
    classes,
    imageIds: labels.map((_, i) => String(i)),
    lesionIds,
    labels: Int32Array.from(labels),
    probabilities: Float32Array.from(rows.flat()),
  };
}

const balanced = { balancedAccuracy: metrics.balancedAccuracy };
let [covered, above, below, width, used] = [0, 0, 0, 0, 0];
const started = performance.now();
for (let i = 0; i < studies; i++) {
  const scored = scoreImages(study(new Random(i, 'study')));
  if (!Number.isFinite(metrics.balancedAccuracy(new WeightedImages(scored)))) continue;
  const found = bootstrapIntervals(scored, { metrics: balanced, classMetrics: {}, seed: i, resamples, level: 0.95 });
  const [low, high] = found.metrics.balancedAccuracy;
  used += 1;
  width += high - low;
  if (low > truth) above += 1;
  else if (high < truth) below += 1;
  else covered += 1;
}
const percent = (count) => `${((100 * count) / used).toFixed(1)}%`;
console.log(
  `true balanced accuracy ${truth.toFixed(4)}; ${used} studies of ${lesions} lesions, ${resamples} resamples each`,
);
console.log(
  `95% intervals hold it in ${percent(covered)}; too high in ${percent(above)}, too low in ${percent(below)}; mean width ${(width / used).toFixed(3)}`,
);
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
