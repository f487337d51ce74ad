#!/usr/bin/env node
/**
 * How often an ablation calls a choice better or worse that is neither: networks of one quality on average, trained with several seeds, answer for lesions with one to three images, drawn again and
 * again. What a network knows differs by its seed; what it makes of a lesion by the lesion, by the choice and the lesion, and by seed and lesion.
 * usage: node bench/ablationErrors.mjs [--studies 400, or which, as 0-199] [--cells 2/6: of six the second] [--resamples 400] [--better 0.2: by how much the first choice is better] (after `npm run build`)
 * Prints for each figure in how many studies any choice was called different (5% wanted). With one seed and networks that differ by seed, it is what an ablation without seeds is worth. With --better: the mean
 * difference of that choice by the mean of what "would have been seen" (`least`), and in how many studies it was shown; 80% is wanted where the first is 1.
 */
import { parseArgs } from 'node:util';
import { choiceFigures, compareChoices, toPredictions } from '../dist/evaluation/index.js';
import { Random } from '../dist/random.js';

const { values: options } = parseArgs({
  options: {
    studies: { type: 'string', default: '400' },
    cells: { type: 'string', default: '1/1' },
    resamples: { type: 'string', default: '400' },
    better: { type: 'string' },
  },
});
const [from, to] = options.studies.includes('-')
  ? options.studies.split('-').map(Number)
  : [0, Number(options.studies) - 1];
const [which, every] = options.cells.split('/').map(Number);
/** Relative frequencies of diagnoses, the rarest with some ten lesions of three hundred. */
const shares = [0.6, 0.2, 0.16, 0.04];
const classes = ['nv', 'mel', 'bkl', 'df'];

function study({ seed, choices, seeds, lesions, spread, better = 0 }) {
  const random = new Random(seed, 'ablation errors');
  const images = [];
  for (let lesion = 0; lesion < lesions; lesion++) {
    let [label, left] = [0, random.next()];
    while (left > shares[label]) left -= shares[label++];
    const own = classes.map(() => random.normal());
    // What each choice, whatever its seed, makes of this lesion.
    const ofChoices = Array.from({ length: choices + 1 }, () => classes.map(() => random.normal(0, 0.5)));
    for (let image = random.integer(3); image >= 0; image--)
      images.push({ label, lesion, own, ofChoices, noise: classes.map(() => random.normal()) });
  }
  const trained = Array.from({ length: choices + 1 }, (_, c) => ({
    id: c === 0 ? 'baseline' : `choice-${c}`,
    networks: Array.from({ length: seeds }, () => {
      const quality = 1.5 + (c === 1 ? better : 0) + random.normal(0, spread(c));
      const ofLesion = new Map();
      const rows = images.map(({ label, lesion, own, ofChoices, noise }) => {
        const ofSeed = ofLesion.get(lesion) ?? classes.map(() => random.normal(0, 0.5));
        ofLesion.set(lesion, ofSeed);
        const logits = classes.map(
          (_, k) => 1.2 * ((k === label ? quality : 0) + 0.6 * own[k] + ofChoices[c][k] + ofSeed[k] + 0.5 * noise[k]),
        );
        const raised = logits.map(Math.exp);
        const sum = raised.reduce((a, b) => a + b, 0);
        return raised.map((value) => value / sum);
      });
      const predictions = toPredictions({
        classes,
        labels: images.map(({ label }) => label),
        probabilities: rows,
        groups: images.map(({ lesion }) => lesion),
      });
      return { predictions, trainedPrevalence: classes.map(() => 1 / classes.length) };
    }),
  }));
  const [baseline, ...others] = trained;
  return compareChoices(baseline, others, { seed, resamples: Number(options.resamples) });
}

const alike = () => 0.12;
const cells = [
  { choices: 1, seeds: 3, lesions: 300, spread: alike, words: 'alike' },
  { choices: 4, seeds: 3, lesions: 300, spread: alike, words: 'alike' },
  { choices: 4, seeds: 3, lesions: 300, spread: (c) => (c === 4 ? 0.36 : 0.12), words: 'one choice three times' },
  { choices: 4, seeds: 3, lesions: 300, spread: (c) => (c === 0 ? 0.24 : 0.12), words: 'baseline twice' },
  { choices: 4, seeds: 2, lesions: 300, spread: alike, words: 'alike' },
  { choices: 4, seeds: 5, lesions: 300, spread: alike, words: 'alike' },
  { choices: 4, seeds: 3, lesions: 300, spread: () => 0, words: 'none' },
  { choices: 4, seeds: 1, lesions: 300, spread: () => 0, words: 'none' },
  { choices: 4, seeds: 1, lesions: 300, spread: alike, words: 'alike' },
  { choices: 12, seeds: 3, lesions: 300, spread: alike, words: 'alike' },
];
const percent = (n, all) => `${((100 * n) / all).toFixed(1)}%`;
console.log('| choices | seeds | spread of quality over seeds | log loss | macro AUROC | balanced accuracy |');
console.log('|---|---|---|---|---|---|');
const better = Number(options.better ?? 0);
for (const [n, cell] of cells.entries()) {
  if (n % every !== which - 1) continue;
  const count = to - from + 1;
  const wrong = Object.fromEntries(choiceFigures.map((figure) => [figure, 0]));
  const first = Object.fromEntries(choiceFigures.map((figure) => [figure, { shown: 0, difference: 0, least: 0 }]));
  for (let seed = from; seed <= to; seed++) {
    const { choices } = study({ ...cell, seed, better });
    for (const figure of choiceFigures) {
      if (choices.some(({ figures }) => figures[figure].verdict !== 'open')) wrong[figure] += 1;
      const own = choices[0].figures[figure];
      if (own.verdict === 'helps') first[figure].shown += 1;
      first[figure].difference += Math.abs(own.difference) / count;
      first[figure].least += own.least / count;
    }
  }
  const shown = choiceFigures.map((figure) => {
    const { shown, difference, least } = first[figure];
    return better > 0 ? `${(difference / least).toFixed(2)}: ${percent(shown, count)}` : percent(wrong[figure], count);
  });
  console.log(`| ${[cell.choices, cell.seeds, cell.words, ...shown].join(' | ')} |`);
}
