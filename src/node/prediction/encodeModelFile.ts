import * as encode from '../../explain/encodeModel.js';
import { packageInfo } from '../machine/packageInfo.js';

export { type EncodeModelOptions, sharedAugmentation } from '../../explain/encodeModel.js';

const withVersion =
  <Rest extends unknown[], Result>(encodeFor: (version: string, ...rest: Rest) => Result) =>
  (...rest: Rest): Result =>
    encodeFor(packageInfo.version, ...rest);

/** `encodeModel` and its kin with this installation's version of lesionlab. */
export const encodeModelFile = withVersion(encode.encodeModel);
export const encodeInt8ModelFile = withVersion(encode.encodeInt8Model);
export const modelMetadata = withVersion(encode.modelMetadata);
export const int8Metadata = withVersion(encode.int8Metadata);
