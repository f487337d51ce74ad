import { concatenate, type Value } from '../../graph/index.js';
import {
  averagePoolLayer,
  batchNormLayer,
  conv2d,
  convBatchNorm,
  globalAveragePoolLayer,
  linearLayer,
  maxPoolLayer,
  type Network,
  normal,
  reluLayer,
  uniformFanIn,
} from '../../nn/index.js';
import { defineModel } from '../model.js';
import { renamed } from './timmNames.js';

/** Channels that each layer adds. */
const growth = 32;
const blocks = [6, 12, 24, 16] as const;
const activation = 'relu';
/** What is normalised is made by convolutions, or by ReLU of their norm: neither has means far from its spread. */
const ending = { activation, nearlyCentred: true } as const;

/** torchvision's: normal with variance 2 / fan in (He et al. 2015, equation 10). */
const drawFilters = (shape: readonly number[]) => (random: Parameters<typeof normal>[2]) =>
  normal(shape, Math.sqrt(2 / (shape[1] * shape[2] * shape[3])), random);

const convolution = (x: Value, filters: number, kernel: number) => ({
  ...{ filters, kernel, bias: false, padding: Math.floor(kernel / 2) },
  initialiseWeight: drawFilters([filters, x.shape[1], kernel, kernel]),
});

/** Norm, ReLU, 1x1, norm, ReLU, 3x3 (Huang et al. 2017, section 3): [N, C, H, W] to [N, growth, H, W]. */
function denseLayer(network: Network, x: Value, name: string): Value {
  const entered = batchNormLayer(network, x, `${name}.norm1`, ending);
  const filters = 4 * growth;
  const first = { conv: `${name}.conv1`, norm: `${name}.norm2`, filters, kernel: 1, activation } as const;
  const initialise = drawFilters([filters, x.shape[1], 1, 1]);
  const inner = convBatchNorm(network, entered, { ...first, initialise });
  return conv2d(network, inner, `${name}.conv2`, convolution(inner, growth, 3));
}

function buildFeatures(network: Network, images: Value): Value {
  const name = (part: string) => `features.${part}`;
  const stem = { conv: name('conv0'), norm: name('norm0'), filters: 64, kernel: 7, stride: 2 };
  const first = convBatchNorm(network, images, { ...stem, initialise: drawFilters([64, 3, 7, 7]) });
  const pooled = maxPoolLayer(network, first, name('pool0'), { kernel: 3, stride: 2, padding: 1 });
  let x = reluLayer(network, pooled);
  for (const [i, layers] of blocks.entries()) {
    // All that layers of the block made so far, behind what went into it.
    const parts = [x];
    for (let layer = 1; layer <= layers; layer++) {
      parts.push(denseLayer(network, x, name(`denseblock${i + 1}.denselayer${layer}`)));
      x = concatenate(network.graph, parts, 1);
    }
    network.activations.set(name(`denseblock${i + 1}`), x);
    if (i === blocks.length - 1) break;
    const transition = name(`transition${i + 1}`);
    const normed = batchNormLayer(network, x, `${transition}.norm`, ending);
    // Pooling before the 1x1 convolution is the same function, and leaves it a quarter of the places.
    const halved = averagePoolLayer(network, normed, `${transition}.pool`, 2);
    x = conv2d(network, halved, `${transition}.conv`, convolution(halved, x.shape[1] / 2, 1));
  }
  return globalAveragePoolLayer(network, batchNormLayer(network, x, name('norm5'), ending), 'avgpool');
}

/** The files at pytorch.org have dots that later versions of PyTorch don't allow in names. */
const oldNames = renamed('torchvision before version 0.3', [[/(denselayer\d+\.(?:norm|conv))([12])\./, '$1.$2.']]);

/** DenseNet-121 (Huang et al. 2017), with torchvision's names. */
export const densenet121 = defineModel({
  id: 'densenet121',
  title: 'DenseNet-121',
  source: "Huang et al. 2017, doi 10.1109/CVPR.2017.243; torchvision's variant",
  gradCamLayer: 'features.norm5',
  smallestImageSize: 32,
  defaultNormalisation: 'imagenet',
  stages: [
    ...['features.conv0', 'features.norm0'],
    ...blocks.flatMap((_, i) => [
      `features.denseblock${i + 1}`,
      i === blocks.length - 1 ? 'features.norm5' : `features.transition${i + 1}`,
    ]),
    'classifier',
  ],
  classifier: ['classifier'],
  otherNames: [oldNames],
  buildFeatures,
  buildHead: (network, features, classCount) =>
    linearLayer(network, features, 'classifier', classCount, {
      initialiseWeight: (random) => uniformFanIn([classCount, features.shape[1]], features.shape[1], random),
      initialiseBias: () => new Float32Array(classCount),
    }),
});
