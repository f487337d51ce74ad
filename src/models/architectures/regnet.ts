import type { Value } from '../../graph/index.js';
import {
  globalAveragePoolLayer,
  linearLayer,
  type Network,
  normal,
  squeezeExcitation,
  uniformFanIn,
} from '../../nn/index.js';
import { defineModel } from '../model.js';
import { convNormActivation } from './convNormActivation.js';

/** Stages of RegNetY-400MF (Radosavovic et al. 2020, figure 16): blocks, and channels; groups have 8. */
const stages = [
  [1, 48],
  [3, 104],
  [6, 208],
  [6, 440],
] as const;
const groupWidth = 8;
const activation = 'relu';

/** 1x1, grouped 3x3, gates, 1x1, and the sum. */
function buildBlock(network: Network, x: Value, name: string, filters: number, stride: number): Value {
  const same = stride === 1 && x.shape[1] === filters;
  // PyTorch's order has the projection first.
  const past = same ? x : convNormActivation(network, x, `${name}.proj`, { filters, kernel: 1, stride });
  const entered = convNormActivation(network, x, `${name}.f.a`, { filters, kernel: 1, activation });
  const grouped = { filters, kernel: 3, stride, groups: filters / groupWidth, activation } as const;
  const gated = squeezeExcitation(network, convNormActivation(network, entered, `${name}.f.b`, grouped), {
    layers: [`${name}.f.se.fc1`, `${name}.f.se.fc2`],
    squeezed: Math.round(x.shape[1] / 4),
    activation,
    gate: 'sigmoid',
    initialiseBias: (fanIn, count) => (random) => uniformFanIn([count], fanIn, random),
  });
  const residual = { name, shortcut: () => past };
  return convNormActivation(network, gated, `${name}.f.c`, { filters, kernel: 1, activation, residual });
}

/** RegNetY-400MF (Radosavovic et al. 2020), with torchvision's names. */
export const regnetY400mf = defineModel({
  id: 'regnet_y_400mf',
  title: 'RegNetY-400MF',
  source: "Radosavovic et al. 2020, doi 10.1109/CVPR42600.2020.01044; torchvision's variant",
  gradCamLayer: 'trunk_output.block4.block4-5',
  smallestImageSize: 32,
  defaultNormalisation: 'imagenet',
  stages: ['stem', ...stages.map((_, i) => `trunk_output.block${i + 1}`), 'fc'],
  classifier: ['fc'],
  buildFeatures(network, images) {
    let x = convNormActivation(network, images, 'stem', { filters: 32, kernel: 3, stride: 2, activation });
    for (const [i, [blocks, filters]] of stages.entries())
      for (let b = 0; b < blocks; b++)
        x = buildBlock(network, x, `trunk_output.block${i + 1}.block${i + 1}-${b}`, filters, b === 0 ? 2 : 1);
    return globalAveragePoolLayer(network, x, 'avgpool');
  },
  buildHead: (network, features, classCount) =>
    linearLayer(network, features, 'fc', classCount, {
      initialiseWeight: (random) => normal([classCount, features.shape[1]], 0.01, random),
      initialiseBias: () => new Float32Array(classCount),
    }),
});
