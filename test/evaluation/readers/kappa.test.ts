import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cohensKappa, fleissKappa } from '../../../src/evaluation/readers/kappa.js';

const file = new URL('../../fixtures/evaluation/readerStudies.json', import.meta.url);
const { kappa } = JSON.parse(readFileSync(file, 'utf8'));
const answers: number[][] = kappa.answers;
const column = (k: number) => answers.map((row) => row[k]);

describe("Cohen's kappa", () => {
  it('is statsmodels’, its error with I / (I - 1)', () => {
    const found = cohensKappa(column(0), column(1));
    expect(found.kappa).toBeCloseTo(kappa.cohen.kappa, 12);
    expect(found.standardError! * Math.sqrt(49 / 50)).toBeCloseTo(kappa.cohen.standardError, 12);
  });

  it('knows that images of one lesion say less', () => {
    const twice = (values: number[]) => values.flatMap((value) => [value, value]);
    const clusterOf = twice(answers.map((_, i) => i));
    const found = cohensKappa(twice(column(0)), twice(column(1)), { clusterOf });
    expect(found.standardError).toBeCloseTo(cohensKappa(column(0), column(1)).standardError!, 12);
  });

  it('is none where nothing could disagree', () => {
    expect(cohensKappa([1, 1], [1, 1])).toMatchObject({ kappa: null, interval: null, agreement: 1 });
    expect(cohensKappa([0, 1, 0], [0, 1, 0])).toMatchObject({ kappa: 1, interval: null });
    expect(() => cohensKappa([0], [0, 1])).toThrow(/second/);
  });
});

describe("Fleiss's kappa", () => {
  it('is irrCAC’s, also where a reader is missing', () => {
    const rows = answers.map((row, i) => (i < kappa.fleissMissingLast ? row.slice(0, 3) : row));
    const found = fleissKappa(rows);
    expect(found.kappa).toBeCloseTo(kappa.fleiss.kappa, 12);
    expect(found.standardError).toBeCloseTo(kappa.fleiss.standardError, 12);
  });

  it('leaves out images with one answer', () => {
    expect(fleissKappa([[0, 0], [1, 0], [1]]).images).toBe(2);
    expect(fleissKappa([[0], [1]])).toMatchObject({ kappa: null, images: 0 });
  });
});
