import { requireInteger } from '../checks.js';
import type { Preprocessing } from '../data/preparation/preprocessing.js';
import type { ExportedModel } from '../evaluation/answers/exportedModel.js';
import type { AnswerKnowledge, ImageAnswer } from '../evaluation/answers/imageAnswer.js';
import { type ClassActivationMap, scaleHeatMap } from '../explain/heatmap.js';
import type { Raster } from '../image/raster.js';
import type { ComputeDevice } from './computeDevice.js';

/** What is known of an opened model. */
export interface OpenedModel extends AnswerKnowledge {
  /** Model id, for example `lenet`. */
  readonly id: string;
  readonly preprocessing: Preprocessing;
  readonly testTimeAugmentation: ExportedModel['testTimeAugmentation'];
  /** Trained on images that lesionlab drew itself. */
  readonly synthetic: boolean;
  readonly quantisation?: 'int8';
  /** Undefined where the file computes no heat maps. */
  readonly heatMapLayer?: string;
  /** Name of the data that it was trained on; undefined where the file doesn't say. */
  readonly dataName?: string;
  readonly device: ComputeDevice;
  /** Why it is not the device that was asked for. */
  readonly deviceNote?: string;
}

/** Where evidence for each class was found: [K, H, W], at least 0, in units of the class score. */
export interface ClassHeat {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** What a model says about an image. */
export interface PredictedImage extends ImageAnswer {
  /** Pixels of the image. */
  readonly width: number;
  readonly height: number;
  /** Time for the network alone, all views together. */
  readonly milliseconds: number;
  /** RGB pixels of the square that the network saw. */
  readonly seen: Raster;
  /** Where it was asked for and the model computes it; see `heatOfClass`. */
  readonly heat: ClassHeat | null;
}

/** The heat map of one class, in [0, 1], over what the network saw. @param classIndex from 0, in the order of the probabilities */
export function heatOfClass({ width, height, values }: ClassHeat, classIndex: number): ClassActivationMap {
  const size = width * height;
  requireInteger('classIndex', classIndex, { min: 0, max: values.length / size - 1 });
  return scaleHeatMap(values.subarray(classIndex * size, (classIndex + 1) * size), width, height);
}
