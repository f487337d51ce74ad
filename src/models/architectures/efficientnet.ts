import type { Value } from '../../graph/index.js';
import {
  type BatchNormSettings,
  dropoutLayer,
  globalAveragePoolLayer,
  linearLayer,
  type Network,
  residualSum,
  squeezeExcitation,
  uniformFanIn,
} from '../../nn/index.js';
import { defineModel, type ModelDefinition } from '../model.js';
import { convNormActivation } from './convNormActivation.js';
import { timmEfficientnet } from './efficientnetNames.js';
import { scaleChannelCount } from './scaleChannelCount.js';

/** A stage's blocks, one row of the papers' tables. */
interface Stage {
  /** Inverted residual with a depthwise convolution and gates, or with one full convolution for both ("fused"). */
  readonly block: 'inverted' | 'fused';
  readonly expansion: number;
  readonly kernel: number;
  /** Of the first block. */
  readonly stride: number;
  readonly filters: number;
  readonly blocks: number;
}

interface EfficientnetOptions {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly stem: number;
  readonly stages: readonly Stage[];
  /** Filters of the last convolution. */
  readonly features: number;
  readonly dropout: number;
  readonly batchNorm?: BatchNormSettings;
  readonly otherNames?: ModelDefinition['otherNames'];
}

interface Block extends Omit<Stage, 'blocks'> {
  readonly name: string;
  readonly depthRate: number;
  readonly batchNorm?: BatchNormSettings;
}

const activation = 'silu';
/** Of the last block in training; earlier blocks are dropped less often, in proportion. */
const mostDropped = 0.2;

/** Inverted residual (Tan and Le 2019): widened by 1x1, filtered depthwise, gated, narrowed by 1x1. */
function buildInverted(network: Network, x: Value, block: Block, widened: number): Value {
  const { name, kernel, stride, filters, batchNorm } = block;
  const part = (index: number) => `${name}.block.${index}`;
  const wide = widened === x.shape[1] ? 0 : 1;
  const first = { filters: widened, kernel: 1, activation, batchNorm } as const;
  const entered = wide ? convNormActivation(network, x, part(0), first) : x;
  const filtered = convNormActivation(network, entered, part(wide), { kernel, stride, activation, batchNorm });
  const gated = squeezeExcitation(network, filtered, {
    layers: [`${part(wide + 1)}.fc1`, `${part(wide + 1)}.fc2`],
    squeezed: Math.max(1, Math.floor(x.shape[1] / 4)),
    activation,
    gate: 'sigmoid',
  });
  const last = { filters, kernel: 1, batchNorm, residual: residualOf(x, block) };
  return convNormActivation(network, gated, part(wide + 2), last);
}

/** The same with one full convolution that widens and filters (Tan and Le 2021), and nothing after it where it doesn't widen. */
function buildFused(network: Network, x: Value, block: Block, widened: number): Value {
  const { name, kernel, stride, filters, batchNorm } = block;
  const first = `${name}.block.0`;
  const wide = { filters: widened, kernel, stride, activation, batchNorm } as const;
  const residual = residualOf(x, block);
  if (widened !== x.shape[1]) {
    const inner = convNormActivation(network, x, first, wide);
    return convNormActivation(network, inner, `${name}.block.1`, { filters, kernel: 1, batchNorm, residual });
  }
  const output = convNormActivation(network, x, first, { ...wide, filters });
  return residual ? residualSum(network, output, residual, `${first}.0.weight`) : output;
}

const residualOf = (x: Value, { name, stride, filters, depthRate }: Block) =>
  stride === 1 && x.shape[1] === filters ? { name, shortcut: () => x, depthRate } : undefined;

function buildFeatures(network: Network, images: Value, options: EfficientnetOptions): Value {
  const { stem, stages, features, batchNorm } = options;
  const total = stages.reduce((sum, { blocks }) => sum + blocks, 0);
  let x = convNormActivation(network, images, 'features.0', {
    filters: stem,
    kernel: 3,
    stride: 2,
    activation,
    batchNorm,
  });
  let count = 0;
  for (const [i, stage] of stages.entries())
    for (let b = 0; b < stage.blocks; b++) {
      const name = `features.${i + 1}.${b}`;
      const block = { ...stage, name, stride: b === 0 ? stage.stride : 1, depthRate: (mostDropped * count) / total };
      const widened = scaleChannelCount(x.shape[1], stage.expansion);
      x = (stage.block === 'fused' ? buildFused : buildInverted)(network, x, { ...block, batchNorm }, widened);
      network.activations.set(name, x);
      count += 1;
    }
  const last = { filters: features, kernel: 1, activation, batchNorm } as const;
  return globalAveragePoolLayer(
    network,
    convNormActivation(network, x, `features.${stages.length + 1}`, last),
    'avgpool',
  );
}

function efficientnet(options: EfficientnetOptions): ModelDefinition {
  const { id, title, source, dropout, stages, otherNames } = options;
  const last = `features.${stages.length + 1}`;
  return defineModel({
    id,
    title,
    source,
    gradCamLayer: last,
    smallestImageSize: 32,
    defaultNormalisation: 'imagenet',
    stages: [...Array.from({ length: stages.length + 2 }, (_, i) => `features.${i}`), 'classifier'],
    classifier: ['classifier.1'],
    otherNames,
    buildFeatures: (network, images) => buildFeatures(network, images, options),
    buildHead(network, features, classCount) {
      const kept = dropoutLayer(network, features, 'classifier.0', dropout);
      return linearLayer(network, kept, 'classifier.1', classCount, {
        initialiseWeight: (random) => uniformFanIn([classCount, features.shape[1]], features.shape[1], random),
        initialiseBias: () => new Float32Array(classCount),
      });
    },
  });
}

/** Tan and Le 2019, table 1: expansion, kernel, stride of the first, filters, blocks. */
const first = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const;

/** @param scale of widths and of depths (section 3.3) */
function firstVersion(variant: string, [width, depth]: readonly [number, number], dropout: number): ModelDefinition {
  const stages = first.map(([expansion, kernel, stride, filters, blocks]) => ({
    block: 'inverted' as const,
    expansion,
    kernel,
    stride,
    filters: scaleChannelCount(filters, width),
    blocks: Math.ceil(blocks * depth),
  }));
  return efficientnet({
    id: `efficientnet_${variant}`,
    title: `EfficientNet-${variant.toUpperCase()}`,
    source: "Tan and Le 2019, arXiv 1905.11946; torchvision's variant",
    stem: scaleChannelCount(32, width),
    stages,
    features: 4 * stages[stages.length - 1].filters,
    dropout,
    otherNames: [timmEfficientnet(stages.length)],
  });
}

/** EfficientNet-B0 (Tan and Le 2019, arXiv 1905.11946), with torchvision's names. */
export const efficientnetB0 = firstVersion('b0', [1, 1], 0.2);
/** EfficientNet-B1, made for images of 240 px. */
export const efficientnetB1 = firstVersion('b1', [1, 1.1], 0.2);
/** EfficientNet-B2, made for images of 260 px. */
export const efficientnetB2 = firstVersion('b2', [1.1, 1.2], 0.3);
/** EfficientNet-B3, made for images of 300 px. */
export const efficientnetB3 = firstVersion('b3', [1.2, 1.4], 0.3);
/** EfficientNet-B4, made for images of 380 px. */
export const efficientnetB4 = firstVersion('b4', [1.4, 1.8], 0.4);

/** EfficientNetV2-S (Tan and Le 2021, arXiv 2104.00298, table 4), made for images of 384 px, with torchvision's names. */
export const efficientnetV2S = efficientnet({
  id: 'efficientnet_v2_s',
  title: 'EfficientNetV2-S',
  source: "Tan and Le 2021, arXiv 2104.00298; torchvision's variant",
  stem: 24,
  stages: [
    { block: 'fused', expansion: 1, kernel: 3, stride: 1, filters: 24, blocks: 2 },
    { block: 'fused', expansion: 4, kernel: 3, stride: 2, filters: 48, blocks: 4 },
    { block: 'fused', expansion: 4, kernel: 3, stride: 2, filters: 64, blocks: 4 },
    { block: 'inverted', expansion: 4, kernel: 3, stride: 2, filters: 128, blocks: 6 },
    { block: 'inverted', expansion: 6, kernel: 3, stride: 1, filters: 160, blocks: 9 },
    { block: 'inverted', expansion: 6, kernel: 3, stride: 2, filters: 256, blocks: 15 },
  ],
  features: 1280,
  dropout: 0.2,
  batchNorm: { epsilon: 1e-3 },
});
