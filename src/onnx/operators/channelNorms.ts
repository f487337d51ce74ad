import { gather, groupNorm, instanceNorm } from '../../graph/index.js';
import type { OnnxOperator } from './operatorCall.js';

/** Norms over the pixels of a channel or of a group of channels. */
export const channelNorms: readonly OnnxOperator[] = [
  {
    operator: 'InstanceNormalization',
    becomes: 'instanceNorm',
    build: (call) => {
      const inputs = [call.value(0), call.weight(1), call.weight(2)];
      return call.apply(instanceNorm, inputs, { epsilon: call.attributes.float('epsilon', 1e-5) });
    },
  },
  {
    operator: 'GroupNormalization',
    becomes: 'groupNorm, gather',
    build: (call) => {
      const groups = call.attributes.int('num_groups', 1);
      const x = call.value(0);
      // Up to opset 20 scale and bias are one number a group.
      const channel = (i: number) => Math.floor((i * groups) / x.shape[1]);
      const spread = (i: number) => {
        const weight = call.weight(i);
        if (weight.shape[0] === x.shape[1]) return weight;
        const indices = Array.from({ length: x.shape[1] }, (_, at) => channel(at));
        return call.apply(gather, [weight], { indices, indexShape: [x.shape[1]], axis: 0 });
      };
      return call.apply(groupNorm, [x, spread(1), spread(2)], {
        groups,
        epsilon: call.attributes.float('epsilon', 1e-5),
      });
    },
  },
];
