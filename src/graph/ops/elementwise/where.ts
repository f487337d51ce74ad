import { requireLength, unexpected } from '../../../checks.js';
import { broadcastShapes, sumToShape } from '../../broadcast.js';
import { fitShapes } from '../../fitShapes.js';
import { elementCount, type Operator, requireShape, type Shape } from '../../graph.js';

/** Attributes of `where`: a condition that is known when the graph is built; left out where it is the third input. */
export interface WhereAttributes {
  /** One truth an element, row by row. */
  readonly condition?: readonly boolean[];
  readonly conditionShape?: Shape;
}

/**
 * a where the condition holds, else b. Condition, a and b broadcast as in NumPy. A condition that the graph computes is the third input, float32, false
 * where it is 0; it has no gradient.
 */
export const where: Operator<WhereAttributes> = {
  name: 'where',
  lower(graph, [a, b, computed], { condition = [], conditionShape = [] }, saved) {
    fitShapes('where', { 'first value': [a, '...'] });
    fitShapes('where', { 'second value': [b, '...'] });
    if (computed) {
      saved.condition = graph.node('Cast', [computed], computed.shape, { to: 9 }, { type: 'bool' });
      const shape = broadcastShapes('where, condition and values', [computed.shape, a.shape, b.shape]);
      return graph.node('Where', [saved.condition, a, b], shape);
    }
    requireShape('where, condition', conditionShape);
    const shape = broadcastShapes('where, condition and values', [conditionShape, a.shape, b.shape]);
    requireLength('where, condition', condition, elementCount(conditionShape), `as [${conditionShape.join(', ')}] has`);
    const wrong = condition.findIndex((truth) => typeof truth !== 'boolean');
    if (wrong >= 0) throw unexpected(`where, condition[${wrong}]`, 'true or false', condition[wrong]);
    // Constants are numbers here; onnxruntime folds the conversion when it opens the graph.
    const numbers = graph.initializer(Uint8Array.from(condition, Number), conditionShape);
    saved.condition = graph.node('Cast', [numbers], conditionShape, { to: 9 }, { type: 'bool' });
    return graph.node('Where', [saved.condition, a, b], shape);
  },
  gradient(graph, { inputs: [a, b], output: { shape }, outputGradient, saved, wanted }) {
    const zero = graph.scalar(0);
    const branch = (chosen: boolean) =>
      graph.node('Where', [saved.condition, ...(chosen ? [outputGradient, zero] : [zero, outputGradient])], shape);
    return [
      wanted[0] ? sumToShape(graph, branch(true), a.shape) : null,
      wanted[1] ? sumToShape(graph, branch(false), b.shape) : null,
    ];
  },
};
