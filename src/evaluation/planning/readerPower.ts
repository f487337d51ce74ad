import { requireInteger, requireNumber } from '../../checks.js';
import { fBound, noncentralFTail } from '../distributions/fisherF.js';
import type { EqualityTest } from '../readers/equalityTest.js';
import { aurocVariance } from './aurocSize.js';
import { least } from './least.js';

/** What is known of readers beforehand: variances and correlations of Obuchowski and Rockette's model. */
export interface ReaderComponents {
  /** Variance of what conditions do to single readers. */
  readonly treatmentReader: number;
  /** Variance of one reader's figure of merit over images, for a study with `lesions` lesions. */
  readonly error: number;
  readonly lesions: number;
  /** Correlations of errors: of one reader under two conditions, of two readers under one, of two readers under two. */
  readonly correlations: readonly [number, number, number];
}

/** A difference between two conditions that a reader study is to find. */
export interface ReaderAim extends ReaderComponents {
  /** In the figure of merit. */
  readonly difference: number;
  /** Default 0.8. */
  readonly power?: number;
  /** Default 0.95: tests at 5%. */
  readonly level?: number;
}

/**
 * Power of a study in which all readers read all lesions under both conditions, readers and cases random.
 * Source: S. L. Hillis, N. A. Obuchowski, K. S. Berbaum, Power estimation for multireader ROC methods: an updated and unified approach, Acad Radiol 18 (2011) 129-142.
 */
export function readerPower(readers: number, lesions: number, aim: ReaderAim): number {
  requireInteger('readers', readers, { min: 2 });
  requireNumber('lesions', lesions, { above: 0 });
  const { spread, common } = readerVariances(readers, lesions, aim);
  const denominator = spread + readers * common;
  const freedom = denominator ** 2 / (spread ** 2 / (readers - 1));
  const noncentrality = (readers * aim.difference ** 2) / 2 / denominator;
  return noncentralFTail(fBound(1 - (aim.level ?? 0.95), 1, freedom), 1, freedom, noncentrality);
}

/** Expected mean square of conditions by readers, and Cov2 - Cov3 (0 where that is below). */
export function readerVariances(readers: number, lesions: number, aim: ReaderAim) {
  requireNumber('treatmentReader', aim.treatmentReader, { min: 0 });
  const error = (requireNumber('error', aim.error, { above: 0 }) * aim.lesions) / lesions;
  const [same, two, across] = aim.correlations.map((value) =>
    requireNumber('correlations', value, { min: 0, below: 1 }),
  );
  const common = error * Math.max(two - across, 0);
  requireNumber('readers', readers, { min: 2 });
  return { error, common, spread: aim.treatmentReader + error * (1 - same) - common };
}

/** The fewest lesions for a power with so many readers; infinite where these readers are too few, whatever the lesions. */
export function lesionsForReaders(readers: number, aim: ReaderAim): number {
  const power = requireNumber('power', aim.power ?? 0.8, { above: 0, below: 1 });
  return least((lesions) => readerPower(readers, lesions, aim) >= power);
}

/** Components out of a pilot study's test. @param lesions that the pilot had */
export function componentsOfPilot(
  { components, meanSquareReaders }: Pick<EqualityTest, 'components' | 'meanSquareReaders'>,
  lesions: number,
): ReaderComponents {
  const { variance, cov1, cov2, cov3 } = components;
  const correlation = (value: number) => Math.min(Math.max(value / variance, 0), 0.999);
  return {
    treatmentReader: Math.max(meanSquareReaders - variance + cov1 + Math.max(cov2 - cov3, 0), 0),
    error: variance,
    lesions,
    correlations: [correlation(cov1), correlation(cov2), correlation(cov3)],
  };
}

/** Components where there is no pilot study: the error from the AUROC that is expected, correlations as they were in Van Dyke's study. */
export function conjecturedComponents(
  auroc: number,
  prevalence: number,
  {
    range = 0.05,
    correlations = [0.43, 0.43, 0.3],
  }: { readonly range?: number; readonly correlations?: ReaderComponents['correlations'] } = {},
): ReaderComponents {
  requireNumber('auroc', auroc, { above: 0.5, below: 1 });
  requireNumber('prevalence', prevalence, { above: 0, below: 1 });
  requireNumber('range', range, { min: 0, below: 1 });
  const lesions = 1000;
  return {
    // 95% of readers gain or lose by a condition within this range (Obuchowski 2000).
    treatmentReader: (range / 4) ** 2 / 2,
    error: aurocVariance(auroc, lesions * prevalence, lesions * (1 - prevalence)),
    lesions,
    correlations,
  };
}
