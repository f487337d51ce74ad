import { add, gelu, gemm, layerNorm, matmul, multiply, relu, transpose, type Value } from '../../graph/index.js';
import { Refusal } from '../geometry/refusal.js';
import { swish } from './activations.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

const domain = 'com.microsoft';

/** The first input, with the second added where there is one. */
const withBias = (call: OperatorCall): Value =>
  call.has(1) ? call.apply(add, [call.value(0), call.weight(1)], {}) : call.value(0);

/** The last two axes the other way round. */
function turned(call: OperatorCall, x: Value): Value {
  const axes = [...x.shape.keys()];
  const permutation = [...axes.slice(0, -2), axes[axes.length - 1], axes[axes.length - 2]];
  return call.apply(transpose, [x], { permutation });
}

/** Operators that onnxruntime's own optimiser puts into files. */
export const contrib: readonly OnnxOperator[] = [
  {
    operator: 'Gelu',
    domain,
    becomes: 'gelu',
    build: (call) => call.apply(gelu, [call.value(0)], { approximation: 'none' }),
  },
  {
    operator: 'BiasGelu',
    domain,
    becomes: 'add, gelu',
    build: (call) => call.apply(gelu, [withBias(call)], { approximation: 'none' }),
  },
  {
    operator: 'FastGelu',
    domain,
    becomes: 'add, gelu',
    build: (call) => call.apply(gelu, [withBias(call)], { approximation: 'tanh' }),
  },
  {
    operator: 'QuickGelu',
    domain,
    becomes: 'sigmoid, multiply',
    build: (call) => swish(call, call.attributes.float('alpha', 1.702)),
  },
  {
    operator: 'FusedMatMul',
    domain,
    becomes: 'transpose, matmul, multiply',
    build: (call) => {
      const { attributes } = call;
      if (attributes.flag('transBatchA') || attributes.flag('transBatchB')) throw new Refusal('turns its batch axes');
      const [a, b] = [call.weight(0), call.weight(1)];
      const left = attributes.flag('transA') ? turned(call, a) : a;
      const found = call.apply(matmul, [left, attributes.flag('transB') ? turned(call, b) : b], {});
      const alpha = attributes.float('alpha', 1);
      return alpha === 1 ? found : call.apply(multiply, [found, call.graph.scalar(alpha)], {});
    },
  },
  {
    operator: 'FusedGemm',
    domain,
    becomes: 'gemm, relu',
    build: (call) => {
      const { attributes } = call;
      const activation = attributes.string('activation', '');
      if (activation !== '' && activation !== 'Relu') throw new Refusal(`has the activation "${activation}"`);
      const inputs = call.inputs.map((_, i) => call.weight(i));
      const product = call.apply(gemm, inputs, {
        alpha: attributes.float('alpha', 1),
        beta: attributes.float('beta', 1),
        transposeA: attributes.flag('transA'),
        transposeB: attributes.flag('transB'),
      });
      return activation === 'Relu' ? call.apply(relu, [product], {}) : product;
    },
  },
  {
    operator: 'SkipLayerNormalization',
    domain,
    becomes: 'add, layerNorm',
    build: (call) => {
      const skipped = call.apply(add, [call.value(0), call.value(1)], {});
      const sum = call.has(4) ? call.apply(add, [skipped, call.weight(4)], {}) : skipped;
      const bias = call.optionalWeight(3);
      const inputs = [sum, call.weight(2), ...(bias ? [bias] : [])];
      const normed = call.apply(layerNorm, inputs, { axis: -1, epsilon: call.attributes.float('epsilon', 1e-12) });
      if (call.wants(1) || call.wants(2)) throw new Refusal('gives means and deviations, too');
      return call.wants(3) ? [normed, sum, sum, sum] : normed;
    },
  },
];
