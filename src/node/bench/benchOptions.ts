import { usageError } from '../../errors.js';
import { findModel, type ModelDefinition } from '../../models/index.js';
import { addNetworkFile, isNetworkFile } from '../run/networkFile.js';

/** What is measured: which network, on what, for how long. */
export interface BenchOptions {
  /** Model id, or path of an ONNX file. */
  readonly model: string;
  /** Side, pixels. */
  readonly imageSize: number;
  readonly batchSize: number;
  readonly seconds: number;
  readonly threads: number;
  readonly device: 'cpu' | 'webgpu';
  readonly seed: number;
  /** Predict in 8-bit integers. */
  readonly int8?: boolean;
  readonly signal?: AbortSignal;
  /** Begin of the path of onnxruntime's profile, where one is wanted. */
  readonly profilePrefix?: string;
}

/** HAM10000's. */
export const benchClassCount = 7;

/** @throws LesionlabError kind `usage` where integers are asked for and there is no such thing */
export function checkInt8(
  kind: 'train' | 'predict',
  { int8, device, model }: Pick<BenchOptions, 'int8' | 'device' | 'model'>,
): void {
  if (int8 && isNetworkFile(model))
    throw usageError('int8-file', `A file predicts as it is: --int8 is for networks by name, found ${model}.`);
  if (int8 && kind === 'train')
    throw usageError('int8-training', 'Training computes in floats: --int8 is for prediction.', {
      hint: 'Measure `lesionlab bench predict --int8`, or compare with `lesionlab bench --step predict --int8`.',
    });
  if (int8 && device !== 'cpu')
    throw usageError('int8-device', `8-bit integers run on the CPU only, found --device ${device}.`);
}

/**
 * The network to measure; a file's with a new last layer.
 * @throws LesionlabError kind `usage` for a model that doesn't exist, or images of a size that it doesn't take; kind `run` for a file that is no
 *   classifier
 */
export async function benchModel({
  model: named,
  imageSize,
}: Pick<BenchOptions, 'model' | 'imageSize'>): Promise<ModelDefinition> {
  // The images are noise: how it wants them doesn't matter.
  const model = isNetworkFile(named)
    ? await addNetworkFile(named, {}, { imageSize, fit: 'squash' }, { note() {} })
    : findModel(named);
  requireImageSize(model.title, imageSize, model.onlyImageSize);
  if (imageSize < model.smallestImageSize) {
    throw usageError(
      'image-size',
      `${model.title} needs images of at least ${model.smallestImageSize} px, found --image-size ${imageSize}`,
    );
  }
  return model;
}

/** @param only the one side that a network takes @throws LesionlabError kind `usage` */
export function requireImageSize(title: string, imageSize: number, only: number | undefined): void {
  if (only !== undefined && imageSize !== only)
    throw usageError('image-size', `${title} takes images of ${only} px only, found --image-size ${imageSize}`);
}
