import type { Value } from '../../graph/index.js';
import {
  convBatchNorm,
  dropoutLayer,
  globalAveragePoolLayer,
  linearLayer,
  type Network,
  uniformFanIn,
} from '../../nn/index.js';
import { defineModel, type ModelDefinition } from '../model.js';
import { efficientnetPytorch } from './efficientnetNames.js';
import { scaleChannelCount } from './scaleChannelCount.js';

/** As in EfficientNet-B0: expansion, kernel, stride of the first, filters, blocks. */
const table = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const;

/** TensorFlow's padding and epsilon, which the published weights were trained with. */
const common = { padding: 'same', batchNorm: { epsilon: 1e-3 } } as const;
const activation = 'relu6';
/** (pixel - 127) / 128. */
const middle = 127 / 255;
const span = 128 / 255;
const tensorflowStatistics = { mean: [middle, middle, middle], std: [span, span, span] } as const;

interface Block {
  readonly name: string;
  readonly expansion: number;
  readonly kernel: number;
  readonly stride: number;
  readonly filters: number;
}

/** Inverted residual without gates; names are timm's. */
function buildBlock(network: Network, x: Value, { name, expansion, kernel, stride, filters }: Block): Value {
  const wide = expansion > 1;
  // A block that doesn't widen begins with the depthwise convolution, and its layers are counted from there.
  const norm = (index: number) => `${name}.bn${wide ? index : index - 1}`;
  const widened = expansion * x.shape[1];
  const first = { conv: `${name}.conv_pw`, norm: norm(1), filters: widened, kernel: 1, activation } as const;
  const entered = wide ? convBatchNorm(network, x, { ...common, ...first }) : x;
  const depthwise = { conv: `${name}.conv_dw`, norm: norm(2), kernel, stride, activation } as const;
  const filtered = convBatchNorm(network, entered, { ...common, ...depthwise });
  const residual = stride === 1 && x.shape[1] === filters ? { name, shortcut: () => x } : undefined;
  const last = { conv: `${name}.${wide ? 'conv_pwl' : 'conv_pw'}`, norm: norm(3), filters, kernel: 1, residual };
  const output = convBatchNorm(network, filtered, { ...common, ...last });
  network.activations.set(name, output);
  return output;
}

/** @param scale of widths and of depths; those of the first and the last stage, of the stem and of the last convolution stay */
function lite(variant: number, [width, depth]: readonly [number, number], dropout: number): ModelDefinition {
  const stages = table.map(([expansion, kernel, stride, filters, blocks], i) => ({
    ...{ expansion, kernel, stride, filters: scaleChannelCount(filters, width) },
    blocks: i === 0 || i === table.length - 1 ? blocks : Math.ceil(blocks * depth),
  }));
  return defineModel({
    id: `efficientnet_lite${variant}`,
    title: `EfficientNet-Lite${variant}`,
    source: 'Liu 2020, EfficientNet-Lite (TensorFlow); variant tf_efficientnet_lite of timm',
    gradCamLayer: 'conv_head',
    smallestImageSize: 32,
    defaultNormalisation: tensorflowStatistics,
    stages: ['conv_stem', 'bn1', ...stages.map((_, i) => `blocks.${i}`), 'conv_head', 'bn2', 'classifier'],
    classifier: ['classifier'],
    otherNames: [efficientnetPytorch(stages.map(({ blocks }) => blocks))],
    buildFeatures(network, images) {
      const stem = { conv: 'conv_stem', norm: 'bn1', filters: 32, kernel: 3, stride: 2, activation } as const;
      let x = convBatchNorm(network, images, { ...common, ...stem });
      for (const [i, { blocks, ...stage }] of stages.entries())
        for (let b = 0; b < blocks; b++)
          x = buildBlock(network, x, { ...stage, name: `blocks.${i}.${b}`, stride: b === 0 ? stage.stride : 1 });
      const last = { conv: 'conv_head', norm: 'bn2', filters: 1280, kernel: 1, activation } as const;
      return globalAveragePoolLayer(network, convBatchNorm(network, x, { ...common, ...last }), 'global_pool');
    },
    buildHead(network, features, classCount) {
      const kept = dropoutLayer(network, features, 'dropout', dropout);
      return linearLayer(network, kept, 'classifier', classCount, {
        initialiseWeight: (random) => uniformFanIn([classCount, features.shape[1]], features.shape[1], random),
        initialiseBias: () => new Float32Array(classCount),
      });
    },
  });
}

/** EfficientNet-Lite0, made for images of 224 px, with timm's names (`tf_efficientnet_lite0`). */
export const efficientnetLite0 = lite(0, [1, 1], 0.2);
/** EfficientNet-Lite1, made for images of 240 px, with timm's names. */
export const efficientnetLite1 = lite(1, [1, 1.1], 0.2);
/** EfficientNet-Lite2, made for images of 260 px, with timm's names. */
export const efficientnetLite2 = lite(2, [1.1, 1.2], 0.3);
