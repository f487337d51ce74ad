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
  readonly signal?: AbortSignal;
  /** Begin of the path of onnxruntime's profile, where one is wanted. */
  readonly profilePrefix?: string;
}

/** HAM10000's. */
export const benchClassCount = 7;

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
