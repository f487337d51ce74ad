import { allImages } from './allImages.js';
import { classBalanced } from './classBalanced.js';
import { lesionFirst } from './lesionFirst.js';
import type { Sampler } from './sampler.js';
import { squareRoot } from './squareRoot.js';

/** Ways to draw the images of an epoch, by the name that a recipe has for them. */
export const samplers = {
  all: allImages,
  'class-balanced': classBalanced,
  'square-root': squareRoot,
  'lesion-first': lesionFirst,
} as const satisfies Readonly<Record<string, Sampler>>;

/** Name of a sampler. */
export type SamplerName = keyof typeof samplers;

/** All names, in the order in which they are listed. */
export const samplerNames = Object.keys(samplers) as [SamplerName, ...SamplerName[]];
