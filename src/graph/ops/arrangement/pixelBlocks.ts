import { requireInteger, requireOneOf, unexpected, Words } from '../../../checks.js';
import { fitShapes } from '../../fitShapes.js';
import type { Graph, Value } from '../../graph.js';
import { reshapeTo } from '../../reshapeTo.js';

/** Attributes of `depthToSpace` and `spaceToDepth`. */
export interface PixelBlockAttributes {
  /** Side of the squares of pixels, from 1. */
  readonly block: number;
  /**
   * Which is outermost among the channels: the place within the square ('DCR', ONNX's default), or what is a channel among the pixels
   * ('CRD', PyTorch's PixelShuffle). Default 'DCR'.
   */
  readonly mode?: 'DCR' | 'CRD';
}

/** [N, C block^2, H, W] to [N, C, H block, W block]. */
export function channelsToPixels(graph: Graph, operator: string, x: Value, attributes: PixelBlockAttributes): Value {
  const { block, mode } = requireBlock(operator, x, attributes);
  const [n, channels, h, w] = x.shape;
  const c = channels / block ** 2;
  if (!Number.isInteger(c))
    throw unexpected(
      `${operator}, input`,
      `a multiple of ${block ** 2} channels`,
      new Words(`[${x.shape.join(', ')}]`),
    );
  const split = mode === 'DCR' ? [n, block, block, c, h, w] : [n, c, block, block, h, w];
  const perm = mode === 'DCR' ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
  return rearrange(graph, x, split, perm, [n, c, h * block, w * block]);
}

/** The reverse: [N, C, H block, W block] to [N, C block^2, H, W]. */
export function pixelsToChannels(graph: Graph, operator: string, x: Value, attributes: PixelBlockAttributes): Value {
  const { block, mode } = requireBlock(operator, x, attributes);
  const [n, c, height, width] = x.shape;
  const [h, w] = [height / block, width / block];
  if (!Number.isInteger(h) || !Number.isInteger(w))
    throw unexpected(
      `${operator}, input`,
      `sides that are multiples of ${block}`,
      new Words(`[${x.shape.join(', ')}]`),
    );
  const perm = mode === 'DCR' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  return rearrange(graph, x, [n, c, h, block, w, block], perm, [n, c * block ** 2, h, w]);
}

function requireBlock(operator: string, x: Value, { block, mode = 'DCR' }: PixelBlockAttributes) {
  fitShapes(operator, { input: [x, 'N C H W'] });
  requireInteger(`${operator}, block`, block, { min: 1 });
  return { block, mode: requireOneOf(`${operator}, mode`, mode, ['DCR', 'CRD']) };
}

/** Axes split, put in another order, and joined. */
function rearrange(graph: Graph, x: Value, split: number[], perm: number[], shape: number[]): Value {
  const ordered = perm.map((axis) => split[axis]);
  return reshapeTo(graph, graph.node('Transpose', [reshapeTo(graph, x, split)], ordered, { perm }), shape);
}
