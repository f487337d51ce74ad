// Metrics with intervals from plain arrays: any classifier's probabilities, and what the truth was.
import { evaluatePredictions } from 'lesionlab/evaluation';

const labels = ['nv', 'nv', 'mel', 'nv', 'mel', 'nv', 'mel', 'nv', 'nv', 'mel'];
const probabilities = [0.1, 0.3, 0.8, 0.2, 0.4, 0.6, 0.9, 0.1, 0.2, 0.7].map((p) => [p, 1 - p]);
const { accuracy, balancedAccuracy, auroc, perClass } = evaluatePredictions({
  labels,
  probabilities,
  classes: ['mel', 'nv'],
});
console.log(`accuracy ${accuracy}, balanced ${balancedAccuracy.toFixed(3)}, AUROC ${auroc.macro.toFixed(3)}`);
for (const { dx, support, recall } of perClass) console.log(`${dx}: ${support} images, recall ${recall.toFixed(3)}`);

// Images of one lesion (or patient) are not independent: with `groups`, the intervals' resamples draw whole groups.
const groups = ['a', 'a', 'b', 'c', 'd', 'c', 'b', 'e', 'e', 'd'];
const grouped = evaluatePredictions(
  { labels, probabilities, classes: ['mel', 'nv'], groups },
  { seed: 1, resamples: 5000 },
);
const [low, high] = grouped.intervals.accuracy;
console.log(
  `${grouped.images} images of ${grouped.lesions} groups: accuracy from ${low.toFixed(2)} to ${high.toFixed(2)}`,
);
