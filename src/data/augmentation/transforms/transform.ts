import type { z } from 'zod';
import type { Homography } from '../../../image/homography.js';
import type { Random } from '../../../random.js';

/** Sides of pictures, in pixels. */
export interface Frame {
  /** Of the prepared image. */
  readonly size: number;
  /** Of what the network sees in training. */
  readonly target: number;
}

/** The picture that a transform changes: red, green and blue, three planes of `size` x `size` values in [0, 1] from `offset` on. */
export interface Planes {
  readonly values: Float32Array;
  readonly offset: number;
  readonly size: number;
}

type Settings<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;

/** A way to vary training images: one file of this folder, one line in `registry.ts`. */
export interface Transform<Name extends string, Shape extends z.ZodRawShape, Parameters> {
  /** Of what it draws. */
  readonly name: Name;
  /** For readers. */
  readonly title: string;
  /** What it does and what for, in plain words. */
  readonly about: string;
  /** Whose definition holds. */
  readonly source: string;
  /** What a recipe says of it, under `augmentation`. */
  readonly settings: Shape;
  /** Settings that are a smallest and a largest value. */
  readonly ranges?: readonly string[];
  /** What it does by these settings, for a list: `turned by up to 60°`; none where it is off. */
  words(settings: Settings<Shape>): readonly string[];
  /**
   * Draws what is done to one image in one epoch; null where nothing is. Whatever the settings are, it takes as many numbers, where the first
   * version of lesionlab had it (`sharesStream`): these came out of one stream, and a part that is switched off must not change the others.
   */
  draw(settings: Settings<Shape>, frame: Frame, random: Random): Parameters | null;
  readonly sharesStream?: true;
  /** Where the picture's points come from, for a picture of `size`; undefined where there is no such map. All maps of an image are put together before it is drawn. */
  map?(parameters: Parameters, size: number): Homography | undefined;
  /** Whether each pixel falls onto a pixel. */
  readonly movesWholePixels?: true;
  /** Changes pixels in place, after all maps. */
  change?(picture: Planes, parameters: Parameters): void;
  /** Whether it changes the picture after colours are normalised, when 0 is the mean. */
  readonly afterNormalisation?: true;
  /** What TrivialAugment may do by it: parameters for a strength in [0, 1], a direction of -1 or 1, and a seed where more is drawn. */
  readonly strengths?: readonly ((strength: number, direction: number, frame: Frame, seed: number) => Parameters)[];
}

/** What is done to an image by one transform. */
export interface Drawn {
  /** Of the transform. */
  readonly name: string;
  /** As its `draw` gives them. */
  readonly parameters: unknown;
}

/** Says which types belong together. */
export const transform = <Name extends string, Shape extends z.ZodRawShape, Parameters>(
  definition: Transform<Name, Shape, Parameters>,
): Transform<Name, Shape, Parameters> => definition;
