import { describe, expect, it } from 'vitest';
import {
  analysePlan,
  holm,
  maxT,
  type Predictions,
  readAnalysisPlan,
  toPredictions,
} from '../../src/evaluation/index.js';
import { Random } from '../../src/random.js';
import reference from '../fixtures/evaluation/judging.json' with { type: 'json' };
import { thrown } from '../thrown.js';

const classes = [
  { id: 'no', name: 'No', positive: false },
  { id: 'yes', name: 'Yes', positive: true },
];
const predictionsOf = (probabilities: readonly number[]): Predictions =>
  toPredictions({
    labels: reference.truths,
    probabilities: probabilities.map((p) => [1 - p, p]),
    groups: reference.lesions,
    classes,
  });
const input = {
  predictions: predictionsOf(reference.probabilities),
  reference: predictionsOf(reference.other),
  recordOf: new Map(
    reference.truths.map(
      (_, i) => [String(i), { age: i % 2 === 0 ? 20 : 70, sex: i % 3 === 0 ? 'male' : 'female' }] as const,
    ),
  ),
};
const base =
  'name: a plan\ntruth: t.csv\npredictions: p.csv\nreference: r.csv\nthreshold: 0.5\nreferenceThreshold: 0.4\n';
const endpoint = (id: string, metric = id, more = 'hypothesis: non-inferiority, margin: 0.05, against: reference') =>
  `  - { id: ${id}, metric: ${metric}, ${more} }\n`;

describe('a planned analysis', () => {
  it('has the paired differences, clustered errors and p-values of statsmodels', () => {
    const plan = readAnalysisPlan(
      `${base}endpoints:\n${endpoint('sensitivity')}${endpoint('specificity')}${endpoint('accuracy')}`,
    );
    const { endpoints } = analysePlan(plan, input);
    for (const { metric, ...found } of endpoints) {
      const wanted = reference.paired[metric as 'accuracy'];
      expect(found.difference).toBeCloseTo(wanted.difference, 12);
      expect(found.standardError).toBeCloseTo(wanted.standardError, 12);
      expect(found.pValue).toBeCloseTo(wanted.pValue, 9);
      expect(found.lowerBound).toBeCloseTo(wanted.lowerBound, 9);
      expect(found.success).toBe(wanted.lowerBound > -0.05);
    }
  });

  it('succeeds only where all primary endpoints do, and holds secondary ones together by Holm', () => {
    const found = holm(reference.raw);
    for (const [i, p] of found.entries()) expect(p).toBeCloseTo(reference.holm[i], 12);
    const plan = readAnalysisPlan(
      `${base}endpoints:\n${endpoint('sensitivity', 'sensitivity', 'hypothesis: superiority, against: 0.1')}${endpoint('specificity', 'specificity', 'hypothesis: superiority, against: 0.999')}` +
        endpoint('area', 'auroc', 'hypothesis: superiority, against: 0.6, role: secondary') +
        endpoint('right', 'accuracy', 'hypothesis: superiority, against: 0.6, role: secondary'),
    );
    const result = analysePlan(plan, input);
    expect(result.endpoints.map(({ success }) => success).slice(0, 2)).toEqual([true, false]);
    expect(result.success).toBe(false);
    const [area, right] = result.endpoints.slice(2);
    expect([area.adjusted, right.adjusted]).toEqual(holm([area.pValue, right.pValue]));
    expect(result.notes.join(' ')).toContain('secondary ones are exploratory');
  });

  it('takes no spread for no certainty', () => {
    const few = (yes: number) => ({
      predictions: toPredictions({
        labels: [1, 1, 1, 0, 0],
        probabilities: [1, 1, 1, 0, 0].map((label) => [1 - label, label]),
        classes,
        groups: [1, 2, 3, 4, 5],
      }),
      reference: toPredictions({
        labels: [1, 1, 1, 0, 0],
        probabilities: [yes, 1, 1, 0, 0].map((p) => [1 - p, p]),
        classes,
        groups: [1, 2, 3, 4, 5],
      }),
      recordOf: new Map(),
    });
    const plan = readAnalysisPlan(
      `${base}endpoints:\n${endpoint('value', 'sensitivity', 'hypothesis: superiority, against: 0.8')}${endpoint('paired', 'sensitivity')}`,
    );
    const [value, paired] = analysePlan(plan, few(1)).endpoints;
    // Three of three is no proof of more than 80%: Wilson's lower end is 0.44.
    expect(value).toMatchObject({
      difference: expect.closeTo(0.2, 12),
      success: false,
      lowerBound: expect.closeTo(0.4385 - 0.8, 3),
    });
    expect(paired).toMatchObject({ difference: 0, success: false, lowerBound: expect.closeTo(-0.5615, 3) });
  });

  it('compares no balanced accuracies over different classes', () => {
    const plan = readAnalysisPlan(`${base}positive: [yes]\nendpoints:\n${endpoint('balancedAccuracy')}`);
    const three = { ...input.reference, classes: [classes[0], { id: 'other', name: 'Other', positive: true }] };
    expect(thrown(() => analysePlan(plan, { ...input, reference: three }))).toMatchObject({
      kind: 'data',
      code: 'other-classes',
    });
    expect(analysePlan(plan, input).endpoints[0].standardError).toBeGreaterThan(0);
  });

  it('holds groups together: a true difference is found, none of noise', () => {
    const plan = readAnalysisPlan(
      `${base}resamples: 400\nsubgroups: { fields: [age, sex], metric: accuracy }\nendpoints:\n${endpoint('accuracy')}`,
    );
    const { subgroups } = analysePlan(plan, input);
    expect(subgroups.map(({ field, value }) => `${field} ${value}`)).toEqual([
      'age under 30 years',
      'age 60 to 74 years',
      'sex female',
      'sex male',
    ]);
    for (const { pValue, interval, difference } of subgroups) {
      expect(pValue).toBeGreaterThan(0.05);
      expect(interval![0]).toBeLessThan(difference!);
    }
  });

  it('calls groups different by their own errors, at the level that all of them leave to each', () => {
    const random = new Random(3);
    const noise = (center: number, spread = 1) =>
      Float64Array.from({ length: 999 }, () => center + random.normal(0, spread));
    const [many, few] = [1e9, 5];
    const of = (difference: number, freedom = many) => ({ difference, standardError: 1, freedom });
    const [far, near] = maxT([of(6), of(0.3)], [noise(6), noise(0.3)]);
    expect(far.pValue).toBe(1 / 1000);
    expect(near.pValue).toBeGreaterThan(0.5);
    // Two at once: the bound is that of the larger of two normals, 2.236; of Student's t on 5 degrees of freedom 3.16.
    expect(far.interval[1] - 6).toBeCloseTo(2.236, 0);
    const [apart] = maxT([of(6, few), of(0.3)], [noise(6), noise(0.3)]);
    expect(apart.interval[1] - 6).toBeGreaterThan(3);
    // However wide resamples are drawn, errors are their own.
    const [narrow] = maxT([of(6), of(0.3)], [noise(6, 0.1), noise(0.3, 9)]);
    expect(narrow.interval[1] - 6).toBeCloseTo(2.236, 0);
    // One difference seen twice is one.
    const once = noise(2);
    const [twin] = maxT([of(2), of(2)], [once, once]);
    expect(twin.interval[1] - 2).toBeCloseTo(1.96, 0);
    // Nothing in the resamples: Bonferroni.
    const still = new Float64Array(99).fill(1);
    expect(maxT([of(0), of(1)], [still, still])[0].interval[1]).toBeCloseTo(2.2414, 3);
  });

  it('tests no group of fewer than ten lesions, and takes few that were all right for no certainty', () => {
    const study = (lesions: number, small: number) => ({
      predictions: toPredictions({
        labels: Array.from({ length: lesions }, () => 1).concat(0),
        // Of the large group a quarter is wrong, of the small one nobody.
        probabilities: Array.from({ length: lesions + 1 }, (_, i) => (i < small || i % 4 > 0 ? [0, 1] : [1, 0])),
        classes,
      }),
      reference: null,
      recordOf: new Map(
        Array.from(
          { length: lesions + 1 },
          (_, i) => [String(i), { age: 50, sex: i < small ? 'male' : 'female' }] as const,
        ),
      ),
    });
    const plan = readAnalysisPlan(
      `${base.replace('reference: r.csv\n', '')}resamples: 400\nsubgroups: { fields: [sex], metric: sensitivity }\nendpoints:\n${endpoint('a', 'accuracy', 'hypothesis: superiority, against: 0.1')}`,
    );
    const nine = analysePlan(plan, study(90, 9));
    expect(nine.subgroups.map(({ pValue, interval }) => [pValue, interval])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(nine.subgroups[1].difference).toBeCloseTo(0.25, 1);
    expect(nine.notes.join(' ')).toContain('2 of 2 groups have no test');
    const [, ten] = analysePlan(plan, study(90, 10)).subgroups;
    expect(ten).toMatchObject({ value: 'male', result: 1 });
    // Of ten lesions that were all right the bootstrap's error is 0, and a quarter less would look significant (p 0.0001).
    expect(ten.pValue).toBeGreaterThan(0.01);
    expect(ten.interval![0]).toBeLessThan(ten.difference!);
  });

  it.each([
    ['no YAML', 'a: [', 'bad-plan'],
    ['an unknown setting', `${base}endpoint: 3\nendpoints:\n${endpoint('accuracy')}`, 'bad-plan'],
    [
      'a margin of superiority',
      `${base}endpoints:\n${endpoint('a', 'accuracy', 'hypothesis: superiority, margin: 0.1, against: 0.5')}`,
      'bad-plan',
    ],
    [
      'no margin of non-inferiority',
      `${base}endpoints:\n${endpoint('a', 'accuracy', 'hypothesis: non-inferiority, against: 0.5')}`,
      'bad-plan',
    ],
    [
      'a reference that is not there',
      `${base.replace('reference: r.csv\n', '')}endpoints:\n${endpoint('accuracy')}`,
      'bad-plan',
    ],
    ['two of one id', `${base}endpoints:\n${endpoint('accuracy')}${endpoint('accuracy')}`, 'bad-plan'],
  ])('refuses %s', (_, text, code) => {
    expect(thrown(() => readAnalysisPlan(text))).toMatchObject({ kind: 'usage', code });
  });
});
