import { Graph, type Shape, type TensorData, type Value } from '../../graph/index.js';
import type { ConvAttributes } from '../../graph/ops/conv.js';
import type { MaxPoolAttributes } from '../../graph/ops/maxPool.js';
import { type ActivationRange, type AffineCode, affineCode } from './activationRange.js';
import { planQuantisation, type QuantisedLayer } from './planQuantisation.js';
import { quantiseWeights } from './quantiseWeights.js';

/** Ranges of a float graph's values, by name. */
export type ActivationRanges = ReadonlyMap<string, ActivationRange>;

/** A value in 8 bits; pictures lie channels last, [N, H, W, C]. */
interface Coded extends AffineCode {
  readonly value: Value;
}

const domain = 'com.microsoft';
const uint8 = { type: 'uint8', domain } as const;

/**
 * The network of a float evaluation graph in 8-bit integers: weights signed, a scale for each filter; activations unsigned, a scale for
 * each tensor; sums in 32 bits (Jacob et al. 2018). Same input `images` and outputs `logits` and `probabilities`, float32; the last layer
 * gives floats. Uses onnxruntime's own operators, channels last.
 * @param float graph of `buildEvaluationGraph`, weights included
 * @param ranges of all `valuesToObserve`
 * @throws Error where the network has an operator without integer form, or a range is missing
 */
export function quantiseGraph(float: Graph, ranges: ActivationRanges): Graph {
  const plan = planQuantisation(float);
  return new QuantisedBuilder(float, ranges, plan.aliases).build(plan.input, plan.logits, plan.layers);
}

class QuantisedBuilder {
  readonly #graph = new Graph();
  readonly #constants: ReadonlyMap<string, Float32Array>;
  readonly #coded = new Map<string, Coded>();

  constructor(
    float: Graph,
    readonly ranges: ActivationRanges,
    readonly aliases: ReadonlyMap<string, Value>,
  ) {
    this.#constants = new Map(float.initializers.map(({ name, data }) => [name, data as Float32Array]));
  }

  build(input: Value, logits: Value, layers: readonly QuantisedLayer[]): Graph {
    const graph = this.#graph;
    this.#coded.set(input.name, this.#codeImages(graph.input(input.name, input.shape), this.#code(input)));
    for (const layer of layers) {
      const { output } = layer.application;
      if (output.name === logits.name) {
        const result = this.#lastLayer(layer);
        graph.output('logits', result);
        graph.output('probabilities', graph.node('Softmax', [result], result.shape, { axis: 1 }));
      } else this.#coded.set(output.name, this.#layer(layer));
    }
    return graph;
  }

  #code({ name }: Value): AffineCode {
    const range = this.ranges.get(name);
    if (!range) throw new Error(`quantisation: the range of ${name} is missing`);
    return affineCode(range);
  }

  /** A value's code; that of a folded activation is its layer's. */
  #get({ name }: Value): Coded {
    const alias = this.aliases.get(name);
    if (alias) return this.#get(alias);
    const found = this.#coded.get(name);
    if (!found) throw new Error(`quantisation: ${name} was not computed`);
    return found;
  }

  #constant(value: Value): Float32Array {
    const data = this.#constants.get(value.name);
    if (!data) throw new Error(`quantisation: ${value.name} is no constant`);
    return data;
  }

  /** Scale and zero point as operators want them. */
  #parameters({ scale, zeroPoint }: AffineCode): [Value, Value] {
    return [this.#graph.scalar(scale), this.#graph.initializer(new Uint8Array([zeroPoint]), [])];
  }

  #codeImages(images: Value, code: AffineCode): Coded {
    const graph = this.#graph;
    const [n, c, h, w] = images.shape;
    const codes = graph.node(
      'QuantizeLinear',
      [images, ...this.#parameters(code)],
      images.shape,
      {},
      { type: 'uint8' },
    );
    const last = graph.node('Transpose', [codes], [n, h, w, c], { perm: [0, 2, 3, 1] }, { type: 'uint8' });
    return { value: last, ...code };
  }

  #layer({ application, observed }: QuantisedLayer): Coded {
    const { operator, inputs, attributes, output } = application;
    const x = this.#get(inputs[0]);
    if (operator.name === 'maxPool') return this.#maxPool(x, output.shape, attributes as MaxPoolAttributes);
    if (operator.name === 'flatten') return this.#flatten(x, output.shape);
    const code = this.#code(observed!);
    const [scale, zeroPoint] = this.#parameters(code);
    const shape = channelsLast(output.shape);
    const coded = (name: string, values: readonly Value[], to: Shape, more = {}): Coded => ({
      value: this.#graph.node(name, values, to, more, uint8),
      ...code,
    });
    switch (operator.name) {
      case 'conv':
      case 'depthwiseConv': {
        const { stride, padding } = attributes as ConvAttributes;
        const kernel = inputs[1].shape[2];
        const { weight, scales, zeroPoints, bias } = this.#weights(inputs[1], inputs[2], x);
        const values = [x.value, ...this.#parameters(x), weight, scales, zeroPoints, scale, zeroPoint, bias];
        return coded('QLinearConv', values, shape, {
          channels_last: 1,
          kernel_shape: [kernel, kernel],
          strides: [stride, stride],
          pads: [padding, padding, padding, padding],
          group: operator.name === 'conv' ? 1 : inputs[1].shape[0],
        });
      }
      case 'linear':
        return coded('QGemm', [...this.#linearInputs(application.inputs, x), scale, zeroPoint], shape, { transB: 1 });
      case 'add': {
        const other = this.#get(inputs[1]);
        const terms = [x, other].flatMap((term) => [term.value, ...this.#parameters(term)]);
        return coded('QLinearAdd', [...terms, scale, zeroPoint], shape);
      }
      default: {
        const pooled = coded(
          'QLinearGlobalAveragePool',
          [x.value, ...this.#parameters(x), scale, zeroPoint],
          [output.shape[0], 1, 1, output.shape[1]],
          { channels_last: 1 },
        );
        return { ...pooled, value: this.#flat(pooled.value, output.shape) };
      }
    }
  }

  #maxPool(x: Coded, shape: Shape, { kernel, stride, padding }: MaxPoolAttributes): Coded {
    const attributes = {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    };
    return { ...x, value: this.#graph.node('NhwcMaxPool', [x.value], channelsLast(shape), attributes, uint8) };
  }

  /** Fully connected weights expect the channels first. */
  #flatten(x: Coded, shape: Shape): Coded {
    const [n, h, w, c] = x.value.shape;
    const first = this.#graph.node('Transpose', [x.value], [n, c, h, w], { perm: [0, 3, 1, 2] }, { type: 'uint8' });
    return { ...x, value: this.#flat(first, shape) };
  }

  #flat = (value: Value, shape: Shape) => this.#graph.node('Flatten', [value], shape, { axis: 1 }, { type: 'uint8' });

  /** Logits as floats: rounding them to 256 steps would make ties. */
  #lastLayer({ application }: QuantisedLayer): Value {
    const { operator, inputs, output } = application;
    if (operator.name !== 'linear')
      throw new Error(`quantisation: the last layer is ${operator.name}, expected linear`);
    const x = this.#get(inputs[0]);
    return this.#graph.node('QGemm', this.#linearInputs(inputs, x), output.shape, { transB: 1 }, { domain });
  }

  #linearInputs(inputs: readonly Value[], x: Coded): Value[] {
    const { weight, scales, zeroPoints, bias } = this.#weights(inputs[1], inputs[2], x);
    return [x.value, ...this.#parameters(x), weight, scales, zeroPoints, bias];
  }

  #weights(weight: Value, bias: Value | undefined, x: AffineCode) {
    const graph = this.#graph;
    const filters = [weight.shape[0]];
    const floats = bias ? this.#constant(bias) : new Float32Array(filters[0]);
    const quantised = quantiseWeights(this.#constant(weight), floats, Math.fround(x.scale));
    const constant = (data: TensorData, shape: Shape, name?: string) => graph.initializer(data, shape, name);
    return {
      weight: constant(quantised.data, weight.shape, weight.name),
      scales: constant(quantised.scales, filters),
      zeroPoints: constant(new Int8Array(filters[0]), filters),
      bias: constant(quantised.bias, filters, bias?.name),
    };
  }
}

const channelsLast = (shape: Shape): Shape =>
  shape.length === 4 ? [shape[0], shape[2], shape[3], shape[1]] : [...shape];
