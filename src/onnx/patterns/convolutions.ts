import type { OnnxNode } from '../mirror/model.js';
import { hasBounds } from './gates.js';
import type { NodeList } from './nodeList.js';
import { ownDomain, type Pattern } from './pattern.js';

/** The same node with other inputs, attributes or outputs. */
const changed = (node: OnnxNode, changes: Partial<OnnxNode>): OnnxNode => ({ ...node, ...changes });

function activationOf(list: NodeList, node: OnnxNode): 'relu' | 'relu6' | undefined {
  if (node.operator === 'Relu') return 'relu';
  return node.operator === 'Clip' && hasBounds(list, node, 0, 6) ? 'relu6' : undefined;
}

/** ReLU and ReLU6 behind a convolution or a batch norm, which compute them in passing. */
export const activatedLayers: Pattern = {
  name: 'convolution or norm with its activation',
  apply(list, node) {
    const layer = list.inner(node.inputs[0], 'Conv', 'BatchNormalization');
    const activation = node.domain === '' && layer?.domain === '' ? activationOf(list, node) : undefined;
    if (!layer || !activation) return false;
    const attributes = layer.attributes.with({ activation });
    list.replace([layer, node], changed(layer, { domain: ownDomain, attributes, outputs: node.outputs }));
    return true;
  },
};

/** Pads of an image alone, none of them negative; undefined where others are padded. */
function imagePads(list: NodeList, pad: OnnxNode): { before: number[]; after: number[] } | undefined {
  const [from, to] = [list.shape(pad.inputs[0]), list.shape(pad.outputs[0])];
  const pads = pad.attributes.ints('pads') ?? (pad.inputs[1] ? list.numbers(pad.inputs[1]) : undefined);
  if (!pads || pad.inputs[3] || pads.length !== 2 * from.length || from.length < 3) return undefined;
  if (from[0] !== to[0] || from[1] !== to[1] || pads.some((side) => side < 0)) return undefined;
  return { before: pads.slice(2, from.length), after: pads.slice(from.length + 2) };
}

/** Whether a value is nowhere below zero. */
function isPositive(list: NodeList, name: string): boolean {
  const node = list.producer(name);
  if (!node) return false;
  const activation = node.domain === ownDomain ? node.attributes.string('activation', '') : '';
  return node.operator === 'Relu' || activation !== '' || (node.operator === 'Clip' && hasBounds(list, node, 0, 6));
}

/** Whether rounding up gave a window that begins in what is padding now: there is none such. */
function losesWindow(list: NodeList, { attributes, outputs }: OnnxNode, x: string, pads: readonly number[]): boolean {
  if (!attributes.flag('ceil_mode')) return false;
  const sides = list.shape(x).slice(2);
  const strides = attributes.ints('strides') ?? [];
  return list
    .shape(outputs[0])
    .slice(2)
    .some((count, i) => (count - 1) * (strides[i] ?? 1) >= sides[i] + pads[i]);
}

/** Zeros around an image that a convolution or a pooling puts there itself. */
export const paddedLayers: Pattern = {
  name: 'padding before a convolution or pooling',
  apply(list, node) {
    if (!['Conv', 'MaxPool', 'AveragePool'].includes(node.operator)) return false;
    const pad = list.inner(node.inputs[0], 'Pad');
    const mode = pad?.attributes.string('mode', 'constant');
    const automatic = node.attributes.string('auto_pad', 'NOTSET');
    if (!pad || mode !== 'constant' || !['NOTSET', 'VALID'].includes(automatic)) return false;
    const value = pad.inputs[2] ? list.scalar(pad.inputs[2]) : pad.attributes.float('value', 0);
    const pads = imagePads(list, pad);
    if (!pads) return false;
    const [x] = pad.inputs;
    if (node.operator === 'MaxPool') {
      const small = value !== undefined && value < -1e30;
      // Where nothing is below zero, a zero outside is as good as none, as long as every window has a number of the image.
      const kernel = node.attributes.ints('kernel_shape') ?? [];
      const within = [...pads.before, ...pads.after].every((side, i) => side < kernel[i % kernel.length]);
      if (!small && !(value === 0 && within && isPositive(list, x))) return false;
    } else if (value !== 0) return false;
    const own = node.attributes.ints('pads') ?? [];
    const count = pads.before.length;
    // A mean over padding counts it: only where it had none of its own that it left out.
    const isMean = node.operator === 'AveragePool';
    if (isMean && !node.attributes.flag('count_include_pad') && own.some((side) => side > 0)) return false;
    if (isMean && node.attributes.flag('ceil_mode')) return false;
    const summed = [...pads.before, ...pads.after].map((side, i) => side + (own[i] ?? 0));
    const attributes = node.attributes.with({
      pads: summed,
      auto_pad: 'NOTSET',
      ...(isMean && { count_include_pad: 1 }),
    });
    const inputs = [x, ...node.inputs.slice(1)];
    if (summed.length !== 2 * count || losesWindow(list, node, x, summed)) return false;
    list.replace([pad, node], changed(node, { inputs, attributes }));
    return true;
  },
};

/** Pooling over a whole image, with what drops the two axes of one pixel that are left. */
export const flattenedHeads: Pattern = {
  name: 'pooling and flattening',
  apply(list, node) {
    if (!['Flatten', 'Reshape', 'Squeeze'].includes(node.operator) || node.domain !== '') return false;
    const pool = list.inner(node.inputs[0], 'GlobalAveragePool', 'ReduceMean');
    const [n, c, h, w] = pool ? list.shape(pool.outputs[0]) : [];
    if (!pool || list.shape(node.inputs[0]).length !== 4 || h !== 1 || w !== 1) return false;
    if (`${list.shape(node.outputs[0])}` !== `${[n, c]}` || list.shape(pool.inputs[0])[1] !== c) return false;
    list.replace([pool, node], changed(node, { operator: 'PooledMean', domain: ownDomain, inputs: [pool.inputs[0]] }));
    return true;
  },
};
