import type { Value } from '../graph/index.js';
import type { Network } from '../nn/index.js';

/** A network architecture. Adding one is one file and a line in the registry. */
export interface ModelDefinition {
  /** torchvision's name where it has the model. */
  readonly id: string;
  readonly title: string;
  /** Paper or page that defines it. */
  readonly source: string;
  /** Layer whose output Grad-CAM looks at unless another is named. */
  readonly gradCamLayer: string;
  /** Smallest input side, pixels. */
  readonly smallestImageSize: number;
  /** Builds the layers: normalised images [N, 3, S, S] to logits [N, K]. */
  build(network: Network, images: Value, classCount: number): Value;
}
