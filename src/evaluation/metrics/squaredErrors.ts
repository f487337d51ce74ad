import { requireLength } from '../../checks.js';

/** Squared distance of each image's probabilities from the truth, [N], each in [0, 2]. */
export function squaredErrors({
  images,
  classes,
  labels,
  probabilities,
}: {
  images: number;
  classes: number;
  labels: Int32Array;
  probabilities: Float64Array;
}): Float64Array {
  requireLength('labels', labels, images, 'one an image');
  requireLength('probabilities', probabilities, images * classes, `${images} images x ${classes} classes`);
  const errors = new Float64Array(images);
  for (let i = 0; i < images; i++) {
    for (let k = 0; k < classes; k++) {
      const difference = probabilities[i * classes + k] - (labels[i] === k ? 1 : 0);
      errors[i] += difference * difference;
    }
  }
  return errors;
}
