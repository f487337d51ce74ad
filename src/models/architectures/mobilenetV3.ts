import type { Value } from '../../graph/index.js';
import {
  activationLayer,
  dropoutLayer,
  globalAveragePoolLayer,
  linearLayer,
  type Network,
  normal,
  squeezeExcitation,
} from '../../nn/index.js';
import { defineModel, type ModelDefinition } from '../model.js';
import { convNormActivation } from './convNormActivation.js';
import { scaleChannelCount } from './scaleChannelCount.js';

/** A block, one row of Howard et al. 2019's tables 1 and 2: kernel, width inside, filters, gates, activation, stride. */
type Row = readonly [
  kernel: number,
  inside: number,
  filters: number,
  gated: boolean,
  activation: 'relu' | 'hardSwish',
  stride: number,
];

const large: readonly Row[] = [
  [3, 16, 16, false, 'relu', 1],
  [3, 64, 24, false, 'relu', 2],
  [3, 72, 24, false, 'relu', 1],
  [5, 72, 40, true, 'relu', 2],
  [5, 120, 40, true, 'relu', 1],
  [5, 120, 40, true, 'relu', 1],
  [3, 240, 80, false, 'hardSwish', 2],
  [3, 200, 80, false, 'hardSwish', 1],
  [3, 184, 80, false, 'hardSwish', 1],
  [3, 184, 80, false, 'hardSwish', 1],
  [3, 480, 112, true, 'hardSwish', 1],
  [3, 672, 112, true, 'hardSwish', 1],
  [5, 672, 160, true, 'hardSwish', 2],
  [5, 960, 160, true, 'hardSwish', 1],
  [5, 960, 160, true, 'hardSwish', 1],
];

const small: readonly Row[] = [
  [3, 16, 16, true, 'relu', 2],
  [3, 72, 24, false, 'relu', 2],
  [3, 88, 24, false, 'relu', 1],
  [5, 96, 40, true, 'hardSwish', 2],
  [5, 240, 40, true, 'hardSwish', 1],
  [5, 240, 40, true, 'hardSwish', 1],
  [5, 120, 48, true, 'hardSwish', 1],
  [5, 144, 48, true, 'hardSwish', 1],
  [5, 288, 96, true, 'hardSwish', 2],
  [5, 576, 96, true, 'hardSwish', 1],
  [5, 576, 96, true, 'hardSwish', 1],
];

const batchNorm = { epsilon: 1e-3, momentum: 0.01 };

function buildBlock(network: Network, x: Value, name: string, row: Row): Value {
  const [kernel, inside, filters, gated, activation, stride] = row;
  let part = 0;
  const next = () => `${name}.block.${part++}`;
  let inner = x;
  if (inside !== x.shape[1])
    inner = convNormActivation(network, inner, next(), { filters: inside, kernel: 1, activation, batchNorm });
  inner = convNormActivation(network, inner, next(), { kernel, stride, activation, batchNorm });
  if (gated) {
    const gates = next();
    inner = squeezeExcitation(network, inner, {
      layers: [`${gates}.fc1`, `${gates}.fc2`],
      squeezed: scaleChannelCount(Math.floor(inside / 4)),
      activation: 'relu',
      gate: 'hardSigmoid',
    });
  }
  const residual = stride === 1 && x.shape[1] === filters ? { name, shortcut: () => x } : undefined;
  const output = convNormActivation(network, inner, next(), { filters, kernel: 1, batchNorm, residual });
  network.activations.set(name, output);
  return output;
}

/** @param hidden units of the layer before the classifier */
function mobilenetV3(variant: 'small' | 'large', rows: readonly Row[], hidden: number): ModelDefinition {
  const last = `features.${rows.length + 1}`;
  return defineModel({
    id: `mobilenet_v3_${variant}`,
    title: `MobileNetV3-${variant === 'small' ? 'Small' : 'Large'}`,
    source: "Howard et al. 2019, doi 10.1109/ICCV.2019.00140; torchvision's variant",
    gradCamLayer: last,
    smallestImageSize: 32,
    defaultNormalisation: 'imagenet',
    stages: [...Array.from({ length: rows.length + 2 }, (_, i) => `features.${i}`), 'classifier.0', 'classifier.3'],
    classifier: ['classifier.3'],
    buildFeatures(network, images) {
      const activation = 'hardSwish';
      const stem = { filters: 16, kernel: 3, stride: 2, activation, batchNorm } as const;
      let x = convNormActivation(network, images, 'features.0', stem);
      for (const [i, row] of rows.entries()) x = buildBlock(network, x, `features.${i + 1}`, row);
      const wide = { filters: 6 * x.shape[1], kernel: 1, activation, batchNorm } as const;
      const pooled = globalAveragePoolLayer(network, convNormActivation(network, x, last, wide), 'avgpool');
      const dense = linearLayer(network, pooled, 'classifier.0', hidden, beginning(hidden, pooled));
      return activationLayer(network, dense, activation);
    },
    buildHead(network, features, classCount) {
      const kept = dropoutLayer(network, features, 'classifier.2', 0.2);
      return linearLayer(network, kept, 'classifier.3', classCount, beginning(classCount, features));
    },
  });
}

/** Initial values of a fully connected layer. */
const beginning = (outputs: number, { shape }: Value) => ({
  initialiseWeight: (random: Parameters<typeof normal>[2]) => normal([outputs, shape[1]], 0.01, random),
  initialiseBias: () => new Float32Array(outputs),
});

/** MobileNetV3-Small (Howard et al. 2019), with torchvision's names. */
export const mobilenetV3Small = mobilenetV3('small', small, 1024);
/** MobileNetV3-Large (Howard et al. 2019), with torchvision's names. */
export const mobilenetV3Large = mobilenetV3('large', large, 1280);
