/** ONNX files of any origin, read as differentiable graphs. */
import type { ExternalFiles } from '../graph/index.js';
import { readModel } from './mirror/readModel.js';
import { ForeignNetwork } from './network.js';

export { foldedOperators } from './folding/index.js';
export type { OnnxPort } from './mirror/model.js';
export { readVersions } from './mirror/readModel.js';
export type { Constant, TensorArray, TensorType } from './mirror/tensorTypes.js';
export type { AppendOptions, BuiltNetwork, NetworkLayer } from './network.js';
export { ForeignNetwork } from './network.js';
export type { NetworkInput } from './networkInput.js';
export { firstVersions, onnxOperators } from './operators/index.js';
export type { OnnxOperator } from './operators/operatorCall.js';
export { patterns } from './patterns/index.js';
export type { Pattern } from './patterns/pattern.js';
export type { OperatorRefusal } from './refusals.js';

/**
 * Reads a network from the bytes of an ONNX file, whoever wrote it.
 * @param options name of the file, for messages; contents of the files that its weights lie in, by name, where they aren't in the file itself
 * @throws LesionlabError kind `run` where the bytes are no ONNX model, are cut off, are of a version that isn't read, or lack a file
 */
export function readNetwork(
  bytes: Uint8Array,
  options: { readonly name?: string; readonly files?: ExternalFiles } = {},
): ForeignNetwork {
  return new ForeignNetwork(readModel(bytes, options.name ?? 'The model', options.files));
}
