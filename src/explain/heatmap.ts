import { runError } from '../errors.js';

/** Where a model looked: rows from the top left, `values[y * width + x]`. */
export interface HeatMap {
  readonly width: number;
  readonly height: number;
  /** [H, W], in [0, 1]. */
  readonly values: Float32Array;
}

export interface ClassActivationMap extends HeatMap {
  /** Largest value before scaling to [0, 1], in units of the class score; maps can be compared by it. */
  readonly peak: number;
  /** True where nothing in the layer speaks for the class: all values are 0, and there is nothing to show. */
  readonly empty: boolean;
}

/**
 * `grad-cam` weighs whole channels by their mean gradient (Selvaraju et al. 2017, equations 1 and 2). `hirescam` multiplies
 * gradient and activation place by place, so that heat stands only where the layer really raised the score (Draelos and
 * Carin 2020); where the layer's output is only averaged before the last layer, the two are the same.
 */
export type ActivationMapMethod = 'grad-cam' | 'hirescam';

export interface ActivationMapInput {
  /** [C, H, W], the layer's output for one image. */
  readonly activations: Float32Array;
  /** [C, H, W], derivative of the class score (before softmax) with respect to the activations. */
  readonly gradients: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Default `grad-cam`. */
  readonly method?: ActivationMapMethod;
}

/**
 * Computes a class activation map: the positive part of the activations weighted by the gradients, divided by its
 * maximum.
 * @throws LesionlabError kind `run` where activations or gradients aren't finite
 */
export function classActivationMap({
  activations,
  gradients,
  channels,
  height,
  width,
  method = 'grad-cam',
}: ActivationMapInput): ClassActivationMap {
  const places = height * width;
  if (activations.length !== channels * places || gradients.length !== channels * places) {
    throw new RangeError(
      `Expected activations and gradients [${channels}, ${height}, ${width}] of ${channels * places} values, ` +
        `found ${activations.length} and ${gradients.length}.`,
    );
  }
  const sums = new Float64Array(places);
  for (let c = 0; c < channels; c++) {
    const offset = c * places;
    let channelWeight = 0;
    for (let i = 0; i < places; i++) channelWeight += gradients[offset + i] / places;
    for (let i = 0; i < places; i++) {
      sums[i] += (method === 'grad-cam' ? channelWeight : gradients[offset + i]) * activations[offset + i];
    }
  }
  let peak = 0;
  for (const sum of sums) {
    if (!Number.isFinite(sum)) {
      throw runError('not-finite', `The ${method} map has a value of ${sum}; expected finite numbers.`, {
        hint: 'The weights may hold NaN after a training that diverged: explain an earlier checkpoint.',
      });
    }
    peak = Math.max(peak, sum);
  }
  const values = Float32Array.from(sums, (sum) => (sum > 0 ? sum / peak : 0));
  return { width, height, values, peak, empty: peak === 0 };
}

/**
 * Enlarges a heat map bilinearly; pixels are areas whose centres lie at halves, edges are continued outwards (what
 * PyTorch's `interpolate` does with `align_corners=False`).
 */
export function enlargeHeatMap(heat: HeatMap, width: number, height: number): HeatMap {
  const columns = interpolation(heat.width, width);
  const rows = interpolation(heat.height, height);
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const upper = rows.low[y] * heat.width;
    const lower = rows.high[y] * heat.width;
    const down = rows.share[y];
    for (let x = 0; x < width; x++) {
      const left = columns.low[x];
      const right = columns.high[x];
      const across = columns.share[x];
      const top = heat.values[upper + left] * (1 - across) + heat.values[upper + right] * across;
      const bottom = heat.values[lower + left] * (1 - across) + heat.values[lower + right] * across;
      values[y * width + x] = top * (1 - down) + bottom * down;
    }
  }
  return { width, height, values };
}

/** For each output pixel the two input pixels around its centre, and the share of the second. */
function interpolation(inputSize: number, outputSize: number) {
  const low = new Int32Array(outputSize);
  const high = new Int32Array(outputSize);
  const share = new Float64Array(outputSize);
  for (let i = 0; i < outputSize; i++) {
    const centre = Math.min(Math.max(((i + 0.5) * inputSize) / outputSize - 0.5, 0), inputSize - 1);
    low[i] = Math.floor(centre);
    high[i] = Math.min(low[i] + 1, inputSize - 1);
    share[i] = centre - low[i];
  }
  return { low, high, share };
}
