import { Random } from '../../random.js';
import { tBound } from '../distributions/studentT.js';
import { maxT } from '../planned/multiplicity.js';
import type { FigureParts } from './choiceFigures.js';
import { seedErrors } from './seedErrors.js';

/** A number of one choice beside the baseline's. */
export interface ChoiceDifference {
  /** Mean over seeds. */
  readonly value: number;
  /** Choice less baseline, mean over seeds. */
  readonly difference: number;
  /** [S], seed by seed. */
  readonly bySeed: readonly number[];
  readonly standardError: number;
  /** Share of its square that comes from seeds, the rest from lesions, [0, 1]. */
  readonly seedShare: number;
  /** Degrees of freedom of Student's t; null where there is no error. */
  readonly freedom: number | null;
  /** Of the difference; holds together with those of all other choices. */
  readonly interval: readonly [low: number, high: number];
  /** Two-sided, corrected for the number of choices. */
  readonly pValue: number;
  /** The same without correction. */
  readonly pValueAlone: number;
  /** The smallest difference that this design finds four times out of five, corrected. */
  readonly least: number;
  /** `open`: neither is shown. */
  readonly verdict: 'helps' | 'hurts' | 'open';
}

/** An error as small as this is of the arithmetic. */
const rounding = 1e-9;

/** How often a difference of size `least` is found. */
export const usualPower = 0.8;

interface DifferenceOptions {
  /** Whether lower is better. */
  readonly lower: boolean;
  readonly seed: number;
  readonly resamples: number;
  readonly level: number;
}

/** Differences of one figure between choices and their baseline. @param baseline [S] @param choices [M][S] */
export function differencesOfFigure(
  baseline: readonly FigureParts[],
  choices: readonly (readonly FigureParts[])[],
  { lower, seed, resamples, level }: DifferenceOptions,
): ChoiceDifference[] {
  const values = (networks: readonly FigureParts[]) => networks.map(({ value }) => value);
  const seeds = seedErrors(values(baseline), choices.map(values));
  const estimates = choices.map((networks, c) => {
    const lesions = lesionErrors(networks, baseline);
    const variance = seeds.variances[c] + lesions.variance;
    const parts = [
      { variance: seeds.variances[c], freedom: seeds.freedom },
      { variance: lesions.variance, freedom: lesions.freedom },
    ];
    // Satterthwaite 1946.
    const spread = parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0);
    return {
      value: meanOf(values(networks)),
      bySeed: networks.map(({ value }, s) => value - baseline[s].value),
      difference: meanOf(networks.map(({ value }, s) => value - baseline[s].value)),
      standardError: Math.sqrt(variance),
      freedom: spread > 0 ? variance ** 2 / spread : Number.POSITIVE_INFINITY,
      seedShare: variance > 0 ? seeds.variances[c] / variance : 0,
      lesions,
      ofSeeds: seeds.variances[c],
    };
  });
  // Networks that answer alike but for rounding differ by nothing, which needs no test.
  const tested = estimates.filter(({ standardError }) => standardError > rounding);
  const draws = drawTogether(tested, seeds.shared, resamples, new Random(seed, 'ablation'));
  const held = maxT(tested, draws, level);
  return estimates.map((own): ChoiceDifference => {
    const { value, difference, bySeed, standardError, seedShare, freedom } = own;
    const common = { value, difference, bySeed, standardError, seedShare, freedom };
    const place = tested.indexOf(own);
    if (place < 0)
      return {
        ...common,
        standardError: 0,
        freedom: null,
        interval: [difference, difference],
        pValue: 1,
        pValueAlone: 1,
        least: 0,
        verdict: 'open',
      };
    const { pValue, interval, alone } = held[place];
    const isBetter = lower ? difference < 0 : difference > 0;
    return {
      ...common,
      interval,
      pValue,
      pValueAlone: alone,
      // A one-sided share of `usualPower` lies below this bound of Student's t.
      least: (interval[1] - interval[0]) / 2 + tBound(2 * usualPower - 1, freedom) * standardError,
      verdict: pValue >= 1 - level ? 'open' : isBetter ? 'helps' : 'hurts',
    };
  });
}

interface LesionErrors {
  /** Of the mean difference over seeds, without what one seed alone makes of a lesion: that is in the spread over seeds already. */
  readonly variance: number;
  readonly freedom: number;
  /** [clusters], what each adds to the mean difference. */
  readonly parts: Float64Array;
}

/**
 * What other lesions would have made of a mean difference over seeds: the mean covariance of the differences of two seeds, from which the part that changes with the seed falls out
 * (Cov2 - Cov3 of Obuchowski and Rockette); of one seed, its variance.
 */
function lesionErrors(networks: readonly FigureParts[], baseline: readonly FigureParts[]): LesionErrors {
  const seeds = networks.length;
  const parts = new Float64Array(networks[0].parts.length);
  let single = 0;
  for (let s = 0; s < seeds; s++)
    for (let c = 0; c < parts.length; c++) {
      const difference = networks[s].parts[c] - baseline[s].parts[c];
      parts[c] += difference / seeds;
      single += difference ** 2 / seeds;
    }
  const [squares, fourths] = parts.reduce(([two, four], part) => [two + part ** 2, four + part ** 4], [0, 0]);
  const variance = seeds === 1 ? squares : Math.max(0, (seeds * squares - single) / (seeds - 1));
  // A variance of few or of heavy-tailed parts is known less well: twice its square over its own variance (Satterthwaite's match of moments).
  const kurtosis = squares > 0 ? (parts.length * fourths) / squares ** 2 : 3;
  const freedom = Math.max(1, Math.min(parts.length - 1, (2 * parts.length) / Math.max(kurtosis - 1, 1e-9)));
  return { variance, freedom, parts };
}

/** Differences as they would come out where there are none: [M][R], with what choices have in common, lesions and the baseline's seeds. */
function drawTogether(
  estimates: readonly { readonly lesions: LesionErrors; readonly ofSeeds: number }[],
  shared: number,
  resamples: number,
  random: Random,
): Float64Array[] {
  if (estimates.length === 0) return [];
  const clusters = estimates[0].lesions.parts.length;
  const scales = estimates.map(({ lesions }) => {
    const squares = lesions.parts.reduce((sum, part) => sum + part ** 2, 0);
    return squares > 0 ? Math.sqrt(lesions.variance / squares) : 0;
  });
  const drawn = estimates.map(() => new Float64Array(resamples));
  const weights = new Float64Array(clusters);
  for (let r = 0; r < resamples; r++) {
    for (let c = 0; c < clusters; c++) weights[c] = random.normal();
    const ofBaseline = random.normal();
    for (const [m, { lesions, ofSeeds }] of estimates.entries()) {
      let sum = 0;
      for (let c = 0; c < clusters; c++) sum += weights[c] * lesions.parts[c];
      const ofOwn = Math.sqrt(shared) * ofBaseline + Math.sqrt(1 - shared) * random.normal();
      drawn[m][r] = scales[m] * sum + Math.sqrt(ofSeeds) * ofOwn;
    }
  }
  return drawn;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
