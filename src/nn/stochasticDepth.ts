import { expand, multiply, type Value } from '../graph/index.js';
import type { Network } from './network.js';

/**
 * Stochastic depth (Huang et al. 2016): in training the whole branch of an image, [N, ...], is dropped with a probability, and else scaled
 * up. The mask is a graph input with a number an image, so that it follows the seed. A branch that is frozen stays as it is.
 * @param options the block's name, the probability, and the name of one of the branch's parameters
 */
export function stochasticDepth(
  network: Network,
  branch: Value,
  { name, rate, of }: { readonly name: string; readonly rate: number; readonly of: string },
): Value {
  const { graph } = network;
  const [images, ...rest] = branch.shape;
  if (!network.isTrainable(of)) return branch;
  const mask = network.dropoutMask(name, [images, ...rest.map(() => 1)], rate);
  if (!mask) return branch;
  if (!branch.layout) return graph.apply(multiply, [branch, mask], {});
  // A number for each channel, too: images in blocks of channels are multiplied by these in one pass.
  const planes = graph.apply(expand, [mask], { shape: [images, rest[0], 1, 1] });
  return graph.apply(multiply, [branch, planes], {});
}
