import type { ModelDefinition } from '../../models/index.js';
import type { Weights } from '../../nn/index.js';
import type { OpenOptions, Runtime } from '../../runtime/index.js';
import type { BaselineOptions } from '../baseline.js';
import type { ClassActivationMap } from '../heatmap.js';
import type { MapReading } from '../mapLayout.js';

/** Ways to ask a network what in an image spoke for a class. */
export type ExplanationMethod = 'grad-cam' | 'hirescam' | 'integrated-gradients' | 'occlusion';

/** A network, and how it is asked. */
export interface ExplainerOptions extends BaselineOptions {
  readonly model: ModelDefinition;
  readonly weights: Weights;
  readonly classCount: number;
  /** Side of the input, pixels. */
  readonly imageSize: number;
  /** Images that go through the network at a time. Default 8. */
  readonly batchSize?: number;
  /** Grad-CAM and HiResCAM: layer that is looked at; default the model's own choice. */
  readonly layer?: string;
  /** Grad-CAM and HiResCAM: how the layer's output is read as a map, where its shape alone doesn't tell (see `mapLayout`). */
  readonly reading?: MapReading;
  /** Integrated gradients: points on the way from the baseline to the image. Default 50. */
  readonly steps?: number;
  /** Occlusion: parts of a side that the map tells apart. Default 16, or the side of a smaller image. */
  readonly cells?: number;
  /** Occlusion: side of the patch, in cells. Default 3. */
  readonly patch?: number;
}

/** A heat map, with what its method can say of its exactness. */
export interface AttributionMap extends ClassActivationMap {
  /** Of integrated gradients alone: what all places together were credited with, and what they had to be, in units of the logit. */
  readonly completeness?: { readonly attributed: number; readonly difference: number };
}

/** Hears how many of the images are done, parts of one included; what it throws ends the work. */
export type ExplainingProgress = (images: number) => void | Promise<void>;

/** A network that is opened for explaining images by one method. */
export interface NetworkExplainer {
  readonly method: ExplanationMethod;
  /** Layer that is looked at; `input` where the method asks the image itself. */
  readonly layer: string;
  /**
   * Maps what in each image spoke for a class.
   * @param images [N, 3, S, S], normalised, any N @param classIndices [N], the class to explain for each image
   * @returns one map an image
   * @throws LesionlabError kind `run` where the network's numbers aren't finite; kind `usage` where lengths or classes don't fit
   */
  explain(
    images: Float32Array,
    classIndices: ArrayLike<number>,
    onProgress?: ExplainingProgress,
  ): Promise<AttributionMap[]>;
  /** Gives the memory back. */
  close(): Promise<void>;
}

/** A method of explaining: one file of this folder and a line in the registry. */
export interface Explainer {
  readonly id: ExplanationMethod;
  readonly title: string;
  /** What it does, for a list of choices. */
  readonly summary: string;
  /** Paper that describes it. */
  readonly source: string;
  /** Whether it looks at a layer's output, at the cost of one pass, or changes the image and takes many. */
  readonly looksAt: 'layer' | 'input';
  /** Whether it takes the network's gradients; without, it works for whatever predicts. */
  readonly needsGradients: boolean;
  /** Whether its maps are clouds of single points, which the eye needs summed up (see `coarsenHeatMap`). */
  readonly grainy: boolean;
  /** @throws LesionlabError kind `usage` for options that don't fit; kind `run` where the device can't run the graph */
  open(runtime: Runtime, options: ExplainerOptions, open?: OpenOptions): Promise<NetworkExplainer>;
}
