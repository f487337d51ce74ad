/** The share of the standard normal distribution between -z and z: the error function's series, whose terms are all positive. @param z at least 0 */
function shareWithin(z: number): number {
  let term = z * Math.sqrt(2 / Math.PI) * Math.exp(-(z * z) / 2);
  let sum = 0;
  for (let n = 3; term > sum * 1e-17; n += 2) {
    sum += term;
    term *= (z * z) / n;
  }
  return sum;
}

/** The z within which this share of the standard normal distribution lies: 1.96 for 0.95. */
export function normalBound(level: number): number {
  let [low, high] = [0, 9];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (shareWithin(middle) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The share of the standard normal distribution above z. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  if (z < 5) return (1 - shareWithin(z)) / 2;
  // Far out the series would lose what is asked for in rounding: Laplace's continued fraction, from its inner end.
  let fraction = z;
  for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
  return Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI) / fraction;
}

/** The z below which this share of the standard normal distribution lies. @param share (0, 1) */
export const normalQuantile = (share: number): number =>
  share < 0.5 ? -normalBound(1 - 2 * share) : normalBound(2 * share - 1);
