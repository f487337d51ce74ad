import type { Operator } from '../../graph.js';
import { clip } from '../elementwise/clip.js';

const bounds = { min: 0, max: 6 };

/** min(max(x, 0), 6), MobileNet's ReLU: `clip` under the name that models and quantisation know. */
export const relu6: Operator<Record<string, never>> = {
  name: 'relu6',
  anyLayout: true,
  lower: (graph, inputs, _attributes, saved) => clip.lower(graph, inputs, bounds, saved),
  gradient: (graph, call) => clip.gradient(graph, { ...call, attributes: bounds }),
};
