import { requireNumber } from '../../checks.js';
import { normalBound, normalQuantile, normalTail } from '../distributions/normal.js';
import { least, normalMean } from './least.js';
import { type Clustering, designEffect, type StudySize } from './studySize.js';

/** An AUROC to be measured. */
export interface AurocAim extends Clustering {
  /** The AUROC that is expected, (0.5, 1). */
  readonly auroc: number;
  /** Share of lesions that are positive, (0, 1). */
  readonly prevalence: number;
  /** Default 0.95. */
  readonly level?: number;
}

/**
 * Variance of the empirical AUROC of scores that are normally distributed with equal spread on both sides: Bamber's (1975), with the chances that two positives both score higher than
 * a negative, and one positive higher than two negatives, which are equal there.
 * @param positives independent images, above 1 @param negatives likewise
 * @throws LesionlabError kind `usage` for numbers out of these ranges
 */
export function aurocVariance(auroc: number, positives: number, negatives: number): number {
  requireNumber('auroc', auroc, { above: 0.5, below: 1 });
  requireNumber('positives', positives, { above: 1 });
  requireNumber('negatives', negatives, { above: 1 });
  const { twice } = chances(auroc);
  const pairs = auroc * (1 - auroc);
  const beyond = twice - auroc ** 2;
  return (pairs + (positives + negatives - 2) * beyond) / (positives * negatives);
}

const known = new Map<number, { readonly twice: number }>();
function chances(auroc: number): { readonly twice: number } {
  const found = known.get(auroc);
  if (found) return found;
  const shift = Math.SQRT2 * normalQuantile(auroc);
  const made = { twice: normalMean((z) => (1 - normalTail(shift - z)) ** 2) };
  known.clear();
  known.set(auroc, made);
  return made;
}

/** Lesions in all for an interval of an AUROC of at most this width. @param width of the whole interval, (0, 1) */
export function sizeForAurocWidth(
  width: number,
  { auroc, prevalence, level = 0.95, ...clustering }: AurocAim,
): StudySize {
  requireNumber('width', width, { above: 0, below: 1 });
  requireNumber('auroc', auroc, { above: 0.5, below: 1 });
  requireNumber('prevalence', prevalence, { above: 0, below: 1 });
  const z = normalBound(requireNumber('level', level, { above: 0, below: 1 }));
  const { imagesPerLesion = 1 } = clustering;
  const effect = designEffect(clustering);
  const lesions = least((all) => {
    const worth = (all * imagesPerLesion) / effect;
    const [positives, negatives] = [worth * prevalence, worth * (1 - prevalence)];
    if (Math.min(positives, negatives) < 2) return false;
    return 2 * z * Math.sqrt(aurocVariance(auroc, positives, negatives)) <= width;
  });
  return {
    lesions: Math.ceil(lesions * prevalence),
    images: Math.ceil(lesions * imagesPerLesion),
    allLesions: lesions,
    designEffect: effect,
  };
}
