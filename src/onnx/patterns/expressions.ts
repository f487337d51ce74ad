import type { OnnxNode } from '../mirror/model.js';
import type { NodeList } from './nodeList.js';

/** A product of tensors and a number, through multiplications and divisions that nobody else uses. */
export interface Product {
  readonly factor: number;
  readonly tensors: readonly string[];
  readonly nodes: readonly OnnxNode[];
}

/** A node as a product: `(x * 0.5) * y` has the factor 0.5 and the tensors x and y, in whatever order it is written. */
export function productOf(list: NodeList, node: OnnxNode): Product {
  let factor = 1;
  const tensors: string[] = [];
  const nodes: OnnxNode[] = [node];
  const take = (name: string, divide: boolean) => {
    const number = list.scalar(name);
    if (number !== undefined) factor *= divide ? 1 / number : number;
    else {
      const inner = divide ? undefined : list.inner(name, 'Mul', 'Div');
      if (inner && isProduct(list, inner)) {
        nodes.push(inner);
        inner.inputs.forEach((input, i) => {
          take(input, inner.operator === 'Div' && i === 1);
        });
      } else tensors.push(name);
    }
  };
  node.inputs.forEach((input, i) => {
    take(input, node.operator === 'Div' && i === 1);
  });
  return { factor, tensors, nodes };
}

/** A multiplication, or a division by a number. */
export const isProduct = (list: NodeList, { operator, inputs }: OnnxNode): boolean =>
  operator === 'Mul' || (operator === 'Div' && list.scalar(inputs[1]) !== undefined);

/** A sum of powers of one tensor: coefficients from the constant on. */
export interface Polynomial {
  readonly coefficients: readonly number[];
  readonly nodes: readonly OnnxNode[];
}

const highest = 3;

/** A tensor as a polynomial of x, through sums, products and powers that stand within it; undefined where it is none. */
export function polynomialOf(list: NodeList, name: string, x: string, depth = 8): Polynomial | undefined {
  if (name === x) return { coefficients: [0, 1], nodes: [] };
  const number = list.scalar(name);
  if (number !== undefined) return { coefficients: [number], nodes: [] };
  const node = list.producer(name);
  if (!node || depth === 0 || node.domain !== '') return undefined;
  const parts = node.inputs.map((input) => polynomialOf(list, input, x, depth - 1));
  const [a, b] = parts;
  if (!a || !b || parts.length !== 2) return undefined;
  const coefficients = combine(node.operator, a.coefficients, b.coefficients);
  return coefficients && { coefficients, nodes: [...a.nodes, ...b.nodes, node] };
}

function combine(operator: string, a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const longest = Math.max(a.length, b.length);
  const joined = (sign: number) => Array.from({ length: longest }, (_, i) => (a[i] ?? 0) + sign * (b[i] ?? 0));
  switch (operator) {
    case 'Add':
      return joined(1);
    case 'Sub':
      return joined(-1);
    case 'Mul':
      return multiply(a, b);
    case 'Div':
      return b.length === 1 ? a.map((coefficient) => coefficient / b[0]) : undefined;
    case 'Pow': {
      if (b.length > 1 || !Number.isInteger(b[0]) || b[0] < 1 || b[0] > highest) return undefined;
      let power: readonly number[] | undefined = a;
      for (let i = 1; i < b[0]; i++) power = power && multiply(power, a);
      return power;
    }
    default:
      return undefined;
  }
}

function multiply(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  if (a.length + b.length - 2 > highest) return undefined;
  const found = new Array<number>(a.length + b.length - 1).fill(0);
  a.forEach((left, i) => {
    b.forEach((right, k) => {
      found[i + k] += left * right;
    });
  });
  return found;
}
