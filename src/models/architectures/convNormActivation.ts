import type { Value } from '../../graph/index.js';
import { type ConvBatchNormOptions, convBatchNorm, type Network } from '../../nn/index.js';

/**
 * torchvision's Conv2dNormActivation: convolution `<name>.0`, batch norm `<name>.1` and activation, whose output Grad-CAM finds as `<name>`.
 * [N, C, H, W] to [N, filters, H', W'].
 */
export function convNormActivation(
  network: Network,
  x: Value,
  name: string,
  options: Omit<ConvBatchNormOptions, 'conv' | 'norm'>,
): Value {
  const output = convBatchNorm(network, x, { conv: `${name}.0`, norm: `${name}.1`, ...options });
  network.activations.set(name, output);
  return output;
}
