import { add, concat, expand, gather, reshape, resize, slice, transpose, type Value } from '../../graph/index.js';
import {
  activationLayer,
  conv2d,
  layerNormLayer,
  linearLayer,
  multiHeadAttention,
  type Network,
  normal,
  residualSum,
  uniformFanIn,
  xavierUniform,
} from '../../nn/index.js';
import type { Random } from '../../random.js';
import { defineModel } from '../model.js';
import { renamed, timmVit } from './timmNames.js';

const patch = 16;
const width = 768;
const heads = 12;
const hidden = 4 * width;
const blocks = 12;
const epsilon = 1e-6;
/** Patches along a side of the images of 224 px that the position embedding is made for. */
const grid = 14;

const zeros = (count: number) => () => new Float32Array(count);
const nearlyZero = (count: number) => (random: Random) => normal([count], 1e-6, random);
const glorot = (shape: readonly number[]) => (random: Random) => xavierUniform(shape, random);

/**
 * A learned vector for the class token and each patch, [1, 1 + S S / 256, D]. The parameter is that of 224 px whatever the images' size; it is
 * resized as a map (Dosovitskiy et al. 2021, section 3.2), so that weights fit any size.
 */
function positions(network: Network, side: number): Value {
  const { graph } = network;
  const shape = [1, 1 + grid * grid, width];
  const name = 'encoder.pos_embedding';
  const embedding = network.parameter({ name, shape, initialise: (random) => normal(shape, 0.02, random) });
  const outputShape = [1 + side * side, width];
  network.layers.push({ name, type: 'position embedding', outputShape, parameters: shape[1] * width, operations: 0 });
  if (side === grid) return embedding;
  const token = graph.apply(slice, [embedding], { starts: [0], ends: [1], axes: [1] });
  const rest = graph.apply(slice, [embedding], { starts: [1], ends: [shape[1]], axes: [1] });
  const map = graph.apply(reshape, [graph.apply(transpose, [rest], { permutation: [0, 2, 1] })], {
    shape: [1, width, grid, grid],
  });
  const resized = graph.apply(resize, [map], {
    ...{ height: side, width: side, mode: 'cubic', coordinates: 'half_pixel' },
  });
  const rows = graph.apply(reshape, [resized], { shape: [1, width, side * side] });
  const tokens = graph.apply(transpose, [rows], { permutation: [0, 2, 1] });
  return graph.apply(concat, [token, tokens], { axis: 1 });
}

/** Patches as tokens [N, T, D] behind a class token. */
function embed(network: Network, images: Value): Value {
  const { graph } = network;
  const n = images.shape[0];
  const token = network.parameter({ name: 'class_token', shape: [1, 1, width], initialise: zeros(width) });
  network.layers.push({
    ...{ name: 'class_token', type: 'class token', outputShape: [1, width], parameters: width, operations: 0 },
  });
  const shape = [width, 3, patch, patch];
  const map = conv2d(network, images, 'conv_proj', {
    ...{ filters: width, kernel: patch, stride: patch },
    initialiseWeight: (random) => normal(shape, Math.sqrt(1 / (3 * patch * patch)), random),
    initialiseBias: zeros(width),
  });
  const [, , side] = map.shape;
  const rows = graph.apply(reshape, [map], { shape: [n, width, side * side] });
  const patches = graph.apply(transpose, [rows], { permutation: [0, 2, 1] });
  const first = graph.apply(expand, [token], { shape: [n, 1, width] });
  const tokens = graph.apply(concat, [first, patches], { axis: 1 });
  return graph.apply(add, [tokens, positions(network, side)], {});
}

/** Attention, then two layers on each token, each with a sum (Dosovitskiy et al. 2021, equations 2 and 3). */
function encoderBlock(network: Network, x: Value, name: string): Value {
  const normed = layerNormLayer(network, x, `${name}.ln_1`, { epsilon });
  const self = `${name}.self_attention`;
  const mixed = linearLayer(network, normed, `${self}.in_proj`, 3 * width, {
    ...{ initialiseWeight: glorot([3 * width, width]), initialiseBias: zeros(3 * width) },
    separator: '_',
  });
  const seen = multiHeadAttention(network, mixed, { name: self, heads });
  const projected = linearLayer(network, seen, `${self}.out_proj`, width, {
    initialiseWeight: (random) => uniformFanIn([width, width], width, random),
    initialiseBias: zeros(width),
  });
  const attended = residualSum(network, projected, { name: self, shortcut: () => x }, `${self}.out_proj.weight`);
  const rows = layerNormLayer(network, attended, `${name}.ln_2`, { epsilon });
  const wide = linearLayer(network, rows, `${name}.mlp.0`, hidden, {
    ...{ initialiseWeight: glorot([hidden, width]), initialiseBias: nearlyZero(hidden) },
  });
  const narrow = linearLayer(network, activationLayer(network, wide, 'gelu'), `${name}.mlp.3`, width, {
    ...{ initialiseWeight: glorot([width, hidden]), initialiseBias: nearlyZero(width) },
  });
  const output = residualSum(network, narrow, { name, shortcut: () => attended }, `${name}.mlp.3.weight`);
  network.activations.set(name, output);
  return output;
}

const layer = (index: number) => `encoder.layers.encoder_layer_${index}`;

/** Files of torchvision before version 0.12. */
const oldNames = renamed('torchvision before version 0.12', [
  [/\.mlp\.0\./, '.mlp.linear_1.'],
  [/\.mlp\.3\./, '.mlp.linear_2.'],
]);

/** Vision transformer, base size, patches of 16 px (Dosovitskiy et al. 2021), with torchvision's names. */
export const vitB16 = defineModel({
  id: 'vit_b_16',
  title: 'ViT-B/16',
  source: "Dosovitskiy et al. 2021, arXiv 2010.11929; torchvision's variant",
  gradCamLayer: `${layer(blocks - 1)}.ln_1`,
  smallestImageSize: 32,
  defaultNormalisation: 'imagenet',
  stages: [
    ...['class_token', 'conv_proj', 'encoder.pos_embedding'],
    ...Array.from({ length: blocks }, (_, i) => layer(i)),
    ...['encoder.ln', 'heads'],
  ],
  classifier: ['heads.head'],
  otherNames: [timmVit, oldNames],
  buildFeatures(network, images) {
    let x = embed(network, images);
    for (let block = 0; block < blocks; block++) x = encoderBlock(network, x, layer(block));
    // The norm takes each token for itself; only the class token's is needed.
    const token = network.graph.apply(gather, [x], { indices: [0], indexShape: [], axis: 1 });
    return layerNormLayer(network, token, 'encoder.ln', { epsilon });
  },
  buildHead: (network, features, classCount) =>
    linearLayer(network, features, 'heads.head', classCount, {
      ...{ initialiseWeight: zeros(classCount * width), initialiseBias: zeros(classCount) },
    }),
});
