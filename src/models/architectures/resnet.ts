import type { Value } from '../../graph/index.js';
import {
  convBatchNorm,
  globalAveragePoolLayer,
  linearLayer,
  maxPoolLayer,
  type Network,
  reluLayer,
} from '../../nn/index.js';
import { defineModel, type ModelDefinition } from '../model.js';

/** Builds a residual block: its branch, the sum with what goes past it, ReLU. */
type BuildBlock = (network: Network, x: Value, block: Block) => Value;

interface Block {
  readonly name: string;
  readonly width: number;
  readonly stride: number;
  /** What goes past it. */
  readonly shortcut: () => Value;
}

interface ResnetOptions {
  readonly layers: number;
  readonly build: BuildBlock;
  /** Filters of a block's output for each of its width. */
  readonly expansion: number;
  /** Blocks in each of the four stages. */
  readonly blocks: readonly [number, number, number, number];
}

const activation = 'relu';

/** Two 3x3 convolutions (He et al. 2016, figure 5, left). */
const basicBlock: BuildBlock = (network, x, { name, width, stride, shortcut }) => {
  const first = { conv: `${name}.conv1`, norm: `${name}.bn1`, filters: width, kernel: 3, stride, activation } as const;
  const inner = convBatchNorm(network, x, first);
  const second = { conv: `${name}.conv2`, norm: `${name}.bn2`, filters: width, kernel: 3, activation } as const;
  return convBatchNorm(network, inner, { ...second, residual: { shortcut, name } });
};

/**
 * 1x1, 3x3 and 1x1 convolution (figure 5, right), with the stride on the 3x3 as torchvision has it ("v1.5"); in the paper it is
 * on the first.
 */
const bottleneckBlock: BuildBlock = (network, x, { name, width, stride, shortcut }) => {
  const layers = [
    { conv: `${name}.conv1`, norm: `${name}.bn1`, filters: width, kernel: 1, activation },
    { conv: `${name}.conv2`, norm: `${name}.bn2`, filters: width, kernel: 3, stride, activation },
  ] as const;
  const inner = layers.reduce((value, layer) => convBatchNorm(network, value, layer), x);
  const last = { conv: `${name}.conv3`, norm: `${name}.bn3`, filters: 4 * width, kernel: 1, activation } as const;
  return convBatchNorm(network, inner, { ...last, residual: { shortcut, name } });
};

function buildStages(network: Network, images: Value, { build, expansion, blocks }: ResnetOptions): Value {
  const stem = convBatchNorm(network, images, { conv: 'conv1', norm: 'bn1', filters: 64, kernel: 7, stride: 2 });
  // Pooling before ReLU is the same function with the same gradient, and leaves ReLU a quarter of the numbers.
  let x = reluLayer(network, maxPoolLayer(network, stem, 'maxpool', { kernel: 3, stride: 2, padding: 1 }));
  blocks.forEach((count, stage) => {
    const width = 64 * 2 ** stage;
    for (let block = 0; block < count; block++) {
      const name = `layer${stage + 1}.${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const filters = width * expansion;
      const projection = { conv: `${name}.downsample.0`, norm: `${name}.downsample.1`, filters, kernel: 1, stride };
      const input = x;
      const same = stride === 1 && x.shape[1] === filters;
      const shortcut = () => (same ? input : convBatchNorm(network, input, projection));
      x = build(network, x, { name, width, stride, shortcut });
    }
  });
  return globalAveragePoolLayer(network, x, 'avgpool');
}

function resnet(options: ResnetOptions): ModelDefinition {
  const { layers, blocks } = options;
  return defineModel({
    id: `resnet${layers}`,
    title: `ResNet-${layers}`,
    source: "He et al. 2016, doi 10.1109/CVPR.2016.90; torchvision's variant",
    // The last block's output, after the sum and ReLU: all that the head sees.
    gradCamLayer: `layer4.${blocks[3] - 1}`,
    smallestImageSize: 32,
    defaultNormalisation: 'imagenet',
    stages: ['conv1', 'bn1', 'layer1', 'layer2', 'layer3', 'layer4', 'fc'],
    classifier: ['fc'],
    buildFeatures: (network, images) => buildStages(network, images, options),
    buildHead: (network, features, classCount) => linearLayer(network, features, 'fc', classCount),
  });
}

const basic = { build: basicBlock, expansion: 1 };
const bottleneck = { build: bottleneckBlock, expansion: 4 };

/** ResNet-18 (He et al. 2016, doi 10.1109/CVPR.2016.90), with torchvision's names. */
export const resnet18 = resnet({ layers: 18, ...basic, blocks: [2, 2, 2, 2] });
/** ResNet-34 (He et al. 2016, doi 10.1109/CVPR.2016.90), with torchvision's names. */
export const resnet34 = resnet({ layers: 34, ...basic, blocks: [3, 4, 6, 3] });
/** ResNet-50 in its version 1.5 (He et al. 2016, doi 10.1109/CVPR.2016.90), with torchvision's names. */
export const resnet50 = resnet({ layers: 50, ...bottleneck, blocks: [3, 4, 6, 3] });
/** ResNet-101 in its version 1.5 (He et al. 2016, doi 10.1109/CVPR.2016.90), with torchvision's names. */
export const resnet101 = resnet({ layers: 101, ...bottleneck, blocks: [3, 4, 23, 3] });
/** ResNet-152 in its version 1.5 (He et al. 2016, doi 10.1109/CVPR.2016.90), with torchvision's names. */
export const resnet152 = resnet({ layers: 152, ...bottleneck, blocks: [3, 8, 36, 3] });
