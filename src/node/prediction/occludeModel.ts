import { occludeImages } from '../../explain/explainers/occlusion.js';
import type { StepContext } from '../machine/stepContext.js';
import { type HeatMapOptions, type HeatMaps, normaliseImages, requireGoingOn } from './heatMaps.js';
import type { OpenModel } from './openModel.js';
import { pause } from './predictionBatches.js';

/** Occlusion of an opened model that has one network, by its answers alone: whatever the runtime runs can be asked so. */
export function occludeModel(
  { signal }: Pick<StepContext, 'signal'>,
  { networks }: Pick<OpenModel, 'networks'>,
  options: HeatMapOptions,
): HeatMaps {
  const [{ classifier, preprocessing }] = networks;
  return {
    layer: 'input',
    explain: (images, onProgress) =>
      occludeImages(
        classifier,
        normaliseImages(preprocessing, images),
        images.map(({ classIndex }) => classIndex),
        { ...options, imageSize: preprocessing.imageSize, normalisation: preprocessing },
        async (done) => {
          await onProgress?.(done);
          await pause();
          requireGoingOn(signal);
        },
      ),
    // The model is its opener's to close.
    close: async () => {},
  };
}
