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
      'age 60 to 74 years',
      'age under 30 years',
      'sex female',
      'sex male',
    ]);
    for (const { pValue, interval, difference } of subgroups) {
      expect(pValue).toBeGreaterThan(0.05);
      expect(interval![0]).toBeLessThan(difference!);
    }
    const random = new Random(3);
    const noise = (center: number) => Float64Array.from({ length: 999 }, () => center + random.normal());
    const [far, near] = maxT([6, 0.3], [noise(6), noise(0.3)]);
    expect(far.pValue).toBe(1 / 1000);
    expect(near.pValue).toBeGreaterThan(0.5);
    // Two at once: the bound is that of the larger of two normals, 2.236.
    expect((far.interval[1] - 6) / far.standardError).toBeCloseTo(2.236, 0);
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
