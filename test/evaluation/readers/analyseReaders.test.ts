import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AnalyseReadersOptions, analyseReaders } from '../../../src/evaluation/readers/analyseReaders.js';
import type { CovarianceMethod } from '../../../src/evaluation/readers/figureCovariances.js';
import type { FigureOfMerit, ReaderStudy } from '../../../src/evaluation/readers/readerStudy.js';
import { readReaderTable } from '../../../src/evaluation/readers/readReaderTable.js';
import { readersFolder } from '../../realData.js';

interface ExpectedMean {
  readonly value: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  readonly interval: readonly [number, number];
  readonly pValue: number;
}
interface Expected {
  readonly values: readonly number[];
  readonly variances: readonly number[];
  readonly conditions: readonly ExpectedMean[];
  readonly differences?: readonly ExpectedMean[];
  readonly test: {
    readonly components: Readonly<Record<string, number>>;
    readonly statistic: number;
    readonly degreesOfFreedom: readonly [number, number];
    readonly pValue: number;
    readonly fixedReaders?: number;
    readonly fixedCases?: number;
    readonly pooled?: readonly { readonly standardError: number; readonly difference: number }[];
  };
}
interface Case {
  readonly name: string;
  readonly method: CovarianceMethod;
  readonly truths: readonly number[];
  readonly clusterOf: readonly number[];
  readonly cells: readonly {
    readonly condition: number;
    readonly reader: number;
    readonly images: readonly number[];
    readonly scores: readonly number[];
  }[];
  readonly expected: Readonly<Partial<Record<FigureOfMerit, Expected>>>;
}
const file = new URL('../../fixtures/evaluation/readerStudies.json', import.meta.url);
const { studies }: { readonly studies: readonly Case[] } = JSON.parse(readFileSync(file, 'utf8'));
const names = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

function studyOf({ truths, clusterOf, cells }: Omit<Case, 'expected' | 'name' | 'method'>): ReaderStudy {
  return {
    readers: names(1 + Math.max(...cells.map(({ reader }) => reader))),
    conditions: names(1 + Math.max(...cells.map(({ condition }) => condition))),
    imageIds: names(truths.length),
    truths,
    clusterOf,
    cells: cells.map((cell) => ({ ...cell, answers: cell.scores.map((score) => (score >= 3 ? 1 : 0)) })),
  };
}
const analyse = (found: Case, figure: FigureOfMerit, options: AnalyseReadersOptions = {}) =>
  analyseReaders(studyOf(found), { covariance: found.method, resamples: 0, ...options }).figures.find(
    (own) => own.figure === figure,
  )!;
const cases = studies.flatMap((found) =>
  (Object.keys(found.expected) as FigureOfMerit[]).map((figure) => [found.name, figure, found] as const),
);

describe('the analysis of Obuchowski and Rockette', () => {
  it.each(cases)('%s, %s: equals a slow one', (_, figure, found) => {
    const expected = found.expected[figure]!;
    const { conditions, test, differences } = analyse(found, figure);
    expect(test!.statistic).toBeCloseTo(expected.test.statistic, 9);
    expect(test!.degreesOfFreedom[1]! / expected.test.degreesOfFreedom[1]).toBeCloseTo(1, 9);
    expect(test!.pValue).toBeCloseTo(expected.test.pValue, 9);
    for (const [name, value] of Object.entries(expected.test.components))
      expect((test!.components as unknown as Record<string, number>)[name], name).toBeCloseTo(value, 12);
    for (const [i, mean] of expected.conditions.entries()) {
      expect(conditions[i].value).toBeCloseTo(mean.value, 12);
      expect(conditions[i].standardError).toBeCloseTo(mean.standardError, 10);
      expect(conditions[i].degreesOfFreedom! / mean.degreesOfFreedom).toBeCloseTo(1, 8);
      expect(conditions[i].interval![0]).toBeCloseTo(Math.max(mean.interval[0], 0), 8);
      expect(conditions[i].interval![1]).toBeCloseTo(Math.min(mean.interval[1], 1), 8);
    }
    for (const [i, difference] of (expected.differences ?? []).entries()) {
      expect(differences[i].value).toBeCloseTo(difference.value, 12);
      expect(differences[i].standardError).toBeCloseTo(difference.standardError, 10);
      expect(differences[i].interval![0]).toBeCloseTo(difference.interval[0], 8);
      expect(differences[i].pValue).toBeCloseTo(difference.pValue, 8);
    }
  });

  it('has the error of all conditions beside that of each two, where there are three', () => {
    const [, , found] = cases.find(([name]) => name.startsWith('three'))!;
    const { differences } = analyse(found, 'auroc');
    for (const [i, { standardError, difference }] of found.expected.auroc!.test.pooled!.entries()) {
      expect(differences[i].pooled!.value).toBeCloseTo(difference, 12);
      expect(differences[i].pooled!.standardError).toBeCloseTo(standardError, 10);
    }
    // The first condition shares no case with the others, which share theirs.
    const [apart, , alike] = differences.map(({ standardError }) => standardError!);
    expect(alike).toBeLessThan(apart);
    expect(analyse(studies[0], 'auroc').differences[0].pooled).toBeNull();
  });

  it('holds what errors have in common at 0 where Cov2 is below Cov3', () => {
    const found = studies.find(({ name }) => name === 'Cov2 below Cov3')!;
    const { test } = analyse(found, 'auroc');
    expect(test!.components.cov2).toBeLessThan(test!.components.cov3);
    expect(test!.denominator).toBe(test!.meanSquareReaders);
    expect(test!.degreesOfFreedom[1]).toBeCloseTo(2, 12);
  });

  it('can take readers or cases as fixed', () => {
    const { fixedReaders, fixedCases } = studies[0].expected.auroc!.test;
    const readers = analyse(studies[0], 'auroc', { random: 'cases' });
    expect(readers.test!.pValue).toBeCloseTo(fixedReaders!, 9);
    expect(readers.differences[0].pValue).toBeCloseTo(fixedReaders!, 9);
    expect(readers.differences[0]).toMatchObject({ degreesOfFreedom: null, guarded: null });
    expect(analyse(studies[0], 'auroc', { random: 'readers' }).differences[0].pValue).toBeCloseTo(fixedCases!, 9);
  });

  it('guards against readers that are alike by chance, more so the fewer they are', () => {
    const { degreesOfFreedom, interval, guarded } = analyse(studies[0], 'auroc').differences[0];
    expect(guarded!.degreesOfFreedom).toBeLessThan(degreesOfFreedom!);
    expect(guarded!.interval![1]).toBeGreaterThan(interval![1]);
  });

  it('compares a model with readers as if it were one more condition of theirs', () => {
    const [found] = studies;
    const cells = found.cells.filter(({ condition }) => condition === 0);
    const model = found.cells.find(({ condition }) => condition === 1)!.scores;
    const answers = model.map((score) => (score >= 3 ? 1 : 0));
    const copies = cells.map((cell) => ({ ...cell, condition: 1, scores: model }));
    const both = analyseReaders(studyOf({ ...found, cells: [...cells, ...copies] }), { resamples: 0 });
    const against = analyseReaders(studyOf({ ...found, cells }), {
      resamples: 0,
      model: { name: 'model', scores: model, answers },
    });
    for (const [f, figure] of against.figures.entries()) {
      const { value, interval, pValue, degreesOfFreedom } = both.figures[f].differences[0];
      expect(figure.model[0]).toMatchObject({
        readers: 4,
        interval: interval!.map((bound) => expect.closeTo(bound, 10)),
      });
      expect(figure.model[0].value).toBeCloseTo(value, 12);
      expect(figure.model[0].pValue).toBeCloseTo(pValue!, 9);
      expect(figure.model[0].degreesOfFreedom).toBeCloseTo(degreesOfFreedom!, 6);
    }
  });

  it('judges the model on the images that each reader saw', () => {
    const found = studies.find(({ name }) => name === 'each reader a batch')!;
    const scores = found.truths.map((truth, i) => truth + Math.sin(9 * i));
    const answers = scores.map((score) => (score >= 0.5 ? 1 : 0));
    const { figures, ofReaders, sameImages } = analyseReaders(studyOf(found), {
      resamples: 0,
      model: { name: 'm', scores, answers },
    });
    expect(sameImages).toBe(false);
    const sensitivity = figures.find(({ figure }) => figure === 'sensitivity')!.model[0];
    for (const { reader, model } of sensitivity.ofReaders) {
      const cell = found.cells.find((own) => own.condition === 0 && `${own.reader}` === reader)!;
      const positive = cell.images.filter((image) => found.truths[image] === 1);
      expect(model).toBeCloseTo(positive.filter((image) => answers[image] === 1).length / positive.length, 12);
    }
    for (const { modelAt, specificity, sensitivity: own } of ofReaders) {
      expect(modelAt!.specificity.specificity).toBeGreaterThanOrEqual(specificity!.value - 1e-12);
      expect(modelAt!.sensitivity.sensitivity).toBeGreaterThanOrEqual(own!.value - 1e-12);
    }
  });

  it('resamples readers and lesions in both ways', () => {
    const found = analyseReaders(studyOf(studies[0]), { resamples: 400, seed: 1 });
    const again = analyseReaders(studyOf(studies[0]), { resamples: 400, seed: 1 });
    const [{ resampled, value }] = found.figures[0].differences;
    expect(resampled![0]).toBeLessThan(value);
    expect(resampled![1]).toBeGreaterThan(value);
    expect(again.figures[0].differences[0].resampled).toEqual(resampled);
  });

  it('simulates reader and model together, and says so', () => {
    const answers = studies[0].truths.map((truth, i) => (i % 5 === 0 ? 1 - truth : truth));
    const run = (together: 'either' | 'both') =>
      analyseReaders(studyOf(studies[0]), {
        resamples: 0,
        together,
        model: { name: 'm', scores: answers, answers },
      }).figures.map(({ figure, simulated }) => [figure, simulated] as const);
    const [[, none], [, sensitivity], [, specificity]] = run('either');
    expect(none).toEqual([]);
    expect(sensitivity.map(({ second }) => second)).toEqual([
      '0 + model, simulated (yes if either says so)',
      '1 + model, simulated (yes if either says so)',
    ]);
    expect(sensitivity[0].value).toBeGreaterThan(0);
    expect(specificity[0].value).toBeLessThan(0);
    expect(run('both')[1][1][0].value).toBeLessThan(0);
  });

  it('has no AUROC of yes and no, and of one reader no word on others', () => {
    const [found] = studies;
    const cells = found.cells
      .filter(({ reader }) => reader === 0)
      .map((cell) => ({ ...cell, scores: cell.scores.map((score) => (score >= 3 ? 1 : 0)) }));
    const study = studyOf({ ...found, cells });
    const { figures, random, notes } = analyseReaders({
      ...study,
      cells: study.cells.map(({ scores, ...cell }) => ({ ...cell, answers: scores, scores })),
    });
    expect(figures.map(({ figure }) => figure)).toEqual(['sensitivity', 'specificity']);
    expect(random).toBe('cases');
    expect(notes.join(' ')).toMatch(/There is one reader.*No AUROC of 0/);
  });

  it('refuses a truth of one kind, and places that are none', () => {
    const study = studyOf(studies[0]);
    expect(() => analyseReaders({ ...study, truths: study.imageIds.map(() => 1) })).toThrow(/all of the 40 images/);
    expect(() => analyseReaders({ ...study, cells: [{ ...study.cells[0], images: [99] }] })).toThrow(
      /cells\[0\].images/,
    );
    expect(() => analyseReaders({ ...study, cells: [study.cells[0], study.cells[0]] })).toThrow(/twice/);
    expect(() => analyseReaders(study, { model: { name: 'm', scores: [1], answers: [1] } })).toThrow(/model.scores/);
  });
});

describe.skipIf(readersFolder() === undefined)('published reader studies', () => {
  it("gives Van Dyke's published analysis", () => {
    const path = join(readersFolder()!, 'vandyke.csv');
    const { study } = readReaderTable(readFileSync(path, 'utf8'), { file: path });
    const [{ test, differences, conditions }] = analyseReaders(study, { resamples: 0 }).figures;
    expect(test!.statistic).toBeCloseTo(4.456319, 6);
    expect(test!.degreesOfFreedom[1]).toBeCloseTo(15.25967, 5);
    expect(test!.pValue).toBeCloseTo(0.05166569, 7);
    expect(differences[0]).toMatchObject({
      value: expect.closeTo(0.0438003, 7),
      interval: [expect.closeTo(-0.00035885, 7), expect.closeTo(0.0879595, 7)],
    });
    expect(conditions.map(({ value }) => value)).toEqual([expect.closeTo(0.897037, 6), expect.closeTo(0.940837, 6)]);
    const components = analyseReaders(study, { resamples: 0, covariance: 'components' }).figures[0].test!;
    expect(components.statistic).toBeCloseTo(4.48485432182081, 9);
    expect(components.degreesOfFreedom[1]).toBeCloseTo(15.066107938873085, 9);
  });
});
