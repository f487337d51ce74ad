import type { Value } from '../../graph/index.js';
import {
  type ConvBatchNormOptions,
  convBatchNorm,
  dropoutLayer,
  globalAveragePoolLayer,
  linearLayer,
  type Network,
  normal,
} from '../../nn/index.js';
import { defineModel } from '../model.js';

/** Sandler et al. 2018, table 2: expansion, filters, blocks, stride of the first. */
const bottlenecks = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const convNormRelu6 = (network: Network, x: Value, options: ConvBatchNormOptions) =>
  convBatchNorm(network, x, { ...options, activation: 'relu6' });

/** Inverted residual (section 3.3): widened by 1x1, filtered depthwise, narrowed by 1x1 without ReLU6. */
function invertedResidual(
  network: Network,
  x: Value,
  name: string,
  { expansion, filters, stride }: { expansion: number; filters: number; stride: number },
): Value {
  const part = (index: number) => `${name}.conv.${index}`;
  const wide = expansion > 1 ? 1 : 0;
  let inner = x;
  if (wide) {
    const widened = expansion * x.shape[1];
    inner = convNormRelu6(network, x, { conv: `${part(0)}.0`, norm: `${part(0)}.1`, filters: widened, kernel: 1 });
  }
  inner = convNormRelu6(network, inner, { conv: `${part(wide)}.0`, norm: `${part(wide)}.1`, kernel: 3, stride });
  const residual = stride === 1 && x.shape[1] === filters ? { shortcut: () => x, name } : undefined;
  const last = { conv: part(wide + 1), norm: part(wide + 2), filters, kernel: 1, residual };
  return convBatchNorm(network, inner, last);
}

/** Stem and blocks up to a block. @returns the output of `features.0`, `features.1`, ... each [N, C, H, W] */
export function buildMobilenetV2Blocks(network: Network, images: Value, lastBlock = 17): Value[] {
  const stem = { conv: 'features.0.0', norm: 'features.0.1', filters: 32, kernel: 3, stride: 2 };
  const outputs = [convNormRelu6(network, images, stem)];
  for (const [expansion, filters, blocks, stride] of bottlenecks) {
    for (let block = 0; block < blocks && outputs.length <= lastBlock; block++) {
      const options = { expansion, filters, stride: block === 0 ? stride : 1 };
      outputs.push(invertedResidual(network, outputs.at(-1)!, `features.${outputs.length}`, options));
    }
  }
  return outputs;
}

/** MobileNetV2 with width 1.0 as torchvision has it; 2,232,839 parameters at 7 classes. */
export const mobilenetV2 = defineModel({
  id: 'mobilenet_v2',
  title: 'MobileNetV2',
  source: "Sandler et al. 2018, doi 10.1109/CVPR.2018.00474; torchvision's variant",
  gradCamLayer: 'features.18.0',
  smallestImageSize: 32,
  defaultNormalisation: 'imagenet',
  stages: [...Array.from({ length: 19 }, (_, i) => `features.${i}`), 'classifier'],
  classifier: ['classifier.1'],
  buildFeatures(network, images) {
    const blocks = buildMobilenetV2Blocks(network, images);
    const last = { conv: 'features.18.0', norm: 'features.18.1', filters: 1280, kernel: 1 };
    return globalAveragePoolLayer(network, convNormRelu6(network, blocks.at(-1)!, last), 'avgpool');
  },
  buildHead(network, features, classCount) {
    const kept = dropoutLayer(network, features, 'classifier.0', 0.2);
    return linearLayer(network, kept, 'classifier.1', classCount, {
      initialiseWeight: (random) => normal([classCount, features.shape[1]], 0.01, random),
      initialiseBias: () => new Float32Array(classCount),
    });
  },
});
