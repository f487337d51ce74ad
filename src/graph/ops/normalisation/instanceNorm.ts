import { requireNumber } from '../../../checks.js';
import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';
import { type GroupNormAttributes, groupGradients, normaliseGroups } from './groupNorm.js';

/**
 * Instance norm (Ulyanov et al. 2016): x [N, C, L, ...], scale [C], bias [C] to scale (x - mean) / sqrt(variance + epsilon) + bias, with
 * mean and (population) variance of each image's channel: a group norm whose groups are single channels.
 */
export const instanceNorm: Operator<Pick<GroupNormAttributes, 'epsilon'>> = {
  name: 'instanceNorm',
  lower(graph, inputs, { epsilon }) {
    const [x, scale, bias] = inputs;
    fitShapes('instanceNorm', { input: [x, 'N C L ...'], scale: [scale, 'C'], bias: [bias, 'C'] });
    requireNumber('instanceNorm, epsilon', epsilon, { min: 0 });
    return normaliseGroups(graph, inputs, x.shape[1], epsilon);
  },
  gradient: (graph, call) => groupGradients(graph, call, call.inputs[0].shape[1], call.attributes.epsilon),
};
