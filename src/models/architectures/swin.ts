import { elementCount, linear, pad, reduceMean, reshape, transpose, type Value } from '../../graph/index.js';
import {
  activationLayer,
  channelsLast,
  conv2d,
  layerNormLayer,
  linearLayer,
  type Network,
  normal,
  residualSum,
  windowAttention,
} from '../../nn/index.js';
import { defineModel } from '../model.js';
import { timmSwin } from './timmNames.js';

const epsilon = 1e-5;
const width = 96;
const depths = [2, 2, 6, 2] as const;
const heads = [3, 6, 12, 24] as const;
const window = 7;
/** Of the last block in training; earlier ones are dropped less often, in proportion. */
const depthRate = 0.2;

const beginning = (outputs: number, inputs: number) => ({
  initialiseWeight: (random: Parameters<typeof normal>[2]) => normal([outputs, inputs], 0.02, random),
  initialiseBias: () => new Float32Array(outputs),
});

const initialiseBiasTable = (shape: readonly number[]) => (random: Parameters<typeof normal>[2]) =>
  normal(shape, 0.02, random);

interface Block {
  readonly name: string;
  readonly heads: number;
  readonly shift: number;
  readonly depthRate: number;
}

/** Attention in windows, then two layers on each place, each with a sum (Liu et al. 2021, equation 3). */
function buildBlock(network: Network, x: Value, { name, heads, shift, depthRate }: Block): Value {
  const channels = x.shape[3];
  const normed = layerNormLayer(network, x, `${name}.norm1`, { epsilon });
  const attended = windowAttention(network, normed, {
    name: `${name}.attn`,
    heads,
    window,
    shift,
    beginning,
    initialiseBiasTable,
  });
  const first = { name: `${name}.attn`, shortcut: () => x, depthRate };
  const middle = residualSum(network, attended, first, `${name}.attn.proj.weight`);
  const rows = layerNormLayer(network, middle, `${name}.norm2`, { epsilon });
  const wide = linearLayer(network, rows, `${name}.mlp.0`, 4 * channels, beginning(4 * channels, channels));
  const narrow = linearLayer(network, activationLayer(network, wide, 'gelu'), `${name}.mlp.3`, channels, {
    ...beginning(channels, 4 * channels),
  });
  const second = { name, shortcut: () => middle, depthRate };
  const output = residualSum(network, narrow, second, `${name}.mlp.3.weight`);
  network.activations.set(name, output);
  return output;
}

/** Four neighbours become one place of twice the channels: [N, H, W, C] to [N, H / 2, W / 2, 2 C], sides rounded up. */
function mergePatches(network: Network, x: Value, name: string): Value {
  const { graph } = network;
  const [n, h, w, c] = x.shape;
  const shape = [2 * c, 4 * c];
  // PyTorch's order has it before the norm.
  const { initialiseWeight } = beginning(shape[0], shape[1]);
  const weight = network.parameter({ name: `${name}.reduction.weight`, shape, initialise: initialiseWeight });
  const even = graph.apply(pad, [x], { before: [0, 0, 0, 0], after: [0, h % 2, w % 2, 0], mode: 'constant', value: 0 });
  const [height, wide] = [even.shape[1] / 2, even.shape[2] / 2];
  const split = graph.apply(reshape, [even], { shape: [n, height, 2, wide, 2, c] });
  // Columns before rows, which is the order that the weights were trained in.
  const sorted = graph.apply(transpose, [split], { permutation: [0, 1, 3, 4, 2, 5] });
  const joined = graph.apply(reshape, [sorted], { shape: [n, height, wide, 4 * c] });
  const normed = layerNormLayer(network, joined, `${name}.norm`, { epsilon });
  const output = graph.apply(linear, [normed, weight], {});
  const outputShape = output.shape.slice(1);
  const parameters = elementCount(shape);
  const operations = 2 * parameters * height * wide;
  network.layers.push({ name: `${name}.reduction`, type: 'fully connected', outputShape, parameters, operations });
  return output;
}

function buildFeatures(network: Network, images: Value): Value {
  const patches = conv2d(network, images, 'features.0.0', { filters: width, kernel: 4, stride: 4 });
  let x = layerNormLayer(network, channelsLast(network, patches), 'features.0.2', { epsilon });
  const last = depths.reduce((sum, count) => sum + count, 0) - 1;
  let count = 0;
  for (const [stage, depth] of depths.entries()) {
    if (stage > 0) x = mergePatches(network, x, `features.${2 * stage}`);
    for (let b = 0; b < depth; b++) {
      const shift = b % 2 === 0 ? 0 : Math.floor(window / 2);
      const name = `features.${2 * stage + 1}.${b}`;
      x = buildBlock(network, x, { name, heads: heads[stage], shift, depthRate: (depthRate * count++) / last });
    }
  }
  const normed = layerNormLayer(network, x, 'norm', { epsilon });
  const output = network.graph.apply(reduceMean, [normed], { axes: [1, 2], keepAxes: false });
  const operations = elementCount(normed.shape.slice(1));
  const outputShape = output.shape.slice(1);
  network.layers.push({ name: 'avgpool', type: 'average pooling', outputShape, parameters: 0, operations });
  return output;
}

/** Swin transformer, tiny size (Liu et al. 2021), with torchvision's names. */
export const swinT = defineModel({
  id: 'swin_t',
  title: 'Swin-T',
  source: "Liu et al. 2021, doi 10.1109/ICCV48922.2021.00986; torchvision's variant",
  gradCamLayer: 'features.7.1.norm1',
  smallestImageSize: 32,
  defaultNormalisation: 'imagenet',
  stages: [...Array.from({ length: 8 }, (_, i) => `features.${i}`), 'norm', 'head'],
  classifier: ['head'],
  otherNames: [timmSwin],
  buildFeatures,
  buildHead: (network, features, classCount) =>
    linearLayer(network, features, 'head', classCount, beginning(classCount, features.shape[1])),
});
