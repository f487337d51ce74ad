import type { OnnxNode } from '../mirror/model.js';
import type { NodeList } from './nodeList.js';
import { makeNode, type Pattern } from './pattern.js';

/** Axes of a ReduceMean, from the front. */
function axesOf(list: NodeList, node: OnnxNode): readonly number[] | undefined {
  const rank = list.shape(node.inputs[0]).length;
  const axes = node.attributes.ints('axes') ?? (node.inputs[1] ? list.numbers(node.inputs[1]) : undefined);
  return axes?.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
}

/** First axis of a mean over the last axes, which are kept. */
function lastAxes(list: NodeList, mean: OnnxNode): number | undefined {
  const rank = list.shape(mean.inputs[0]).length;
  const axes = axesOf(list, mean);
  if (!axes || axes.length === 0 || !mean.attributes.flag('keepdims', true)) return undefined;
  return axes.every((axis, i) => axis === rank - axes.length + i) ? axes[0] : undefined;
}

/** What is squared: x of x * x and of x^2. */
function squared(list: NodeList, node: OnnxNode | undefined): string | undefined {
  if (node?.operator === 'Mul' && node.inputs[0] === node.inputs[1]) return node.inputs[0];
  return node?.operator === 'Pow' && list.scalar(node.inputs[1]) === 2 ? node.inputs[0] : undefined;
}

/** x without its mean: the tensor, its mean, the difference. */
function centred(list: NodeList, name: string) {
  const difference = list.producer(name);
  if (difference?.operator !== 'Sub') return undefined;
  const [x, second] = difference.inputs;
  const mean = list.producer(second);
  return mean?.operator === 'ReduceMean' && mean.inputs[0] === x ? { x, mean, difference } : undefined;
}

interface Deviation {
  readonly x: string;
  readonly axis: number;
  readonly epsilon: number;
  readonly mean: OnnxNode;
  readonly nodes: readonly OnnxNode[];
}

/** sqrt(mean((x - mean x)^2) + epsilon), over the last axes. */
function deviationOf(list: NodeList, name: string): Deviation | undefined {
  const root = list.producer(name);
  const power = root?.operator === 'Pow' && list.scalar(root.inputs[1]) === 0.5;
  if (!root || (root.operator !== 'Sqrt' && !power)) return undefined;
  const sum = list.producer(root.inputs[0]);
  if (sum?.operator !== 'Add') return undefined;
  const small = sum.inputs.findIndex((input) => list.scalar(input) !== undefined);
  const variance = list.producer(sum.inputs[1 - small]);
  if (small < 0 || variance?.operator !== 'ReduceMean') return undefined;
  const square = list.producer(variance.inputs[0]);
  const difference = squared(list, square);
  const parts = difference === undefined ? undefined : centred(list, difference);
  const [axis, other] = [lastAxes(list, variance), parts && lastAxes(list, parts.mean)];
  if (!parts || !square || axis === undefined || axis !== other) return undefined;
  const nodes = [root, sum, variance, square, parts.difference, parts.mean];
  return { x: parts.x, axis, epsilon: list.scalar(sum.inputs[small])!, mean: parts.mean, nodes };
}

/** A constant or weight that fits the last axes, for scale and bias. */
function fitsLast(list: NodeList, name: string, shape: readonly number[], axis: number): boolean {
  const facts = list.facts(name);
  return facts !== undefined && `${facts.shape}` === `${shape.slice(axis)}` && !list.producer(name);
}

/** Scale and bias behind a norm, where there are any; `removed` grows. */
function affine(list: NodeList, last: OnnxNode, axis: number, removed: OnnxNode[]) {
  const shape = list.shape(last.outputs[0]);
  const found: string[] = [];
  let node = last;
  for (const operator of ['Mul', 'Add']) {
    const next = list.only(node.outputs[0], operator);
    const weight = next?.inputs.find((name) => name !== node.outputs[0]);
    if (!next || !weight || !fitsLast(list, weight, shape, axis)) break;
    found.push(weight);
    removed.push(next);
    node = next;
  }
  return { weights: found, last: node };
}

/** Layer norm as PyTorch's exporter writes it below opset 17: (x - mean) / sqrt(variance + epsilon), scale, bias. */
export const layerNorms: Pattern = {
  name: 'layer norm written out',
  apply(list, node) {
    if (node.operator !== 'Div' || node.domain !== '') return false;
    const deviation = deviationOf(list, node.inputs[1]);
    const above = centred(list, node.inputs[0]);
    if (!deviation || above?.x !== deviation.x) return false;
    const removed = [...new Set([node, ...deviation.nodes, above.difference, above.mean])];
    const { weights, last } = affine(list, node, deviation.axis, removed);
    if (!removed.every((inner) => inner === last || list.isWithin(inner.outputs[0], removed))) return false;
    const attributes = { axis: deviation.axis, epsilon: { float: deviation.epsilon } };
    list.replace(removed, makeNode(last, 'LayerNormalization', [deviation.x, ...weights], attributes));
    return true;
  },
};

/** Layer norm as Keras computes it: x g + (bias - mean g), with g = scale / sqrt(variance + epsilon). */
export const kerasLayerNorms: Pattern = {
  name: 'layer norm in the form of Keras',
  apply(list, node) {
    if (node.operator !== 'Add' || node.domain !== '') return false;
    for (const [left, right] of [node.inputs, node.inputs.toReversed()]) {
      const [scaled, shift] = [list.inner(left, 'Mul'), list.inner(right, 'Sub')];
      const offset = shift && list.inner(shift.inputs[1], 'Mul');
      if (!scaled || !shift || !offset) continue;
      const factor = offset.inputs.find((name) => scaled.inputs.includes(name));
      const x = scaled.inputs.find((name) => name !== factor);
      const mean = offset.inputs.find((name) => name !== factor);
      if (!factor || !x || !mean) continue;
      const product = list.producer(factor);
      const inverse = [factor, ...(product?.operator === 'Mul' ? product.inputs : [])].find(
        (name) => list.producer(name)?.operator === 'Reciprocal',
      );
      const turned = list.producer(inverse ?? '');
      const deviation = deviationOf(list, turned?.inputs[0] ?? '');
      if (!turned || deviation?.x !== x || deviation.mean.outputs[0] !== mean) continue;
      const scale = inverse === factor ? undefined : product!.inputs.find((name) => name !== inverse);
      const weights = [scale, shift.inputs[0]].filter((name) => name !== undefined);
      if (weights.length < 2 || !weights.every((name) => fitsLast(list, name, list.shape(x), deviation.axis))) continue;
      const removed = [...new Set([node, scaled, shift, offset, product!, turned, ...deviation.nodes])];
      if (!removed.every((inner) => inner === node || list.isWithin(inner.outputs[0], removed))) continue;
      const attributes = { axis: deviation.axis, epsilon: { float: deviation.epsilon } };
      list.replace(removed, makeNode(node, 'LayerNormalization', [x, ...weights], attributes));
      return true;
    }
    return false;
  },
};
