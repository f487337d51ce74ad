import type { Value } from '../graph/index.js';
import {
  convBatchNorm,
  globalAveragePoolLayer,
  linearLayer,
  maxPoolLayer,
  type Network,
  reluLayer,
  residualSum,
} from '../nn/index.js';
import { defineModel, type ModelDefinition } from './model.js';

/** Builds the branch of a residual block. @returns its output before the sum, [N, filters, H', W'] */
type BuildBranch = (network: Network, x: Value, name: string, width: number, stride: number) => Value;

interface ResnetOptions {
  readonly layers: number;
  readonly branch: BuildBranch;
  /** Filters of a block's output for each of its width. */
  readonly expansion: number;
  /** Blocks in each of the four stages. */
  readonly blocks: readonly [number, number, number, number];
}

/** Two 3x3 convolutions (He et al. 2016, figure 5, left). */
const basicBranch: BuildBranch = (network, x, name, width, stride) => {
  const first = { conv: `${name}.conv1`, norm: `${name}.bn1`, filters: width, kernel: 3, stride };
  const second = { conv: `${name}.conv2`, norm: `${name}.bn2`, filters: width, kernel: 3 };
  return convBatchNorm(network, reluLayer(network, convBatchNorm(network, x, first)), second);
};

/**
 * 1x1, 3x3 and 1x1 convolution (figure 5, right), with the stride on the 3x3 as torchvision has it ("v1.5"); in the paper it is
 * on the first.
 */
const bottleneckBranch: BuildBranch = (network, x, name, width, stride) => {
  const layers = [
    { conv: `${name}.conv1`, norm: `${name}.bn1`, filters: width, kernel: 1 },
    { conv: `${name}.conv2`, norm: `${name}.bn2`, filters: width, kernel: 3, stride },
  ];
  const inner = layers.reduce((value, layer) => reluLayer(network, convBatchNorm(network, value, layer)), x);
  return convBatchNorm(network, inner, { conv: `${name}.conv3`, norm: `${name}.bn3`, filters: 4 * width, kernel: 1 });
};

function buildStages(network: Network, images: Value, { branch, expansion, blocks }: ResnetOptions): Value {
  const stem = convBatchNorm(network, images, { conv: 'conv1', norm: 'bn1', filters: 64, kernel: 7, stride: 2 });
  let x = maxPoolLayer(network, reluLayer(network, stem), 'maxpool', { kernel: 3, stride: 2, padding: 1 });
  blocks.forEach((count, stage) => {
    const width = 64 * 2 ** stage;
    for (let block = 0; block < count; block++) {
      const name = `layer${stage + 1}.${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const filters = width * expansion;
      const output = branch(network, x, name, width, stride);
      const projection = { conv: `${name}.downsample.0`, norm: `${name}.downsample.1`, filters, kernel: 1, stride };
      const shortcut = stride === 1 && x.shape[1] === filters ? x : convBatchNorm(network, x, projection);
      x = reluLayer(network, residualSum(network, output, shortcut, name));
      network.activations.set(name, x);
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

const basic = { branch: basicBranch, expansion: 1 };
const bottleneck = { branch: bottleneckBranch, expansion: 4 };

export const resnet18 = resnet({ layers: 18, ...basic, blocks: [2, 2, 2, 2] });
export const resnet34 = resnet({ layers: 34, ...basic, blocks: [3, 4, 6, 3] });
export const resnet50 = resnet({ layers: 50, ...bottleneck, blocks: [3, 4, 6, 3] });
export const resnet101 = resnet({ layers: 101, ...bottleneck, blocks: [3, 4, 23, 3] });
export const resnet152 = resnet({ layers: 152, ...bottleneck, blocks: [3, 8, 36, 3] });
