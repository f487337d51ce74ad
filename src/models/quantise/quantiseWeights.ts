/**
 * Largest weight in steps. 64, not 127: processors without VNNI multiply unsigned by signed bytes with vpmaddubsw, which adds two
 * products in 16 bits and saturates. 2 * 255 * 64 = 32,640 is the most that can come up, and fits; so results are right, and the same, everywhere.
 */
export const weightSteps = 64;

/** Bias in steps, at most: room for the sum of products is left in 32 bits. */
const biasSteps = 2 ** 30;

/** Of a filter of zeros. Smaller numbers would be taken for zero where denormals are. */
const smallestScale = 1e-30;

export interface QuantisedWeights {
  /** From -64 to 64, in the order of the weights. */
  readonly data: Int8Array;
  /** [O], real = scale * step; above 0. */
  readonly scales: Float32Array;
  /** [O], the bias in steps of scale * inputScale: what the sums of products are counted in (Jacob et al. 2018, section 2.4). */
  readonly steps: Int32Array;
}

export interface LayerInput {
  /** Of the codes, above 0. */
  readonly inputScale: number;
  /** [C], real numbers. */
  readonly inputMeans: Float64Array;
  /** Of channels that have filters of their own; as many as channels: depthwise. */
  readonly groups: number;
}

/**
 * Symmetric int8 weights with a scale of its own for each filter (output of a fully connected layer): the largest is 64 steps. What rounding
 * the weights adds to a filter's output on average is taken off its bias (Nagel et al. 2019, section 4.2).
 * @param weights [O, C / groups, ...], filter by filter
 * @param bias [O]
 */
export function quantiseWeights(weights: Float32Array, bias: Float32Array, input: LayerInput): QuantisedWeights {
  const { inputScale, inputMeans, groups } = input;
  const filters = bias.length;
  const size = weights.length / filters;
  const data = new Int8Array(weights.length);
  const scales = new Float32Array(filters);
  const steps = new Int32Array(filters);
  const channels = inputMeans.length / groups;
  const kernel = size / channels;
  for (let filter = 0; filter < filters; filter++) {
    const own = weights.subarray(filter * size, (filter + 1) * size);
    scales[filter] = filterScale(own, bias[filter], inputScale);
    const firstChannel = Math.floor((filter * groups) / filters) * channels;
    let added = 0;
    for (let i = 0; i < size; i++) {
      const step = Math.max(-weightSteps, Math.min(weightSteps, Math.round(own[i] / scales[filter])));
      data[filter * size + i] = step;
      added += (step * scales[filter] - own[i]) * inputMeans[firstChannel + Math.floor(i / kernel)];
    }
    steps[filter] = Math.round((bias[filter] - added) / (scales[filter] * inputScale));
  }
  return { data, scales, steps };
}

function filterScale(weights: Float32Array, bias: number, inputScale: number): number {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  // A filter of almost nothing must still be able to count its bias.
  const least = Math.abs(bias) / (inputScale * biasSteps);
  return Math.fround(Math.max(largest / weightSteps, least, smallestScale));
}
