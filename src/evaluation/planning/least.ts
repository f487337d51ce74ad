/** The least whole number from 1 for which something holds that holds for all larger ones; infinite where it doesn't up to a thousand million. */
export function least(holds: (n: number) => boolean): number {
  let high = 1;
  while (!holds(high)) {
    if (high > 1e9) return Number.POSITIVE_INFINITY;
    high *= 2;
  }
  let low = 0;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The place in [low, high] where an increasing function reaches a value. */
export function solve(increasing: (x: number) => number, value: number, low: number, high: number): number {
  let [from, to] = [low, high];
  for (let i = 0; i < 100; i++) {
    const middle = (from + to) / 2;
    if (increasing(middle) < value) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

/** The mean of a function of a standard normal variable, by the trapezoidal rule. */
export function normalMean(of: (z: number) => number): number {
  const [steps, limit] = [600, 8.5];
  let [sum, total] = [0, 0];
  for (let i = 0; i <= steps; i++) {
    const z = -limit + (2 * limit * i) / steps;
    const density = Math.exp(-0.5 * z * z);
    sum += density * of(z);
    total += density;
  }
  return sum / total;
}
