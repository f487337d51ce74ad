import type { Activation } from '../graph/activation.js';
import { gelu, hardSwish, relu, relu6, sigmoid, silu, type Value } from '../graph/index.js';
import { hardSigmoid } from '../graph/ops/activation/hardSigmoid.js';
import type { Network } from './network.js';

/** What a layer may end with. The first ones can be a part of fused operators. */
export type LayerActivation = Activation | 'silu' | 'hardSwish' | 'gelu' | 'sigmoid' | 'hardSigmoid';

/** An activation, element by element; any shape and layout. */
export function activationLayer(network: Network, x: Value, activation: LayerActivation): Value {
  const { graph } = network;
  switch (activation) {
    case 'none':
      return x;
    case 'relu':
      return graph.apply(relu, [x], {});
    case 'relu6':
      return graph.apply(relu6, [x], {});
    case 'silu':
      return graph.apply(silu, [x], {});
    case 'hardSwish':
      return graph.apply(hardSwish, [x], {});
    case 'gelu':
      return graph.apply(gelu, [x], { approximation: 'none' });
    case 'sigmoid':
      return graph.apply(sigmoid, [x], {});
    case 'hardSigmoid':
      // PyTorch's: min(max(x / 6 + 1/2, 0), 1).
      return graph.apply(hardSigmoid, [x], { slope: 1 / 6, shift: 0.5 });
  }
}

/** Whether fused operators can end with an activation. */
export const isFusable = (activation: LayerActivation): activation is Activation =>
  activation === 'none' || activation === 'relu' || activation === 'relu6';
