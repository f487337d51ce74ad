import type { Weights } from '../../nn/index.js';
import type { Progress } from '../../progress.js';

import { describeNetwork, initialWeights, type NetworkSize } from '../initialWeights.js';
import { describeFit } from './describeFit.js';
import { fitWeights } from './fitWeights.js';
import type { WeightFile } from './weightFile.js';

/** What is drawn where a file has nothing, and who hears of it. */
export interface InitialWeightsOptions {
  /** Of the weights that the file lacks. Default 0. */
  readonly seed?: number;
  /** Is told what was taken from the file and what was not. */
  readonly progress?: Progress;
}

/**
 * Weights to begin a training with, from a file's. What the file lacks, and a classifier for another number of classes, begins at
 * random.
 * @throws LesionlabError kind `run` that names the file where it doesn't fit the network
 */
export function takeInitialWeights(
  file: WeightFile,
  network: NetworkSize,
  { seed = 0, progress }: InitialWeightsOptions = {},
): Weights {
  const { weights, report } = fitWeights(file, describeNetwork(network).tensors, network.model);
  for (const line of [...describeFit(report).split('\n'), ...file.notes]) progress?.note(line);
  return new Map([...initialWeights(network, seed), ...weights]);
}
