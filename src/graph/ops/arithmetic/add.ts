import { addPlanes } from '../../blocked/planes.js';
import { sumToShape } from '../../broadcast.js';
import { binary } from './binary.js';

/** a + b with broadcasting: residual sums, biases, position embeddings. */
export const add = binary({
  name: 'add',
  keepsZero: 'with zero',
  forward: (on, a, b) => on.add(a, b),
  gradients: [(_on, { d }) => d, (_on, { d }) => d],
  planes: {
    forward: addPlanes,
    gradients: [(_graph, d) => d, (graph, d, _x, shape) => sumToShape(graph, d, shape)],
  },
});
