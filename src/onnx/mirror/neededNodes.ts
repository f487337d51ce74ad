import type { OnnxNode } from './model.js';

/**
 * Those of the nodes, in their order, that the asked tensors need.
 * @param isLive which inputs count: those of others, such as tensors that are given, need nothing. Default all
 */
export function neededNodes<T extends OnnxNode>(
  nodes: readonly T[],
  asked: Iterable<string>,
  isLive: (name: string) => boolean = () => true,
): T[] {
  const needed = new Set(asked);
  return nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((name) => needed.has(name))) return false;
      for (const name of node.inputs) if (name && isLive(name)) needed.add(name);
      return true;
    })
    .reverse();
}
