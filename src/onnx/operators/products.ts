import { gemm, linear, matmul } from '../../graph/index.js';
import type { OnnxOperator } from './operatorCall.js';

/** Matrix products. */
export const products: readonly OnnxOperator[] = [
  {
    operator: 'MatMul',
    becomes: 'matmul, linear',
    remark: 'A constant factor is a weight.',
    build: (call) => call.apply(matmul, [call.weight(0), call.weight(1)], {}),
  },
  {
    operator: 'Gemm',
    becomes: 'linear, gemm',
    build: (call) => {
      const { attributes } = call;
      const [alpha, beta] = [attributes.float('alpha', 1), attributes.float('beta', 1)];
      const [transposeA, transposeB] = [attributes.flag('transA'), attributes.flag('transB')];
      const inputs = [call.weight(0), call.weight(1)];
      const c = call.optionalWeight(2);
      if (c) inputs.push(c);
      const isLinear = !transposeA && transposeB && alpha === 1 && beta === 1;
      if (isLinear && (!c || `${c.shape}` === `${[inputs[1].shape[0]]}`)) return call.apply(linear, inputs, {});
      return call.apply(gemm, inputs, { alpha, beta, transposeA, transposeB });
    },
  },
];
