import { requireInteger, requireSome } from '../../checks.js';
import { Random } from '../../random.js';
import { type Interval, orNoInterval, percentileInterval, resampleClusters } from '../metrics/intervals.js';
import { metrics } from '../metrics/metrics.js';
import { scoreImages, WeightedImages } from '../metrics/scoredImages.js';
import type { Predictions } from '../predictions/predictions.js';

/** A number of several networks that differ in their seed alone. */
export interface SpreadOverSeeds {
  /** Of each network, in their order; null where it isn't defined. */
  readonly values: readonly (number | null)[];
  readonly mean: number | null;
  /** Sample standard deviation: what the seed alone makes of it, on these images. */
  readonly deviation: number | null;
  /** Of the mean, over seeds and lesions, both drawn with replacement; null where it can't be told. */
  readonly interval: Interval;
}

const names = ['accuracy', 'balancedAccuracy', 'macroF1', 'macroAuroc', 'loss'] as const;

/** How networks that were trained with several seeds did on the same images, in evaluation.json of an ensemble of them. */
export interface SeedSpread extends Readonly<Record<(typeof names)[number], SpreadOverSeeds>> {
  readonly method: string;
  readonly seeds: readonly number[];
  readonly resamples: number;
  readonly level: number;
}

/**
 * Mean and spread over seeds of single networks, each alone: what to expect of one training. The interval is of the mean and counts both what another seed and
 * what other lesions would have made of it: seeds are drawn with replacement, and lesions (or patients) with all their images, the same for all
 * seeds that are drawn.
 * @param members what each network answers for the same images
 * @throws LesionlabError kind `usage` for fewer than two networks
 */
export function spreadOverSeeds(
  members: readonly Predictions[],
  seeds: readonly number[],
  options: { readonly seed?: number; readonly resamples?: number; readonly level?: number } = {},
): SeedSpread {
  const { seed = 0, resamples = 2000, level = 0.95 } = options;
  requireSome('members', members.slice(1), 'second network');
  requireInteger('resamples', resamples, { min: 0 });
  const scored = members.map((predictions) => scoreImages(predictions));
  const random = new Random(seed, 'seeds');
  const drawn = names.map(() => new Float64Array(resamples));
  for (let r = 0; r < resamples; r++) {
    const weights = resampleClusters(scored[0], random);
    const sums = names.map(() => 0);
    // A seed that is drawn twice counts twice, and is worked out once.
    const counts = new Map<number, number>();
    for (let draw = 0; draw < scored.length; draw++) {
      const member = random.integer(scored.length);
      counts.set(member, (counts.get(member) ?? 0) + 1);
    }
    for (const [member, count] of counts) {
      const images = new WeightedImages(scored[member], weights);
      for (const [n, name] of names.entries()) sums[n] += count * metrics[name](images);
    }
    for (const n of names.keys()) drawn[n][r] = sums[n] / scored.length;
  }
  const whole = scored.map((one) => new WeightedImages(one));
  const spreads = names.map((name, n): [string, SpreadOverSeeds] => {
    const values = whole.map((images) => metrics[name](images));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const interval = resamples > 0 ? orNoInterval(percentileInterval(drawn[n], level)) : null;
    const deviation = Math.sqrt(squares / (values.length - 1));
    return [name, { values: values.map(orNull), mean: orNull(mean), deviation: orNull(deviation), interval }];
  });
  return {
    method: 'bootstrap of seeds, and of lesions with all their images; percentile interval of the mean over seeds',
    seeds: [...seeds],
    resamples,
    level,
    ...(Object.fromEntries(spreads) as Pick<SeedSpread, (typeof names)[number]>),
  };
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
