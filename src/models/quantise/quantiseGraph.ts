import { type Attributes, type ConvAttributes, Graph, type Shape, type Value } from '../../graph/index.js';
import { convGeometry } from '../../graph/ops/convolution/convGeometry.js';
import { windowAttributes as convNodeAttributes } from '../../graph/ops/convolution/convNode.js';
import { type PoolAttributes, poolWindows, windowAttributes } from '../../graph/ops/pooling/poolWindow.js';
import { type ActivationStatistics, type AffineCode, affineCode } from './activationRange.js';
import { planQuantisation, type QuantisedLayer } from './planQuantisation.js';
import { quantiseWeights } from './quantiseWeights.js';

/** What was seen of a float graph's values, by name. */
export type Calibration = ReadonlyMap<string, ActivationStatistics>;

/** A value in 8 bits, unsigned. */
interface Coded extends AffineCode {
  readonly value: Value;
}

/**
 * The network of a float evaluation graph in 8-bit integers: weights signed, a scale for each filter; activations unsigned, a scale for
 * each tensor; sums in 32 bits (Jacob et al. 2018). Same input `images` and outputs `logits` and `probabilities`, float32; the last layer
 * gives floats.
 *
 * Written with standard operators only: every layer stands between DequantizeLinear and QuantizeLinear, and onnxruntime makes one integer
 * operator of the three, channels last. A runtime that doesn't gets the same numbers, but for rounding, in floats.
 * @param float graph of `buildEvaluationGraph`, weights included
 * @param calibration of all `valuesToObserve`
 * @throws Error where the network has an operator without integer form, or statistics are missing
 */
export function quantiseGraph(float: Graph, calibration: Calibration): Graph {
  const plan = planQuantisation(float);
  return new QuantisedBuilder(float, calibration, plan.aliases).build(plan.input, plan.logits, plan.layers);
}

class QuantisedBuilder {
  readonly #graph = new Graph();
  readonly #constants: ReadonlyMap<string, Float32Array>;
  readonly #coded = new Map<string, Coded>();

  constructor(
    float: Graph,
    readonly calibration: Calibration,
    readonly aliases: ReadonlyMap<string, Value>,
  ) {
    this.#constants = new Map(float.initializers.map(({ name, data }) => [name, data as Float32Array]));
  }

  build(input: Value, logits: Value, layers: readonly QuantisedLayer[]): Graph {
    const graph = this.#graph;
    this.#coded.set(input.name, this.#encode(graph.input(input.name, input.shape), this.#code(input)));
    for (const { application, observed } of layers) {
      const { output } = application;
      if (output.name === logits.name) {
        // Logits stay floats: rounding them to 256 steps would make ties.
        const result = this.#floatLayer(application);
        graph.output('logits', result);
        graph.output('probabilities', graph.node('Softmax', [result], result.shape, { axis: 1 }));
      } else if (observed)
        this.#coded.set(output.name, this.#encode(this.#floatLayer(application), this.#code(observed)));
      else this.#coded.set(output.name, this.#passingLayer(application));
    }
    return graph;
  }

  /** A layer's float operators on decoded inputs; what lies around them makes them integer ones. */
  #floatLayer({ operator, inputs, attributes, output }: QuantisedLayer['application']): Value {
    const graph = this.#graph;
    const x = this.#get(inputs[0]);
    const decoded = this.#decode(x);
    switch (operator.name) {
      case 'conv': {
        // An activation costs nothing: its range is that of the codes.
        const { geometry } = convGeometry('conv', inputs, attributes as ConvAttributes);
        const weights = this.#weights(inputs, x, geometry.groups);
        return graph.node('Conv', [decoded, ...weights], output.shape, convNodeAttributes(geometry));
      }
      case 'linear':
        return graph.node('Gemm', [decoded, ...this.#weights(inputs, x)], output.shape, { transB: 1 });
      case 'add':
        return graph.node('Add', [decoded, this.#decode(this.#get(inputs[1]))], output.shape);
      case 'globalAveragePool': {
        const [n, c] = output.shape;
        return graph.node('GlobalAveragePool', [decoded], [n, c, 1, 1]);
      }
      default:
        throw new Error(`quantisation: ${operator.name} has no integer form`);
    }
  }

  /** Layers that choose or rearrange do so with codes as with the numbers they stand for. */
  #passingLayer({ operator, inputs, attributes, output }: QuantisedLayer['application']): Coded {
    const x = this.#get(inputs[0]);
    const [name, own]: [string, Attributes] =
      operator.name === 'maxPool'
        ? ['MaxPool', windowAttributes(poolWindows('maxPool', inputs[0], attributes as PoolAttributes))]
        : ['Flatten', { axis: 1 }];
    return { ...x, value: this.#graph.node(name, [x.value], output.shape, own, { type: 'uint8' }) };
  }

  #statistics({ name }: Value): ActivationStatistics {
    const found = this.calibration.get(name);
    if (!found) throw new Error(`quantisation: the range of ${name} is missing`);
    return found;
  }

  #code = (value: Value): AffineCode => affineCode(this.#statistics(value));

  /** A value's code; that of a folded activation is its layer's. */
  #get({ name, shape }: Value): Coded {
    const alias = this.aliases.get(name);
    if (alias) return this.#get(alias);
    const found = this.#coded.get(name);
    if (!found) throw new Error(`quantisation: ${name} was not computed`);
    if (found.value.shape.length === shape.length) return found;
    // Global average pooling leaves [N, C, 1, 1].
    const value = this.#graph.node('Flatten', [found.value], shape, { axis: 1 }, { type: 'uint8' });
    return { ...found, value };
  }

  #encode(value: Value, code: AffineCode): Coded {
    const node = this.#graph.node(
      'QuantizeLinear',
      [value, ...this.#parameters(code)],
      value.shape,
      {},
      { type: 'uint8' },
    );
    return { ...code, value: node };
  }

  #decode(coded: Coded): Value {
    return this.#graph.node('DequantizeLinear', [coded.value, ...this.#parameters(coded)], coded.value.shape);
  }

  /** Scale and zero point as the two operators want them. */
  #parameters({ scale, zeroPoint }: AffineCode): [Value, Value] {
    return [this.#graph.scalar(scale), this.#graph.initializer(new Uint8Array([zeroPoint]), [])];
  }

  /** Weight and bias of a layer, decoded. */
  #weights([input, weight, bias]: readonly Value[], x: AffineCode, groups = 1): [Value, Value] {
    const graph = this.#graph;
    const filters = weight.shape[0];
    const floats = bias ? this.#constant(bias) : new Float32Array(filters);
    const { data, scales, steps } = quantiseWeights(this.#constant(weight), floats, {
      inputScale: x.scale,
      inputMeans: this.#statistics(input).means,
      groups,
    });
    const decode = (
      codes: Int8Array | Int32Array,
      shape: Shape,
      by: Float32Array,
      zeros: Int8Array | Int32Array,
      name?: string,
    ) => {
      const perFilter = [graph.initializer(by, [filters]), graph.initializer(zeros, [filters])];
      return graph.node('DequantizeLinear', [graph.initializer(codes, shape, name), ...perFilter], shape, { axis: 0 });
    };
    const biasScales = scales.map((scale) => scale * x.scale);
    return [
      decode(data, weight.shape, scales, new Int8Array(filters), weight.name),
      decode(steps, [filters], biasScales, new Int32Array(filters), bias?.name),
    ];
  }

  #constant(value: Value): Float32Array {
    const data = this.#constants.get(value.name);
    if (!data) throw new Error(`quantisation: ${value.name} is no constant`);
    return data;
  }
}
