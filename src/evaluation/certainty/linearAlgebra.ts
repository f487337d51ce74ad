import { usageError } from '../../errors.js';

/** Symmetric and triangular matrices: square, row by row, float64. */

/**
 * The lower triangular L with L Lᵀ = A, zeros above its diagonal (Golub and Van Loan, Matrix Computations, algorithm 4.2.1).
 * @param matrix [n, n], symmetric; only its lower half is read
 * @throws LesionlabError kind `usage` where it is not positive definite
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j];
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k];
      if (i > j) lower[i * n + j] = sum / lower[j * n + j];
      else if (sum > 0) lower[i * n + i] = Math.sqrt(sum);
      else
        throw usageError(
          'not-positive-definite',
          `A ${n} x ${n} matrix is not positive definite: pivot ${i} is ${sum}, expected a number above 0.`,
        );
    }
  }
  return lower;
}

/** The inverse of a lower triangular matrix, lower triangular too. @param lower [n, n], no zeros in its diagonal */
export function invertLower(lower: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = inverse.subarray(i * n, i * n + i + 1);
    for (let k = 0; k < i; k++) {
      const factor = lower[i * n + k];
      if (factor === 0) continue;
      for (let j = 0; j <= k; j++) row[j] -= factor * inverse[k * n + j];
    }
    const pivot = lower[i * n + i];
    for (let j = 0; j < i; j++) row[j] /= pivot;
    row[i] = 1 / pivot;
  }
  return inverse;
}

/** A covariance matrix and how much of it was shrunk. */
export interface ShrunkCovariance {
  /** [D, D], symmetric. */
  readonly matrix: Float64Array;
  /** Weight of the scaled identity, [0, 1]. */
  readonly shrinkage: number;
}

/**
 * The covariance of rows with mean zero, shrunk towards a multiple of the identity with the same trace, by the weight that is
 * expected to come closest to the truth. Positive definite also where there are fewer rows than columns, or constant columns.
 * Source: Ledoit and Wolf, A well-conditioned estimator for large-dimensional covariance matrices, J. Multivariate Analysis 88
 * (2004) 365-411, as scikit-learn's `ledoit_wolf` has it.
 * @param rows [N, D], N above 0
 */
export function shrunkCovariance(rows: Float64Array, columns: number): ShrunkCovariance {
  const count = rows.length / columns;
  const matrix = new Float64Array(columns * columns);
  let fourth = 0;
  for (let r = 0; r < count; r++) {
    const row = rows.subarray(r * columns, (r + 1) * columns);
    let norm = 0;
    for (let i = 0; i < columns; i++) {
      const value = row[i];
      norm += value * value;
      if (value === 0) continue;
      const start = i * columns;
      for (let j = 0; j <= i; j++) matrix[start + j] += value * row[j];
    }
    fourth += norm * norm;
  }
  let squares = 0;
  let trace = 0;
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = matrix[i * columns + j] / count;
      matrix[i * columns + j] = entry;
      matrix[j * columns + i] = entry;
      squares += (i === j ? 1 : 2) * entry * entry;
    }
    trace += matrix[i * columns + i];
  }
  const level = trace / columns;
  // Both are sums over entries: the estimate's own error, and its distance from the scaled identity.
  const distance = squares - columns * level * level;
  const error = Math.min((fourth / count - squares) / count, distance);
  const shrinkage = distance > 0 ? Math.max(0, error / distance) : 1;
  // Where nothing varies at all, the identity stands in, so that any change is far away.
  const diagonal = level > 0 ? level : 1;
  for (let i = 0; i < matrix.length; i++) matrix[i] *= 1 - shrinkage;
  for (let i = 0; i < columns; i++) {
    // Rounding must not cost the last pivots their sign.
    matrix[i * columns + i] += shrinkage * diagonal + 1e-10 * diagonal;
  }
  return { matrix, shrinkage };
}
