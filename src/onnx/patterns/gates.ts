import type { OnnxNode } from '../mirror/model.js';
import { isProduct, polynomialOf, productOf } from './expressions.js';
import type { NodeList } from './nodeList.js';
import { isAbout, makeNode, type Pattern } from './pattern.js';

/** What a tensor x is multiplied by, as a function of x: the operator that stands for the product. */
interface Gate {
  readonly operator: string;
  readonly attributes: Parameters<typeof makeNode>[3];
  /** Number that the product must have besides. */
  readonly factor: number;
  readonly nodes: readonly OnnxNode[];
}

/** Whether a polynomial has these coefficients. */
function hasCoefficients(found: readonly number[] | undefined, expected: readonly number[]): boolean {
  if (!found) return false;
  const length = Math.max(found.length, expected.length);
  return Array.from({ length }, (_, i) => isAbout(found[i] ?? 0, expected[i] ?? 0)).every(Boolean);
}

const root = Math.sqrt(2 / Math.PI);

/** 1 + erf(x / sqrt 2), or 1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)). */
function geluGate(list: NodeList, name: string, x: string): Gate | undefined {
  const sum = list.inner(name, 'Add');
  if (!sum) return undefined;
  const [one, other] = list.scalar(sum.inputs[0]) === undefined ? sum.inputs.toReversed() : sum.inputs;
  const bend = list.inner(other, 'Erf', 'Tanh');
  if (list.scalar(one) !== 1 || !bend) return undefined;
  const argument = polynomialOf(list, bend.inputs[0], x);
  const expected = bend.operator === 'Erf' ? [0, Math.SQRT1_2] : [0, root, 0, root * 0.044715];
  if (!argument || !hasCoefficients(argument.coefficients, expected)) return undefined;
  const approximate = bend.operator === 'Erf' ? 'none' : 'tanh';
  return { operator: 'Gelu', attributes: { approximate }, factor: 0.5, nodes: [sum, bend, ...argument.nodes] };
}

/** sigmoid(alpha x). */
function swishGate(list: NodeList, name: string, x: string): Gate | undefined {
  const bend = list.inner(name, 'Sigmoid');
  if (!bend) return undefined;
  const argument = polynomialOf(list, bend.inputs[0], x);
  if (argument?.coefficients.length !== 2 || argument.coefficients[0] !== 0) return undefined;
  const attributes = { alpha: { float: argument.coefficients[1] } };
  return { operator: 'Swish', attributes, factor: 1, nodes: [bend, ...argument.nodes] };
}

/** min(max(x + 3, 0), 6), or the hard sigmoid of 1 / 6 and 0.5. */
function hardSwishGate(list: NodeList, name: string, x: string): Gate | undefined {
  const bend = list.inner(name, 'HardSigmoid', 'Clip');
  if (!bend) return undefined;
  const gate = { operator: 'HardSwish', attributes: {} };
  if (bend.operator === 'HardSigmoid') {
    const { attributes } = bend;
    const fits = isAbout(attributes.float('alpha', 0.2), 1 / 6) && isAbout(attributes.float('beta', 0.5), 0.5);
    return fits && bend.inputs[0] === x ? { ...gate, factor: 1, nodes: [bend] } : undefined;
  }
  const argument = polynomialOf(list, bend.inputs[0], x);
  const fits = hasBounds(list, bend, 0, 6) && hasCoefficients(argument?.coefficients, [3, 1]);
  return argument && fits ? { ...gate, factor: 1 / 6, nodes: [bend, ...argument.nodes] } : undefined;
}

/** Whether a Clip has these bounds, in attributes or inputs. */
export function hasBounds(list: NodeList, { attributes, inputs }: OnnxNode, min: number, max: number): boolean {
  const bound = (name: string, i: number) =>
    inputs[i] ? list.scalar(inputs[i]) : attributes.has(name) ? attributes.float(name, 0) : undefined;
  return bound('min', 1) === min && bound('max', 2) === max;
}

const gates = [geluGate, swishGate, hardSwishGate];

/** GELU, SiLU and hard swish, which exporters write as x times a function of x. */
export const gatedActivations: Pattern = {
  name: 'activations that are x times a function of x',
  apply(list, node) {
    if (node.domain !== '' || !isProduct(list, node)) return false;
    const product = productOf(list, node);
    if (product.tensors.length !== 2) return false;
    for (const [x, other] of [product.tensors, product.tensors.toReversed()])
      for (const find of gates) {
        const gate = find(list, other, x);
        if (!gate || !isAbout(product.factor, gate.factor)) continue;
        const removed = [...product.nodes, ...gate.nodes];
        if (!removed.every((inner) => inner === node || list.isWithin(inner.outputs[0], removed))) continue;
        list.replace(removed, makeNode(node, gate.operator, [x], gate.attributes));
        return true;
      }
    return false;
  },
};

/** min(max(x + 3, 0), 6) / 6: a hard sigmoid by itself, as gates over channels have it. */
export const hardSigmoids: Pattern = {
  name: 'hard sigmoid written out',
  apply(list, node) {
    if (node.domain !== '' || !isProduct(list, node)) return false;
    const product = productOf(list, node);
    const bend = product.tensors.length === 1 ? list.inner(product.tensors[0], 'Clip') : undefined;
    if (!bend || !isAbout(product.factor, 1 / 6) || !hasBounds(list, bend, 0, 6)) return false;
    const sum = list.inner(bend.inputs[0], 'Add');
    const x = sum?.inputs.find((name) => list.scalar(name) === undefined);
    if (!sum || !x || !sum.inputs.some((name) => list.scalar(name) === 3)) return false;
    const attributes = { alpha: { float: 1 / 6 }, beta: { float: 0.5 } };
    list.replace([...product.nodes, bend, sum], makeNode(node, 'HardSigmoid', [x], attributes));
    return true;
  },
};
