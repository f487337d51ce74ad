import { describe, expect, it } from 'vitest';
import { aurocVariance, sizeForAurocWidth } from '../../../src/evaluation/planning/aurocSize.js';
import { sizeForCalibration } from '../../../src/evaluation/planning/calibrationSize.js';
import {
  componentsOfPilot,
  conjecturedComponents,
  lesionsForReaders,
  readerPower,
} from '../../../src/evaluation/planning/readerPower.js';
import {
  simulateAurocWidth,
  simulateCalibrationWidths,
  simulateDifferencePower,
  simulateReaderPower,
  simulateShareWidth,
} from '../../../src/evaluation/planning/simulateStudies.js';
import {
  designEffect,
  differencePower,
  sizeForDifference,
  sizeForNonInferiority,
  sizeForShareWidth,
} from '../../../src/evaluation/planning/studySize.js';

describe('how many lesions', () => {
  it('measure a share within a width: formula and simulation agree', () => {
    const aim = { share: 0.85, prevalence: 0.2 };
    const found = sizeForShareWidth(0.1, aim);
    // By hand: 1.96² · 0.85 · 0.15 / 0.05² = 195.9; Wilson's interval takes a few less.
    expect(found).toMatchObject({ designEffect: 1, allLesions: 5 * found.lesions });
    expect(found.lesions).toBeGreaterThan(185);
    expect(found.lesions).toBeLessThan(197);
    expect(simulateShareWidth(found.lesions, aim, { studies: 400 })).toBeCloseTo(0.1, 2);
  });

  it('are fewer with several images a lesion, though more images', () => {
    const aim = { share: 0.8, prevalence: 0.5, imagesPerLesion: 3, correlation: 0.6 };
    expect(designEffect(aim)).toBeCloseTo(2.2, 12);
    const [one, three] = [sizeForShareWidth(0.1, { share: 0.8, prevalence: 0.5 }), sizeForShareWidth(0.1, aim)];
    expect(three.lesions).toBeLessThan(one.lesions);
    expect(three.images).toBeGreaterThan(one.images);
    expect(simulateShareWidth(three.lesions, aim, { studies: 300 })).toBeCloseTo(0.1, 2);
  });

  it('find a difference between two models on the same lesions', () => {
    const aim = { share: 0.85, other: 0.75, paired: 0.4, prevalence: 0.3 };
    const { lesions } = sizeForDifference(aim);
    expect(differencePower(lesions, aim)).toBeGreaterThanOrEqual(0.8);
    expect(differencePower(lesions - 2, aim)).toBeLessThan(0.8);
    expect(Math.abs(simulateDifferencePower(lesions, aim, { studies: 1500 }) - 0.8)).toBeLessThan(0.035);
    const clustered = { ...aim, imagesPerLesion: 2, correlation: 0.5 };
    const size = sizeForDifference(clustered);
    expect(Math.abs(simulateDifferencePower(size.lesions, clustered, { studies: 1500 }) - 0.8)).toBeLessThan(0.035);
  });

  it('show that one is not worse than another by a margin', () => {
    const aim = { share: 0.85, other: 0.85, paired: 0.5, prevalence: 0.3, power: 0.9 };
    const { lesions } = sizeForNonInferiority(0.05, aim);
    expect(Math.abs(simulateDifferencePower(lesions, aim, { studies: 800, margin: 0.05 }) - 0.9)).toBeLessThan(0.035);
    expect(() => sizeForNonInferiority(0.05, { ...aim, share: 0.7 })).toThrow(/margin plus the difference/);
  });

  it('measure an AUROC within a width', () => {
    // The spread of 40,000 AUROCs that were drawn with NumPy.
    expect(Math.sqrt(aurocVariance(0.85, 30, 70))).toBeCloseTo(0.0412, 3);
    const aim = { auroc: 0.85, prevalence: 0.3 };
    const { allLesions } = sizeForAurocWidth(0.1, aim);
    expect(simulateAurocWidth(allLesions, aim, { studies: 150 })).toBeCloseTo(0.1, 2);
    const clustered = { ...aim, imagesPerLesion: 3, correlation: 0.5 };
    const size = sizeForAurocWidth(0.1, clustered);
    expect(simulateAurocWidth(size.allLesions, clustered, { studies: 150 })).toBeLessThan(0.105);
  });

  it('measure calibration', () => {
    const { forRatio, forSlope, lesions, predictor } = sizeForCalibration({ prevalence: 0.1, auroc: 0.8 });
    // Riley and others: (1 - φ) / (φ SE²) with SE = 0.1 / 1.96 or so.
    expect(forRatio / ((0.9 / 0.1) * (1.96 / 0.0998) ** 2)).toBeCloseTo(1, 2);
    expect(lesions).toBe(Math.max(forRatio, forSlope));
    const widths = simulateCalibrationWidths(lesions, predictor, { studies: 60 });
    expect(widths.ratio).toBeCloseTo(0.2, 2);
    expect(simulateCalibrationWidths(forSlope, predictor, { studies: 100 }).slope).toBeCloseTo(0.4, 1);
  });

  it('refuse what no study can be', () => {
    expect(() => sizeForShareWidth(0, { share: 0.5, prevalence: 0.5 })).toThrow(/width/);
    expect(() => sizeForShareWidth(0.1, { share: 1, prevalence: 0.5 })).toThrow(/share/);
    expect(() => sizeForDifference({ share: 0.8, other: 0.8, prevalence: 0.5 })).toThrow(/other than 0.8/);
    expect(() => sizeForDifference({ share: 0.99, other: 0.2, paired: 0.9, prevalence: 0.5 })).toThrow(/both right/);
  });
});

describe('how many readers', () => {
  const aim = { ...conjecturedComponents(0.85, 0.5), difference: 0.05 };

  it('is a matter of lesions, too: formula and simulation agree', () => {
    for (const readers of [4, 8]) {
      const lesions = lesionsForReaders(readers, aim);
      expect(readerPower(readers, lesions, aim)).toBeGreaterThanOrEqual(0.8);
      expect(readerPower(readers, lesions - 1, aim)).toBeLessThan(0.8);
      expect(Math.abs(simulateReaderPower(readers, lesions, aim, { studies: 3000 }) - 0.8)).toBeLessThan(0.04);
    }
    expect(lesionsForReaders(8, aim)).toBeLessThan(lesionsForReaders(4, aim));
    expect(lesionsForReaders(3, { ...aim, treatmentReader: 0.01 })).toBe(Number.POSITIVE_INFINITY);
  });

  it('can rest on a pilot study', () => {
    const components = { variance: 0.0008, cov1: 0.00035, cov2: 0.00034, cov3: 0.00024 };
    const pilot = componentsOfPilot({ components, meanSquareReaders: 0.00055 }, 114);
    expect(pilot).toMatchObject({ treatmentReader: expect.closeTo(0.0002, 12), error: 0.0008, lesions: 114 });
    expect(readerPower(5, 114, { ...pilot, difference: 0.0438 })).toBeCloseTo(0.5142870158, 8);
  });
});
