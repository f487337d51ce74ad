import type { Value } from '../../graph/index.js';
import {
  activationLayer,
  channelsFirst,
  channelsLast,
  conv2d,
  globalAveragePoolLayer,
  layerNormLayer,
  linearLayer,
  type Network,
  normal,
  residualSum,
} from '../../nn/index.js';
import { defineModel, type ModelDefinition } from '../model.js';
import { timmConvnext } from './timmNames.js';

const epsilon = 1e-6;
const firstScale = 1e-6;

/** Initial values of torchvision: normal weights, zeros as biases. */
const beginning = (shape: readonly number[]) => ({
  initialiseWeight: (random: Parameters<typeof normal>[2]) => normal(shape, 0.02, random),
  initialiseBias: () => new Float32Array(shape[0]),
});

/** Depthwise 7x7, layer norm, and two layers on each place (Liu et al. 2022, figure 4). */
function buildBlock(network: Network, x: Value, name: string, depthRate: number): Value {
  const channels = x.shape[1];
  const scale = network.parameter({
    name: `${name}.layer_scale`,
    shape: [channels, 1, 1],
    initialise: () => new Float32Array(channels).fill(firstScale),
  });
  network.layers.push({
    ...{ name: `${name}.layer_scale`, type: 'layer scale', outputShape: x.shape.slice(1) },
    ...{ parameters: channels, operations: 0 },
  });
  const part = (index: number) => `${name}.block.${index}`;
  const depthwise = { filters: channels, kernel: 7, padding: 3, groups: channels };
  const filtered = conv2d(network, x, part(0), { ...depthwise, ...beginning([channels, 1, 7, 7]) });
  const rows = layerNormLayer(network, channelsLast(network, filtered), part(2), { epsilon });
  const wide = linearLayer(network, rows, part(3), 4 * channels, beginning([4 * channels, channels]));
  const narrow = linearLayer(network, activationLayer(network, wide, 'gelu'), part(5), channels, {
    ...beginning([channels, 4 * channels]),
    scale,
  });
  const residual = { name, shortcut: () => x, depthRate };
  const output = residualSum(network, channelsFirst(network, narrow), residual, `${part(5)}.weight`);
  network.activations.set(name, output);
  return output;
}

interface ConvnextOptions {
  readonly variant: 'tiny' | 'small';
  readonly blocks: readonly [number, number, number, number];
  /** Of the last block in training; earlier ones are dropped less often, in proportion. */
  readonly depthRate: number;
}

const widths = [96, 192, 384, 768] as const;

function buildFeatures(network: Network, images: Value, { blocks, depthRate }: ConvnextOptions): Value {
  const convolve = (input: Value, name: string, filters: number, side: number) => {
    const shape = [filters, input.shape[1], side, side];
    return conv2d(network, input, name, { filters, kernel: side, stride: side, ...beginning(shape) });
  };
  const norm = { epsilon, channels: 'first' } as const;
  const last = blocks.reduce((sum, count) => sum + count, 0) - 1;
  let count = 0;
  let x = layerNormLayer(network, convolve(images, 'features.0.0', widths[0], 4), 'features.0.1', norm);
  for (const [stage, depth] of blocks.entries()) {
    const name = (part: number) => `features.${2 * stage + part}`;
    if (stage > 0) x = convolve(layerNormLayer(network, x, `${name(0)}.0`, norm), `${name(0)}.1`, widths[stage], 2);
    for (let b = 0; b < depth; b++) x = buildBlock(network, x, `${name(1)}.${b}`, (depthRate * count++) / last);
  }
  const means = globalAveragePoolLayer(network, x, 'avgpool');
  return layerNormLayer(network, means, 'classifier.0', { epsilon });
}

function convnext(options: ConvnextOptions): ModelDefinition {
  const { variant, blocks } = options;
  return defineModel({
    id: `convnext_${variant}`,
    title: `ConvNeXt-${variant === 'tiny' ? 'Tiny' : 'Small'}`,
    source: "Liu et al. 2022, doi 10.1109/CVPR52688.2022.01167; torchvision's variant",
    gradCamLayer: `features.7.${blocks[3] - 1}`,
    smallestImageSize: 32,
    defaultNormalisation: 'imagenet',
    stages: [...Array.from({ length: 8 }, (_, i) => `features.${i}`), 'classifier.0', 'classifier.2'],
    classifier: ['classifier.2'],
    otherNames: [timmConvnext],
    buildFeatures: (network, images) => buildFeatures(network, images, options),
    buildHead: (network, features, classCount) =>
      linearLayer(network, features, 'classifier.2', classCount, beginning([classCount, features.shape[1]])),
  });
}

/** ConvNeXt-Tiny (Liu et al. 2022), with torchvision's names. */
export const convnextTiny = convnext({ variant: 'tiny', blocks: [3, 3, 9, 3], depthRate: 0.1 });
/** ConvNeXt-Small (Liu et al. 2022), with torchvision's names. */
export const convnextSmall = convnext({ variant: 'small', blocks: [3, 3, 27, 3], depthRate: 0.4 });
