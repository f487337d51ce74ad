import type { Value } from '../graph/index.js';
import {
  type ConvBatchNormOptions,
  convBatchNorm,
  dropoutLayer,
  globalAveragePoolLayer,
  linearLayer,
  type Network,
  normal,
} from '../nn/index.js';
import { defineModel } from './model.js';

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
    const stem = { conv: 'features.0.0', norm: 'features.0.1', filters: 32, kernel: 3, stride: 2 };
    let x = convNormRelu6(network, images, stem);
    let index = 1;
    for (const [expansion, filters, blocks, stride] of bottlenecks) {
      for (let block = 0; block < blocks; block++) {
        const options = { expansion, filters, stride: block === 0 ? stride : 1 };
        x = invertedResidual(network, x, `features.${index}`, options);
        index += 1;
      }
    }
    const last = { conv: `features.${index}.0`, norm: `features.${index}.1`, filters: 1280, kernel: 1 };
    return globalAveragePoolLayer(network, convNormRelu6(network, x, last), 'avgpool');
  },
  buildHead(network, features, classCount) {
    const kept = dropoutLayer(network, features, 'classifier.0', 0.2);
    return linearLayer(network, kept, 'classifier.1', classCount, {
      initialiseWeight: (random) => normal([classCount, features.shape[1]], 0.01, random),
      initialiseBias: () => new Float32Array(classCount),
    });
  },
});
