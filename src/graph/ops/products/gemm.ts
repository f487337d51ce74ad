import { requireNumber, requireOneOf } from '../../../checks.js';
import { requireSpread, sumToShape } from '../../broadcast.js';
import { fitShapes } from '../../fitShapes.js';
import type { Attributes, Graph, Operator, Shape, Value } from '../../graph.js';
import { columnProducts } from './matrixProduct.js';

/** Attributes of `gemm`. */
export interface GemmAttributes {
  /** Factor of the product. Default 1. */
  readonly alpha?: number;
  /** Factor of what is added. Default 1. */
  readonly beta?: number;
  /** a is [K, M]. */
  readonly transposeA?: boolean;
  /** b is [N, K]. */
  readonly transposeB?: boolean;
}

/** ONNX's Gemm: a [M, K], b [K, N] and maybe c that spreads to [M, N], to alpha a b + beta c. */
export const gemm: Operator<GemmAttributes> = {
  name: 'gemm',
  lower(graph, inputs, attributes) {
    const [a, b, c] = inputs;
    const { alpha, beta, transposeA, transposeB } = required(attributes);
    fitShapes('gemm', { a: [a, transposeA ? 'K M' : 'M K'], b: [b, transposeB ? 'N K' : 'K N'] });
    const shape = [a.shape[transposeA ? 1 : 0], b.shape[transposeB ? 0 : 1]];
    if (c) requireSpread('gemm, c', c.shape, shape);
    return product(graph, inputs, shape, { transposeA, transposeB, alpha, beta });
  },
  gradient(graph, { inputs: [a, b, c], outputGradient, attributes, wanted }) {
    const { alpha, beta, transposeA, transposeB } = required(attributes);
    const times = (left: Value, right: Value, shape: Shape, turnLeft: boolean, turnRight: boolean) =>
      product(graph, [left, right], shape, { alpha, transposeA: turnLeft, transposeB: turnRight });
    const gradientOfA = () =>
      transposeA
        ? times(b, outputGradient, a.shape, transposeB, true)
        : times(outputGradient, b, a.shape, false, !transposeB);
    const gradientOfB = () => {
      // The usual case, a layer's weight: one of two factors of many rows is turned.
      if (!transposeA && alpha === 1)
        return transposeB ? columnProducts(graph, outputGradient, a) : columnProducts(graph, a, outputGradient);
      return transposeB
        ? times(outputGradient, a, b.shape, true, transposeA)
        : times(a, outputGradient, b.shape, !transposeA, false);
    };
    const gradientOfC = () => {
      const sum = sumToShape(graph, outputGradient, c.shape);
      return beta === 1 ? sum : graph.node('Mul', [sum, graph.scalar(beta)], c.shape);
    };
    return [wanted[0] ? gradientOfA() : null, wanted[1] ? gradientOfB() : null, wanted[2] ? gradientOfC() : null];
  },
};

function required({ alpha = 1, beta = 1, transposeA = false, transposeB = false }: GemmAttributes) {
  requireNumber('gemm, alpha', alpha);
  requireNumber('gemm, beta', beta);
  requireOneOf('gemm, transposeA', `${transposeA}`, ['true', 'false']);
  requireOneOf('gemm, transposeB', `${transposeB}`, ['true', 'false']);
  return { alpha, beta, transposeA, transposeB };
}

function product(
  graph: Graph,
  inputs: readonly Value[],
  shape: Shape,
  { alpha = 1, beta = 1, transposeA = false, transposeB = false }: GemmAttributes,
): Value {
  const attributes: Attributes = {
    ...(transposeA && { transA: 1 }),
    ...(transposeB && { transB: 1 }),
    ...(alpha !== 1 && { alpha: { float: alpha } }),
    ...(beta !== 1 && { beta: { float: beta } }),
  };
  return graph.node('Gemm', inputs, shape, attributes);
}
