#!/usr/bin/env node
import { normalTail } from '../dist/evaluation/distributions/normal.js';
/**
 * Do the intervals of reader studies hold the truth, and how often is a difference found where there is none? Simulated studies after Roe and Metz (Acad Radiol 4
 * (1997) 298-303), whose true AUROCs, sensitivities and specificities are known in closed form; and AUROCs of images that come in lesions.
 * usage: node bench/readerStudies.mjs [crossed|batches|nested|model|shares|clustered|all] [studies a cell, default 2000] [every which cell, as 2/6: of six the second]
 * (after `npm run build`)
 */
import { analyseReaders, clusteredAuroc } from '../dist/evaluation/index.js';
import { Random } from '../dist/random.js';

const [part = 'all', studiesGiven = '2000', share = '1/1'] = process.argv.slice(2);
const studies = Number(studiesGiven);
const [which, every] = share.split('/').map(Number);
let cell = 0;
/** Whether the cell at hand is of the share that was asked for: long tables are made in several goes. */
const isMine = () => cell++ % every === which - 1;
const below = (z) => 1 - normalTail(z);

/** Variances of readers' and readers-by-treatment effects by separation of the means, then of cases and all that goes with them (which sum to 1). */
const structures = {
  'HL, similar readers': { readers: { 0.75: 0.0055, 1.5: 0.0055, 2.5: 0.0055 }, cases: [0.3, 0.3, 0.2, 0.2] },
  'LL, similar readers': { readers: { 0.75: 0.0055, 1.5: 0.0055, 2.5: 0.0055 }, cases: [0.1, 0.1, 0.2, 0.6] },
  'HH, unlike readers': { readers: { 0.75: 0.011, 1.5: 0.03, 2.5: 0.056 }, cases: [0.3, 0.3, 0.2, 0.2] },
  'LH, unlike readers': { readers: { 0.75: 0.011, 1.5: 0.03, 2.5: 0.056 }, cases: [0.1, 0.1, 0.2, 0.6] },
};

/** Scores [treatment][reader][case] of the Roe-Metz model. @param means by treatment: how far positives lie above negatives */
function drawScores(random, { readers, truths, means, spread, cases }) {
  const [ofCases, ofTreatmentCases, ofReaderCases, rest] = cases.map(Math.sqrt);
  const deviation = Math.sqrt(spread);
  const ofReader = Array.from({ length: readers }, () => [random.normal(0, deviation), random.normal(0, deviation)]);
  const shared = truths.map(() => random.normal(0, ofCases));
  const both = Array.from({ length: readers }, () => truths.map(() => random.normal(0, ofReaderCases)));
  return means.map((mean) => {
    const own = truths.map(() => random.normal(0, ofTreatmentCases));
    return Array.from({ length: readers }, (_, j) => {
      const effects = [random.normal(0, deviation), random.normal(0, deviation)];
      return truths.map(
        (truth, k) =>
          mean * truth + ofReader[j][truth] + effects[truth] + shared[k] + own[k] + both[j][k] + random.normal(0, rest),
      );
    });
  });
}

const names = (count) => Array.from({ length: count }, (_, i) => String(i));
const half = (count) => Array.from({ length: count }, (_, i) => (i < count / 2 ? 1 : 0));
/** What is true of the average reader: an image is called positive from `threshold` on. */
const truthOf = {
  auroc: (mean, spread) => below(mean / Math.sqrt(2 * (1 + 2 * spread))),
  sensitivity: (mean, spread, threshold) => below((mean - threshold) / Math.sqrt(1 + 2 * spread)),
  specificity: (_, spread, threshold) => below(threshold / Math.sqrt(1 + 2 * spread)),
};

/** Counts over studies how often an interval held the truth, and how often a p value was below 0.05. */
class Count {
  held = 0;
  rejected = 0;
  width = 0;
  all = 0;
  add({ interval, pValue }, truth) {
    const [low, high] = interval;
    this.all += 1;
    this.width += high - low;
    if (low <= truth && truth <= high) this.held += 1;
    if (pValue < 0.05) this.rejected += 1;
  }
}
const percent = (share) => `${(100 * share).toFixed(1)}%`;

/** Extremes by group, of each kind of interval: held least and most often, a difference that isn't there found most often. */
let extremes = new Map();
/** One row of the table. @param counts of each kind of interval @param group that its extremes are told by */
function report(cells, counts, isNull, group) {
  const own = extremes.get(group) ?? counts.map(() => ({ least: 1, most: 0, rejected: 0 }));
  extremes.set(group, own);
  const columns = counts.flatMap(({ held, rejected, width, all }, kind) => {
    const of = own[kind];
    of.least = Math.min(of.least, held / all);
    of.most = Math.max(of.most, held / all);
    if (isNull) of.rejected = Math.max(of.rejected, rejected / all);
    return [percent(held / all), ...(isNull === undefined ? [] : [percent(rejected / all)]), (width / all).toFixed(3)];
  });
  console.log(`| ${[...cells, ...columns, counts[0].all].join(' | ')} |`);
}
function head(title, columns, kinds = ['', 'guarded: ']) {
  const words = kinds.flatMap((kind) => [`${kind}holds the truth`, ...(kinds.length > 1 ? ['p < 0.05'] : []), 'width']);
  console.log(`\n### ${title}\n\n| ${[...columns, ...words, 'studies'].join(' | ')} |`);
  console.log(`|${'---|'.repeat(columns.length + words.length + 1)}`);
}
/** Hillis's interval and the guarded one. */
const twoKinds = () => [new Count(), new Count()];
function addBoth(counts, difference, truth) {
  if (!difference?.interval) return;
  counts[0].add(difference, truth);
  counts[1].add(difference.guarded ?? difference, truth);
}

const crossed = (scores, { truths, threshold, keep = () => true, nested = false }) => {
  const readers = scores[0].length;
  const cells = scores.flatMap((ofTreatment, condition) =>
    ofTreatment.flatMap((all, reader) => {
      if (nested && reader < readers / 2 !== (condition === 0)) return [];
      const images = truths.flatMap((_, k) => (keep(reader, k) ? [k] : []));
      const own = images.map((k) => all[k]);
      const answers = threshold === undefined ? undefined : own.map((score) => (score >= threshold ? 1 : 0));
      return [{ reader, condition, images, scores: threshold === undefined ? own : undefined, answers }];
    }),
  );
  const clusterOf = truths.map((_, k) => k);
  return {
    readers: names(readers),
    conditions: names(scores.length),
    imageIds: names(truths.length),
    truths,
    clusterOf,
    cells,
  };
};

/** Studies of two treatments in one design. */
function twoTreatments(title, design, options = {}) {
  const figures = options.figures ?? ['auroc'];
  head(title, ['AUROCs', 'structure', 'readers', ...(figures.length > 1 ? ['of'] : [])]);
  for (const mean of options.means ?? [0.75, 1.5, 2.5])
    for (const [structure, { readers: spreads, cases }] of Object.entries(structures))
      for (const readers of options.readers ?? [3, 5, 10])
        for (const shift of [0, 0.35]) {
          if (!isMine()) continue;
          const truths = half(options.images ?? 100);
          const spread = spreads[mean];
          const means = [mean, mean + shift];
          const counts = figures.map(twoKinds);
          const drawn = options.nested ? 2 * readers : readers;
          for (let study = 0; study < studies; study++) {
            const random = new Random(study, title, mean, structure, readers, shift);
            const scores = drawScores(random, { readers: drawn, truths, means, spread, cases });
            const analysis = analyseReaders(crossed(scores, { truths, ...design(truths) }), { resamples: 0 });
            for (const [f, figure] of figures.entries()) {
              const of = analysis.figures.find((own) => own.figure === figure);
              const { threshold } = design(truths);
              const truth = truthOf[figure](means[1], spread, threshold) - truthOf[figure](means[0], spread, threshold);
              addBoth(counts[f], of?.differences[0], truth);
            }
          }
          const aurocs = means.map((value) => truthOf.auroc(value, spread).toFixed(3)).join(', ');
          for (const [f, figure] of figures.entries())
            report(
              [aurocs, structure, readers, ...(figures.length > 1 ? [figure] : [])],
              counts[f],
              shift === 0 || figure === 'specificity',
              `${readers} readers`,
            );
        }
}

/** A model that is one more treatment without reader effects, against readers of one condition. */
function againstModel() {
  head('A model against readers: AUROC, 50 positive and 50 negative images', [
    'AUROCs of readers, model',
    'structure',
    'readers',
  ]);
  for (const mean of [0.75, 1.5])
    for (const [structure, { readers: spreads, cases }] of Object.entries(structures))
      for (const readers of [3, 5, 10])
        for (const shift of [0, 0.35]) {
          if (!isMine()) continue;
          const truths = half(100);
          const spread = spreads[mean];
          const readersMean = truthOf.auroc(mean, spread);
          // The model has no reader's spread: its means lie where it has the AUROC that is wanted.
          const modelMean = (mean + shift) / Math.sqrt(1 + 2 * spread);
          const counts = twoKinds();
          for (let study = 0; study < studies; study++) {
            const random = new Random(study, 'model', mean, structure, readers, shift);
            const [ofCases, , ofReaderCases, rest] = cases.map(Math.sqrt);
            const deviation = Math.sqrt(2 * spread);
            const shared = truths.map(() => random.normal(0, ofCases));
            const one = (of, effects) =>
              truths.map(
                (truth, k) =>
                  of * truth +
                  effects[truth] +
                  shared[k] +
                  random.normal(0, Math.sqrt(ofReaderCases ** 2 + rest ** 2 + cases[1])),
              );
            const scores = [
              Array.from({ length: readers }, () =>
                one(mean, [random.normal(0, deviation), random.normal(0, deviation)]),
              ),
            ];
            const model = one(modelMean, [0, 0]);
            const study_ = crossed(scores, { truths });
            const analysis = analyseReaders(study_, {
              resamples: 0,
              model: { name: 'model', scores: model, answers: model.map((score) => (score >= mean / 2 ? 1 : 0)) },
            });
            addBoth(counts, analysis.figures[0].model[0], below(modelMean / Math.SQRT2) - readersMean);
          }
          report(
            [`${readersMean.toFixed(3)}, ${below(modelMean / Math.SQRT2).toFixed(3)}`, structure, readers],
            counts,
            shift === 0,
            `${readers} readers`,
          );
        }
}

/** One AUROC of images in lesions, and the difference of none from another. */
function clustered() {
  head(
    'AUROC of images that come in lesions',
    ['AUROC', 'lesions of each kind', 'images a lesion', 'alike within a lesion'],
    [''],
  );
  for (const auroc of [0.7, 0.85, 0.95])
    for (const lesions of [50, 150])
      for (const most of [1, 2, 5, 10])
        for (const alike of most === 1 ? [0] : [0.3, 0.8]) {
          if (!isMine()) continue;
          const mean = Math.SQRT2 * quantile(auroc);
          const count = new Count();
          for (let study = 0; study < studies; study++) {
            const random = new Random(study, 'clustered', auroc, lesions, most, alike);
            const [scores, labels, groups] = [[], [], []];
            for (let lesion = 0; lesion < 2 * lesions; lesion++) {
              const label = lesion % 2;
              const own = random.normal(0, Math.sqrt(alike));
              for (let image = random.integer(most); image >= 0; image--) {
                scores.push(mean * label + own + random.normal(0, Math.sqrt(1 - alike)));
                labels.push(label);
                groups.push(lesion);
              }
            }
            count.add(clusteredAuroc(scores, labels, groups), auroc);
          }
          report(
            [auroc, lesions, most === 1 ? '1' : `1 to ${most}`, alike],
            [count],
            undefined,
            most === 1 ? '1 image a lesion' : `1 to ${most} images a lesion`,
          );
        }
}
function quantile(share) {
  let [low, high] = [-9, 9];
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (below(middle) < share) low = middle;
    else high = middle;
  }
  return low;
}

const parts = {
  crossed: () =>
    twoTreatments('Two conditions, the same readers and images: AUROC, 50 positive and 50 negative images', () => ({})),
  batches: () =>
    twoTreatments(
      'Two conditions, each reader a batch of half of the images: AUROC, 100 positive and 100 negative images',
      // Of five parts each reader has two or three; neighbours share some.
      () => ({ keep: (reader, k) => (k + 2 * reader) % 5 < 2 + (reader % 2) }),
      { images: 200, means: [1.5] },
    ),
  nested: () =>
    twoTreatments(
      'Two conditions, other readers in each (3, 5, 10 a condition), the same images: AUROC',
      () => ({ nested: true }),
      {
        nested: true,
        means: [1.5],
      },
    ),
  shares: () =>
    twoTreatments(
      'Two conditions, the same readers and images: sensitivity and specificity, 50 positive and 50 negative images',
      () => ({ threshold: 0.8 }),
      { figures: ['sensitivity', 'specificity'], means: [1.5] },
    ),
  model: againstModel,
  clustered,
};
const started = performance.now();
for (const [name, run] of Object.entries(parts)) {
  if (part !== 'all' && part !== name) continue;
  extremes = new Map();
  cell = 0;
  run();
  for (const [group, kinds] of extremes)
    for (const [kind, { least, most, rejected }] of kinds.entries())
      console.log(
        `\n${group}: ${kind === 0 ? '' : 'guarded '}intervals hold the truth in ${percent(least)} to ${percent(most)}${name === 'clustered' ? '' : `; a difference that isn't there is found in at most ${percent(rejected)}`}.`,
      );
}
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
