import type { Attributes } from './attributes.js';
import type { OnnxTensor } from './decodeTensor.js';
import type { TensorType } from './tensorTypes.js';

/** One call of an operator in an ONNX file. */
export interface OnnxNode {
  readonly operator: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** Version of the operators of its domain (the opset). */
  readonly version: number;
  readonly name: string;
  /** Names of tensors; empty where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** An input or output of an ONNX file. */
export interface OnnxPort {
  readonly name: string;
  /** Its element type; `sequence`, `optional` and others that are no tensors by their own names. */
  readonly type: TensorType | (string & {});
  /** A side by its size, by the name that the file has for it, or undefined where the file says nothing; undefined for an unknown rank. */
  readonly shape: readonly (number | string | undefined)[] | undefined;
}

/** The nodes of a network in their order, with its constants. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** Without those that an initializer gives. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** An ONNX file as it is, local functions written out. */
export interface OnnxModel {
  /** Name of the file, for messages. */
  readonly file: string;
  readonly irVersion: number;
  /** Version of ONNX's own operators. */
  readonly opset: number;
  /** Versions of all domains, ONNX's own as the empty one. */
  readonly domains: ReadonlyMap<string, number>;
  readonly producer: { readonly name: string; readonly version: string };
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: OnnxGraph;
}
