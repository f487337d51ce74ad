import { usageError } from '../../errors.js';
import { findModel, type ModelDefinition } from '../../models/index.js';

/** What is measured: which network, on what, for how long. */
export interface BenchOptions {
  /** Model id. */
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
export function checkInt8(kind: 'train' | 'predict', { int8, device }: Pick<BenchOptions, 'int8' | 'device'>): void {
  if (int8 && kind === 'train')
    throw usageError('int8-training', 'Training computes in floats: --int8 is for prediction.', {
      hint: 'Measure `lesionlab bench predict --int8`, or compare with `lesionlab bench --step predict --int8`.',
    });
  if (int8 && device !== 'cpu')
    throw usageError('int8-device', `8-bit integers run on the CPU only, found --device ${device}.`);
}

/** @throws LesionlabError kind `usage` for a model that doesn't exist or images too small for it */
export function benchModel({ model: id, imageSize }: Pick<BenchOptions, 'model' | 'imageSize'>): ModelDefinition {
  const model = findModel(id);
  if (imageSize < model.smallestImageSize) {
    throw usageError(
      'image-size',
      `${model.title} needs images of at least ${model.smallestImageSize} px, found --image-size ${imageSize}`,
    );
  }
  return model;
}
