import { requireInteger, requireNumber } from '../checks.js';
import { type MeanWithInterval, meanWithInterval } from '../evaluation/metrics/meanInterval.js';
import type { ModelDefinition } from '../models/index.js';
import type { Weights } from '../nn/index.js';
import { Random } from '../random.js';
import type { ClassActivationMap } from './heatmap.js';
import { rankCorrelation } from './rankCorrelation.js';

/** How much of a network is randomised. */
export interface RandomisedPart {
  /** Share of the network's stages, from the head backwards, (0, 1]; the head itself always. */
  readonly share: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Weights of the same network that know nothing any more: the numbers of every tensor shuffled within it, so that they keep their size and spread in any
 * network, those with batch norm folded into convolutions included.
 * @throws LesionlabError kind `usage` for a share that is none
 */
export function randomiseWeights(
  { model, weights }: { readonly model: ModelDefinition; readonly weights: Weights },
  { share, seed = 0 }: RandomisedPart,
): Weights {
  requireNumber('share', share, { above: 0, max: 1 });
  const { stages, classifier } = model;
  const count = Math.max(1, Math.round(share * stages.length));
  const beginnings = [...classifier, ...stages.slice(-count)];
  const isChosen = (name: string) =>
    share === 1 || beginnings.some((beginning) => name === beginning || name.startsWith(`${beginning}.`));
  return new Map(
    [...weights].map(([name, tensor]) => {
      if (!isChosen(name)) return [name, tensor] as const;
      const random = new Random(seed, 'randomised-weights', name);
      return [name, { ...tensor, data: random.shuffle(tensor.data.slice()) }] as const;
    }),
  );
}

/** How like the trained network's maps are those of the same network with part of its weights randomised. */
export interface RandomisationLevel {
  /** Share of the network's stages that were randomised, from the head backwards. */
  readonly share: number;
  /** Mean rank correlation (Spearman) of the two maps of an image, over images in which both have heat. */
  readonly correlation: MeanWithInterval;
  /** Images in which the randomised network's map was empty. */
  readonly emptyMaps: number;
}

/** How `checkRandomisation` goes on. */
export interface RandomisationOptions {
  /** Of each image, for the intervals. */
  readonly lesionIds: readonly string[];
  /** Steps in which the network is randomised, from the head to all of it; 1 for all at once. Default 1. */
  readonly levels?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Of each interval. Default 2,000. */
  readonly resamples?: number;
}

/**
 * Whether maps hang on what the network learned (Adebayo et al. 2018): its weights are randomised, from the head backwards, and the maps compared. A
 * method whose maps stay alike shows the image or the architecture, not what was learned.
 * @param maps [N], of the network as it is
 * @param mapsWhere makes the same maps with the weights that `randomise` makes of a network's
 * @throws LesionlabError kind `usage` for a number of levels that is none
 */
export async function checkRandomisation(
  maps: readonly ClassActivationMap[],
  mapsWhere: (
    randomise: (network: Parameters<typeof randomiseWeights>[0]) => Weights,
  ) => Promise<readonly ClassActivationMap[]>,
  { lesionIds, levels = 1, seed = 0, resamples }: RandomisationOptions,
): Promise<RandomisationLevel[]> {
  requireInteger('levels', levels, { min: 1 });
  const found: RandomisationLevel[] = [];
  for (let level = 1; level <= levels; level++) {
    const share = level / levels;
    const others = await mapsWhere((network) => randomiseWeights(network, { share, seed }));
    const correlations = maps.map((map, i) =>
      map.empty || others[i].empty ? Number.NaN : rankCorrelation(map.values, others[i].values),
    );
    found.push({
      share,
      correlation: meanWithInterval(correlations, lesionIds, { seed, resamples }),
      emptyMaps: others.filter(({ empty }) => empty).length,
    });
  }
  return found;
}
