import { activations } from './activations.js';
import { arithmetic } from './arithmetic.js';
import { arrangement } from './arrangement.js';
import { onnxAttention } from './attention.js';
import { byPlaces } from './byPlaces.js';
import { channelNorms } from './channelNorms.js';
import { contrib } from './contrib.js';
import { fusedConv, onnxConv } from './conv.js';
import { einsum } from './einsum.js';
import { elementwise } from './elementwise.js';
import { norms } from './norms.js';
import type { OnnxOperator } from './operatorCall.js';
import { passing } from './passing.js';
import { pooling } from './pooling.js';
import { products } from './products.js';
import { recognised } from './recognised.js';
import { reductions } from './reductions.js';
import { resizing } from './resize.js';
import { softmaxes } from './softmax.js';
import { withoutGradient } from './withoutGradient.js';

/** ONNX's operators that are taken over into a graph, in the order of docs/operators.md; whoever adds one adds a line here. */
export const onnxOperators: readonly OnnxOperator[] = [
  onnxConv,
  ...pooling,
  ...elementwise,
  ...activations,
  ...arithmetic,
  ...products,
  einsum,
  ...softmaxes,
  onnxAttention,
  ...norms,
  ...channelNorms,
  ...reductions,
  ...arrangement,
  ...byPlaces,
  ...resizing,
  ...passing,
  ...withoutGradient,
  fusedConv,
  ...contrib,
];

/** The opset that brought an operator, where it is newer than the oldest that is read. */
export const firstVersions: Readonly<Record<string, number>> = {
  Attention: 23,
  CastLike: 15,
  Celu: 12,
  Einsum: 12,
  Erf: 9,
  Expand: 8,
  GatherND: 11,
  Gelu: 20,
  GreaterOrEqual: 12,
  GroupNormalization: 18,
  HardSwish: 14,
  IsInf: 10,
  IsNaN: 9,
  LayerNormalization: 17,
  LessOrEqual: 12,
  Mish: 18,
  RMSNormalization: 23,
  Resize: 10,
  Round: 11,
  ScatterND: 11,
  Sign: 9,
  Swish: 24,
  Where: 9,
};

const keyOf = ({ operator, domain = '' }: { operator: string; domain?: string }) => `${domain}:${operator}`;
const byKey = new Map([...onnxOperators, ...recognised].map((rule) => [keyOf(rule), rule]));

/** The rule of an operator; undefined for one that isn't taken over. */
export const findOperator = (node: { readonly operator: string; readonly domain?: string }): OnnxOperator | undefined =>
  byKey.get(keyOf(node));
