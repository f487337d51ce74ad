import { requireDistinct, requirePlaces } from '../../checks.js';
import type { Calibration } from './evaluateCalibration.js';

/**
 * The calibration for restricted predictions. Scaling by a temperature and restricting can be done in any order. Probabilities only
 * grow in restricting, so that sets made with the thresholds of all classes hold the truth at least as often.
 */
export function restrictCalibration({ temperature, conformal }: Calibration, kept: readonly number[]): Calibration {
  requireDistinct('kept', kept);
  for (const { thresholds } of conformal) requirePlaces('kept', kept, thresholds.length);
  return {
    temperature,
    conformal: conformal.map(({ level, thresholds, images }) => ({
      level,
      thresholds: kept.map((k) => thresholds[k]),
      images: kept.map((k) => images[k]),
    })),
  };
}
