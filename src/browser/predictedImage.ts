import { requireInteger, unexpected } from '../checks.js';
import type { ForeignPreprocessing } from '../data/preparation/foreignPreprocessing.js';
import type { MetadataEncoding } from '../data/preparation/metadataInput.js';
import type { Preprocessing } from '../data/preparation/preprocessing.js';
import type { ExportedModel } from '../evaluation/answers/exportedModel.js';
import type { AnswerKnowledge, ImageAnswer } from '../evaluation/answers/imageAnswer.js';
import { type ClassActivationMap, scaleHeatMap } from '../explain/heatmap.js';
import type { Raster } from '../image/raster.js';
import type { Ability } from '../models/foreign/ability.js';
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
  /** What it is told of an image beside its pixels; undefined where nothing. */
  readonly metadataInput?: MetadataEncoding;
  /** Undefined where the file computes no heat maps. */
  readonly heatMapLayer?: string;
  /** Name of the data that it was trained on; undefined where the file doesn't say. */
  readonly dataName?: string;
  readonly device: ComputeDevice;
  /** Why it is not the device that was asked for. */
  readonly deviceNote?: string;
  /** Of somebody else's model: where all that is from, and what lesionlab can do with it. Undefined for a model that lesionlab exported. */
  readonly foreign?: ForeignDetails;
}

/** What is known of somebody else's model beside its numbers. */
export interface ForeignDetails {
  /** Where each value of `preprocessing` is from: `preprocessor_config.json: image_mean`. */
  readonly sources: ForeignPreprocessing['sources'];
  /** Where the names of its classes are from. */
  readonly classNames: string;
  /** Output that gives its classes. */
  readonly output: string;
  readonly abilities: {
    readonly heatMaps: Ability;
    readonly trainHead: Ability;
    readonly fineTune: Ability;
  };
}

/** Where evidence for classes was found: [M, H, W], at least 0, in units of the class score. */
export interface ClassHeat {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
  /** Indices of the classes that the maps are of, the most probable first. Left out where every class has one, in their order. */
  readonly classes?: readonly number[];
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

/**
 * The heat map of one class, in [0, 1], over what the network saw.
 * @param classIndex from 0, in the order of the probabilities
 * @throws LesionlabError kind `usage` for a class that has no map
 */
export function heatOfClass({ width, height, values, classes }: ClassHeat, classIndex: number): ClassActivationMap {
  const size = width * height;
  requireInteger('classIndex', classIndex, { min: 0, max: classes ? undefined : values.length / size - 1 });
  const place = classes ? classes.indexOf(classIndex) : classIndex;
  if (place < 0) throw unexpected('classIndex', 'a class that has a heat map: one of `heat.classes`', classIndex);
  return scaleHeatMap(values.subarray(place * size, (place + 1) * size), width, height);
}
