import { describe, expect, it } from 'vitest';
import { seedErrors } from '../../src/evaluation/ablation/seedErrors.js';
import { tBound, tTails } from '../../src/evaluation/distributions/studentT.js';
import {
  auroc,
  compareChoices,
  measureNetwork,
  type TrainedChoice,
  toPredictions,
} from '../../src/evaluation/index.js';
import { Random } from '../../src/random.js';
import { thrown } from '../thrown.js';

const classes = ['a', 'b', 'c'];
const labels = Array.from({ length: 60 }, (_, i) => (i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2));
/** Two images of every third lesion. */
const lesions = labels.map((_, i) =>
  i % 30 < 10 ? `pair ${i % 10} ${Math.floor(i / 30)} ${labels[i]}` : `single ${i}`,
);
const equal = [1 / 3, 1 / 3, 1 / 3];

/** A network that knows the truth as well as `quality` says. */
function network(quality: number, seed: number, trainedPrevalence = equal) {
  const random = new Random(seed, 'made-up network');
  const probabilities = labels.map((label) => {
    const raised = classes.map((_, k) => Math.exp((k === label ? quality : 0) + random.normal()));
    const sum = raised.reduce((a, b) => a + b, 0);
    return raised.map((value) => value / sum);
  });
  return { predictions: toPredictions({ labels, probabilities, classes, groups: lesions }), trainedPrevalence };
}
const choice = (id: string, quality: number, seeds: readonly number[]): TrainedChoice => ({
  id,
  networks: seeds.map((seed) => network(quality, seed)),
});

/** Figures of some of the images, from their definitions. */
function figuresOf({ predictions }: ReturnType<typeof network>, kept: readonly number[]) {
  const row = (i: number) => Array.from(predictions.probabilities.slice(3 * i, 3 * i + 3));
  const of = (k: number) => kept.filter((i) => labels[i] === k);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const perClass = (number: (k: number) => number) => mean([0, 1, 2].map(number));
  return {
    logLoss: perClass((k) => mean(of(k).map((i) => -Math.log(row(i)[k])))),
    macroAuroc: perClass((k) =>
      auroc(
        kept.map((i) => row(i)[k]),
        kept.map((i) => Number(labels[i] === k)),
      ),
    ),
    balancedAccuracy: perClass((k) => mean(of(k).map((i) => Number(row(i).indexOf(Math.max(...row(i))) === k)))),
  };
}

/**
 * What each lesion adds to a difference, by leaving it out: [lesions]. A figure is a mean over diagnoses, of which each has lesions of its own; of an AUROC the lesions of the others
 * are its negatives.
 */
function partsOf(
  first: ReturnType<typeof network>,
  second: ReturnType<typeof network>,
  figure: keyof ReturnType<typeof figuresOf>,
) {
  const all = [...labels.keys()];
  const difference = (kept: readonly number[]) => figuresOf(second, kept)[figure] - figuresOf(first, kept)[figure];
  const names = [...new Set(lesions)];
  const sizeOf = [0, 1, 2].map((k) => new Set(lesions.filter((_, i) => labels[i] === k)).size);
  return names.map((name) => {
    const k = labels[lesions.indexOf(name)];
    const factor = Math.sqrt((sizeOf[k] - 1) / sizeOf[k]);
    return factor * (difference(all) - difference(all.filter((i) => lesions[i] !== name)));
  });
}
const product = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

describe('choices beside a baseline', () => {
  const baseline = choice('baseline', 1, [1, 2, 3]);
  const better = choice('better', 2.2, [11, 12, 13]);
  const found = compareChoices(baseline, [better], { resamples: 2000 });

  it.each(['logLoss', 'balancedAccuracy'] as const)(
    'have the difference and the error of a direct computation: %s',
    (figure) => {
      const all = [...labels.keys()];
      const bySeed = better.networks.map(
        (own, s) => figuresOf(own as never, all)[figure] - figuresOf(baseline.networks[s] as never, all)[figure],
      );
      const mean = bySeed.reduce((a, b) => a + b, 0) / 3;
      const ofSeeds = bySeed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2 / 3;
      const parts = better.networks.map((own, s) => partsOf(baseline.networks[s] as never, own as never, figure));
      const pairs = [
        [0, 1],
        [0, 2],
        [1, 2],
      ].map(([a, b]) => product(parts[a], parts[b]));
      const ofLesions = Math.max(0, pairs.reduce((a, b) => a + b, 0) / 3);
      const own = found.choices[0].figures[figure];
      expect(own.difference).toBeCloseTo(mean, 6);
      for (const [s, value] of own.bySeed.entries()) expect(value).toBeCloseTo(bySeed[s], 6);
      expect(own.standardError ** 2).toBeCloseTo(ofSeeds + ofLesions, 8);
      expect(own.seedShare).toBeCloseTo(ofSeeds / (ofSeeds + ofLesions), 5);
      // One choice: no correction but for the draws' own noise.
      const { freedom, standardError, interval, pValueAlone } = own;
      expect(pValueAlone).toBeCloseTo(tTails(mean / standardError, freedom!), 6);
      const half = (interval[1] - interval[0]) / 2;
      expect(half / standardError / tBound(0.95, freedom!)).toBeCloseTo(1, 0);
      expect(own.least).toBeCloseTo(half + tBound(0.6, freedom!) * standardError, 8);
    },
  );

  it('have the AUROCs of the definition, and an error near that of leaving lesions out', () => {
    const one = compareChoices(choice('baseline', 1, [1]), [choice('better', 2.2, [11])], { resamples: 200 });
    const [first, second] = [network(1, 1), network(2.2, 11)];
    const all = [...labels.keys()];
    const own = one.choices[0].figures.macroAuroc;
    expect(own.value).toBeCloseTo(figuresOf(second, all).macroAuroc, 6);
    expect(own.difference).toBeCloseTo(figuresOf(second, all).macroAuroc - figuresOf(first, all).macroAuroc, 6);
    const parts = partsOf(first, second, 'macroAuroc');
    // The factor of a lesion is that of its own diagnosis there, and that of all others here where it is one of these.
    expect(own.standardError / Math.sqrt(product(parts, parts))).toBeCloseTo(1, 1);
  });

  it('are told better or worse by the figure’s own direction', () => {
    expect(found.choices[0].figures.logLoss).toMatchObject({ verdict: 'helps' });
    expect(found.choices[0].figures.logLoss.difference).toBeLessThan(0);
    const worse = compareChoices(better, [baseline], { resamples: 2000 }).choices[0].figures;
    expect(worse.logLoss.verdict).toBe('hurts');
    expect(worse.macroAuroc.difference).toBeLessThan(0);
    const alike = compareChoices(baseline, [choice('alike', 1, [21, 22, 23])], { resamples: 2000 });
    expect(alike.choices[0].figures.logLoss.verdict).toBe('open');
  });

  it('are held together: the more there are, the wider', () => {
    const others = Array.from({ length: 8 }, (_, c) => choice(`c${c}`, 1, [31 + 3 * c, 32 + 3 * c, 33 + 3 * c]));
    const many = compareChoices(baseline, [better, ...others], { resamples: 2000 }).choices;
    for (const { figures } of many) expect(figures.logLoss.pValue).toBeGreaterThanOrEqual(figures.logLoss.pValueAlone);
    const factor = (own: (typeof many)[number]['figures']['logLoss']) =>
      (own.interval[1] - own.interval[0]) / 2 / own.standardError / tBound(0.95, own.freedom!);
    for (const { figures } of many) expect(factor(figures.logLoss)).toBeGreaterThan(1.2);
  });

  it('answer for one population, whatever each was trained for', () => {
    const prevalence = [0.6, 0.3, 0.1];
    const shifted = baseline.networks.map(({ predictions }) => {
      const given = toPredictions(predictions);
      const probabilities = labels.map((_, i) => {
        const raised = prevalence.map((share, k) => share * given.probabilities[3 * i + k]);
        const sum = raised.reduce((a, b) => a + b, 0);
        return raised.map((value) => value / sum);
      });
      return {
        predictions: toPredictions({ labels, probabilities, classes, groups: lesions }),
        trainedPrevalence: prevalence,
      };
    });
    const same = compareChoices(baseline, [{ id: 'same', networks: shifted }], { resamples: 200 });
    const { figures, answered } = same.choices[0];
    for (const own of Object.values(figures)) {
      expect(own.difference).toBeCloseTo(0, 6);
      expect(own.verdict).toBe('open');
    }
    // As they answer by themselves they are not the same.
    expect(answered).not.toBeCloseTo(same.baseline.answered, 3);
    const asData = compareChoices(baseline, [{ id: 'same', networks: shifted }], {
      prevalence: 'data',
      resamples: 200,
    });
    expect(asData.prevalence.values.map((share) => Number(share.toFixed(6)))).toEqual(prevalence);
    expect(asData.choices[0].figures.logLoss.difference).toBeCloseTo(0, 6);
    // The mean over images, since these are as frequent as they are.
    const [own] = shifted;
    const losses = labels.map((label, i) => -Math.log(own.predictions.probabilities[3 * i + label]));
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
    expect(measureNetwork(own, 'data').logLoss).toBeCloseTo(mean, 5);
  });

  it('that answer alike make no difference, whatever the arithmetic', () => {
    const { figures } = compareChoices(baseline, [{ ...baseline, id: 'same' }], { resamples: 200 }).choices[0];
    expect(figures.logLoss).toMatchObject({ difference: 0, standardError: 0, pValue: 1, least: 0, verdict: 'open' });
  });

  it('say what they can’t tell', () => {
    const one = compareChoices(choice('baseline', 1, [1]), [choice('better', 2, [2])], { resamples: 200 });
    expect(one.notes[0]).toMatch(/^One seed/);
    expect(one.choices[0].figures.logLoss.seedShare).toBe(0);
    expect(one.notes[1]).toContain('c (6): with fewer than 10 lesions');
    expect(found.notes.join()).not.toContain('One seed');
  });

  it('are refused where they answered for other images, seeds or diagnoses', () => {
    const fewer = {
      predictions: toPredictions({ labels: labels.slice(1), probabilities: labels.slice(1).map(() => equal), classes }),
      trainedPrevalence: equal,
    };
    const others = { id: 'others', networks: [fewer, fewer, fewer] };
    expect(thrown(() => compareChoices(baseline, [others]))).toMatchObject({ kind: 'run', code: 'other-images' });
    const two = choice('two', 1, [1, 2]);
    expect(thrown(() => compareChoices(baseline, [two])).message).toContain('one for each seed of the baseline');
    const nevi = {
      predictions: toPredictions({ labels: [0, 0], probabilities: [equal, equal], classes }),
      trainedPrevalence: equal,
    };
    const only = { id: 'only', networks: [nevi] };
    expect(thrown(() => compareChoices(only, [only]))).toMatchObject({ code: 'one-diagnosis' });
  });
});

describe('what other seeds would have made of differences', () => {
  it('is the paired variance of one choice', () => {
    const { variances, freedom, shared } = seedErrors([1, 2, 3], [[2, 2, 5]]);
    // Differences 1, 0, 2.
    expect(variances).toEqual([1 / 3]);
    expect([freedom, shared]).toEqual([2, 0]);
  });

  it('is that of all choices together, and no less than a choice’s own', () => {
    const steady = [
      [0, 0.2, 0.1],
      [0.1, 0, 0.2],
    ];
    const calm = seedErrors([0.2, 0.1, 0], steady);
    expect(calm.freedom).toBe(4);
    // Rows 0.2 0.1 0, 0 0.2 0.1, 0.1 0 0.2 have equal columns: mean square 0.06 / 4, twice that for a difference, by 3 seeds.
    for (const variance of calm.variances) expect(variance).toBeCloseTo((2 * 0.015) / 3, 12);
    const wild = seedErrors([0.2, 0.1, 0], [steady[0], [5, -5, 0]]);
    expect(wild.variances[1]).toBeCloseTo(squares([4.8, -5.1, 0]) / 2 / 3, 8);
    expect(wild.shared).toBeLessThanOrEqual(0.5);
  });

  it('is not known of one seed', () => {
    expect(seedErrors([1], [[2], [3]])).toEqual({ variances: [0, 0], freedom: Number.POSITIVE_INFINITY, shared: 0 });
  });
});

function squares(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
