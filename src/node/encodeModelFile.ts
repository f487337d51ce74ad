import * as encode from '../explain/encodeModel.js';
import { packageInfo } from './packageInfo.js';

export { type EncodeModelOptions, sharedAugmentation } from '../explain/encodeModel.js';

type WithoutVersion<F> = F extends (version: string, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

const withVersion = <Rest extends unknown[], Result>(f: (version: string, ...rest: Rest) => Result) =>
  ((...rest: Rest) => f(packageInfo.version, ...rest)) as WithoutVersion<typeof f>;

/** `encodeModel` and its kin with this installation's version of lesionlab. */
export const encodeModelFile = withVersion(encode.encodeModel);
export const encodeInt8ModelFile = withVersion(encode.encodeInt8Model);
export const modelMetadata = withVersion(encode.modelMetadata);
export const int8Metadata = withVersion(encode.int8Metadata);
