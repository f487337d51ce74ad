import { toWeighted, type Weighable, type WeightedImages } from './scoredImages.js';

/** Bins of equal width over (0, 1], as in Guo et al. 2017. */
export const calibrationBins = 15;

/** One bar of a reliability diagram. */
export interface ReliabilityBin {
  /** The bin holds confidences above `low` and up to `high`. */
  readonly low: number;
  readonly high: number;
  readonly images: number;
  /** Mean probability of the answers in the bin; null where it is empty. */
  readonly confidence: number | null;
  /** Share of right answers in the bin; null where it is empty. */
  readonly accuracy: number | null;
}

/** [3, bins]: weights, weighted confidences and weighted right answers of each bin. */
function sumBins({ weights, scored }: WeightedImages): Float64Array {
  const { predicted, labels, classes, images } = scored;
  const sums = new Float64Array(3 * calibrationBins);
  for (let i = 0; i < images; i++) {
    const confidence = scored.probabilities[i * classes + predicted[i]];
    const bin = Math.min(calibrationBins - 1, Math.max(0, Math.ceil(confidence * calibrationBins) - 1));
    sums[bin] += weights[i];
    sums[calibrationBins + bin] += weights[i] * confidence;
    if (predicted[i] === labels[i]) sums[2 * calibrationBins + bin] += weights[i];
  }
  return sums;
}

/**
 * Expected calibration error of the answers: mean difference of confidence and accuracy over the bins, weighted by their images
 * (Guo et al. 2017, equation 3), [0, 1].
 */
export function expectedCalibrationError(images: Weighable): number {
  const sums = sumBins(toWeighted(images));
  let total = 0;
  let difference = 0;
  for (let bin = 0; bin < calibrationBins; bin++) {
    total += sums[bin];
    difference += Math.abs(sums[calibrationBins + bin] - sums[2 * calibrationBins + bin]);
  }
  return difference / total;
}

/** The bars of a reliability diagram (Niculescu-Mizil and Caruana 2005). */
export function reliabilityBins(images: Weighable): ReliabilityBin[] {
  const sums = sumBins(toWeighted(images));
  return Array.from({ length: calibrationBins }, (_, bin) => {
    const count = sums[bin];
    return {
      low: bin / calibrationBins,
      high: (bin + 1) / calibrationBins,
      images: count,
      confidence: count > 0 ? sums[calibrationBins + bin] / count : null,
      accuracy: count > 0 ? sums[2 * calibrationBins + bin] / count : null,
    };
  });
}
