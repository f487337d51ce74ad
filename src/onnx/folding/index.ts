import type { NodeCall } from '../geometry/nodeCall.js';
import type { Constant } from '../mirror/tensorTypes.js';
import { arithmetic } from './arithmetic.js';
import { arrangement } from './arrangement.js';
import type { Fold } from './fold.js';
import { gathering } from './gathering.js';
import { generation } from './generation.js';
import { quantisation } from './quantisation.js';
import { reduction } from './reduction.js';

const folds = new Map<string, Fold>(
  [arithmetic, arrangement, gathering, generation, quantisation, reduction].flatMap((group) => Object.entries(group)),
);

/** Operators of ONNX's own domain that are computed while a file is read, where all that they take is known. */
export const foldedOperators: readonly string[] = [...folds.keys()];

/** Whether a node can be computed while the file is read. */
export const canFold = ({ operator, domain }: { operator: string; domain: string }): boolean =>
  domain === '' && folds.has(operator);

/** What a node gives of constants, in the order of its outputs. @throws Refusal where it can't be computed */
export function foldNode(call: NodeCall): readonly Constant[] {
  const fold = folds.get(call.node.operator);
  if (!fold || call.node.domain !== '') throw new Error(`${call.node.operator} is not folded`);
  const found = fold(call);
  return 'type' in found ? [found] : found;
}
