import {
  celu,
  clip,
  elu,
  gelu,
  hardSigmoid,
  leakyRelu,
  maximum,
  minimum,
  multiply,
  prelu,
  relu6,
  selu,
  sigmoid,
  silu,
} from '../../graph/index.js';
import { Refusal } from '../geometry/refusal.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

/** Activations with attributes. */
export const activations: readonly OnnxOperator[] = [
  {
    operator: 'LeakyRelu',
    becomes: 'leakyRelu',
    build: (call) => call.apply(leakyRelu, [call.value(0)], { slope: call.attributes.float('alpha', 0.01) }),
  },
  {
    operator: 'Elu',
    becomes: 'elu',
    build: (call) => call.apply(elu, [call.value(0)], { alpha: call.attributes.float('alpha', 1) }),
  },
  {
    operator: 'Celu',
    becomes: 'celu',
    build: (call) => call.apply(celu, [call.value(0)], { alpha: call.attributes.float('alpha', 1) }),
  },
  {
    operator: 'Selu',
    becomes: 'selu',
    build: (call) => {
      const alpha = call.attributes.float('alpha', 1.6732631921768188);
      return call.apply(selu, [call.value(0)], {
        alpha,
        gamma: call.attributes.float('gamma', 1.0507010221481323),
      });
    },
  },
  {
    operator: 'HardSigmoid',
    becomes: 'hardSigmoid',
    build: (call) => {
      const [slope, shift] = [call.attributes.float('alpha', 0.2), call.attributes.float('beta', 0.5)];
      return call.apply(hardSigmoid, [call.value(0)], { slope, shift });
    },
  },
  {
    operator: 'Gelu',
    becomes: 'gelu',
    build: (call) => {
      const approximation = call.attributes.string('approximate', 'none');
      if (approximation !== 'none' && approximation !== 'tanh') throw new Refusal(`approximates by "${approximation}"`);
      return call.apply(gelu, [call.value(0)], { approximation });
    },
  },
  {
    operator: 'Swish',
    becomes: 'silu; sigmoid, multiply',
    build: (call) => swish(call, call.attributes.float('alpha', 1)),
  },
  {
    operator: 'Clip',
    becomes: 'clip, relu6, maximum, minimum',
    build: (call) => {
      if ([1, 2].some((i) => call.has(i) && !call.input(i).constant)) return clipByValues(call);
      const [min, max] = boundsOf(call);
      const x = call.value(0);
      if (min === undefined && max === undefined) return x;
      if (min === 0 && max === 6) return call.apply(relu6, [x], {});
      return call.apply(clip, [x], { min, max });
    },
  },
  {
    operator: 'PRelu',
    becomes: 'prelu',
    build: (call) => {
      const [x, slope] = [call.value(0), call.weight(1)];
      // Up to opset 6 one slope a channel is broadcast from the axis of channels on.
      const aligned = call.version < 7 && slope.shape.length === 1 && slope.shape[0] > 1 && x.shape.length > 2;
      const fitted = aligned ? call.reshape(slope, [slope.shape[0], ...x.shape.slice(2).map(() => 1)]) : slope;
      return call.apply(prelu, [x, fitted], {});
    },
  },
];

/** Bounds that are computed, too. */
function clipByValues(call: OperatorCall) {
  const x = call.value(0);
  const raised = call.has(1) ? call.apply(maximum, [x, call.literal(1)], {}) : x;
  return call.has(2) ? call.apply(minimum, [raised, call.literal(2)], {}) : raised;
}

/** x sigmoid(alpha x). */
export function swish(call: OperatorCall, alpha: number) {
  const x = call.value(0);
  if (alpha === 1) return call.apply(silu, [x], {});
  const inner = call.apply(multiply, [x, call.graph.scalar(alpha)], {});
  return call.apply(multiply, [x, call.apply(sigmoid, [inner], {})], {});
}

/** Bounds of Clip: attributes up to opset 10, then inputs. A bound of the whole range of float32 is none. */
export function boundsOf(call: OperatorCall): [min: number | undefined, max: number | undefined] {
  const { attributes } = call;
  const inAttributes = call.version < 11;
  const min = inAttributes && attributes.has('min') ? attributes.float('min', 0) : call.number(1, 'its bounds');
  const max = inAttributes && attributes.has('max') ? attributes.float('max', 0) : call.number(2, 'its bounds');
  const widest = 3.4e38;
  return [min !== undefined && min < -widest ? undefined : min, max !== undefined && max > widest ? undefined : max];
}
