import { attentions } from './attentions.js';
import { activatedLayers, flattenedHeads, paddedLayers } from './convolutions.js';
import { gatedActivations, hardSigmoids } from './gates.js';
import { kerasLayerNorms, layerNorms } from './layerNorms.js';
import { linears } from './linears.js';
import type { NodeList } from './nodeList.js';
import { noNumbers, passing } from './passing.js';
import type { Pattern } from './pattern.js';
import { transposes } from './transposes.js';

/** Forms that are recognised, in the order in which they are looked for; whoever adds one adds a line here. */
export const patterns: readonly Pattern[] = [
  passing,
  transposes,
  noNumbers,
  layerNorms,
  kerasLayerNorms,
  gatedActivations,
  hardSigmoids,
  attentions,
  linears,
  activatedLayers,
  paddedLayers,
  flattenedHeads,
];

/** Looks for every form, each until it is found no more. */
export function recognisePatterns(list: NodeList): void {
  for (const pattern of patterns) {
    let found = true;
    while (found) {
      found = false;
      for (const node of list.nodes) {
        // What was rewritten before may have taken this node away.
        if (list.producer(node.outputs[0]) !== node || !pattern.apply(list, node)) continue;
        found = true;
      }
    }
  }
}
