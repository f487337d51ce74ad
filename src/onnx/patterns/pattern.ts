import { Attributes } from '../mirror/attributes.js';
import type { OnnxNode } from '../mirror/model.js';
import type { NodeList } from './nodeList.js';

/** A form that exporters write a layer in, and what lesionlab has for it. */
export interface Pattern {
  readonly name: string;
  /** Rewrites the list where the form ends in this node; false where it doesn't. */
  apply(list: NodeList, node: OnnxNode): boolean;
}

/** Domain of layers that ONNX has no operator for. */
export const ownDomain = 'lesionlab';

/** Newest version of ONNX's own operators that patterns are written in. */
const patternVersion = 24;

/** A node in the place of `last`, with its name and output. */
export const makeNode = (
  last: OnnxNode,
  operator: string,
  inputs: readonly string[],
  attributes: Parameters<Attributes['with']>[0] = {},
  domain = '',
): OnnxNode => ({
  operator,
  domain,
  version: domain === '' ? patternVersion : 1,
  name: last.name,
  inputs,
  outputs: [last.outputs[0]],
  attributes: Attributes.of(attributes),
});

/** Whether a number is another one as closely as float32 tells them apart. */
export const isAbout = (found: number | undefined, expected: number): boolean =>
  found !== undefined && Math.abs(found - expected) <= 2e-4 * Math.max(Math.abs(expected), 1e-3);
