import { requireInteger, requireLength, requireOneOf } from '../checks.js';
import { runError } from '../errors.js';
import { enlargeField } from '../image/enlargeField.js';

/** Where a model looked: rows from the top left, `values[y * width + x]`. */
export interface HeatMap {
  readonly width: number;
  readonly height: number;
  /** [H, W], in [0, 1]. */
  readonly values: Float32Array;
}

/** Where in an image the evidence for a class was found. */
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

/** A layer's output and gradient for one image. */
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
 * @throws LesionlabError kind `run` where activations or gradients aren't finite; kind `usage` where lengths don't fit
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
  for (const [name, side] of Object.entries({ channels, height, width })) requireInteger(name, side, { min: 1 });
  for (const [name, values] of Object.entries({ activations, gradients }))
    requireLength(name, values, channels * places, `[${channels}, ${height}, ${width}]`);
  requireOneOf('method', method, ['grad-cam', 'hirescam']);
  const sums = new Float64Array(places);
  for (let c = 0; c < channels; c++) {
    const offset = c * places;
    let channelWeight = 0;
    for (let i = 0; i < places; i++) channelWeight += gradients[offset + i] / places;
    for (let i = 0; i < places; i++) {
      sums[i] += (method === 'grad-cam' ? channelWeight : gradients[offset + i]) * activations[offset + i];
    }
  }
  return scaleHeatMap(sums, width, height, method);
}

/**
 * The positive part of a map, divided by its maximum. @param sums [H, W], in units of the class score @param method for the message
 * @throws LesionlabError kind `run` where a value isn't finite
 */
export function scaleHeatMap(
  sums: ArrayLike<number> & Iterable<number>,
  width: number,
  height: number,
  method = 'grad-cam',
): ClassActivationMap {
  requireInteger('width', width, { min: 1 });
  requireInteger('height', height, { min: 1 });
  requireLength('sums', sums, width * height, `${width} x ${height}`);
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

/** Enlarges a heat map bilinearly (see `enlargeField`). */
export function enlargeHeatMap(heat: HeatMap, width: number, height: number): HeatMap {
  return { width, height, values: enlargeField(heat.values, heat.width, heat.height, width, height) };
}
