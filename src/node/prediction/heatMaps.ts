import { normaliseImage } from '../../data/augmentation/batches.js';
import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import { interruptedError, runError } from '../../errors.js';
import { combineHeatMaps } from '../../explain/combineHeatMaps.js';
import type { AttributionMap, ExplainingProgress, NetworkExplainer } from '../../explain/explainers/explainer.js';
import { type ExplainNetworkOptions, openNetworkExplainer } from '../../explain/explainers/registry.js';
import { type Fitting, viewKey } from '../../image/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { StepContext } from '../machine/stepContext.js';
import type { ExplainedNetwork } from './explainedNetwork.js';
import { pause } from './predictionBatches.js';

/** How networks are asked: by which method, at which layer, from which baseline, and how many images at a time. */
export type HeatMapOptions = Pick<ExplainNetworkOptions, 'method' | 'layer' | 'baseline' | 'batchSize'>;

/** An image to explain. */
export interface ImageToExplain {
  /** Class that the map is to speak for. */
  readonly classIndex: number;
  /** Its RGB bytes, [S, S, 3], as a network of this size takes them. */
  readonly pixels: (fitting: Fitting) => Uint8Array;
}

/** Networks that are opened for explaining. */
export interface HeatMaps {
  /** Of several networks, all of them; `input` where the image itself is asked. */
  readonly layer: string;
  /**
   * One map an image, at the method's resolution. @param onProgress hears how many of the images are done
   * @throws LesionlabError kind `interrupted` once the signal is aborted
   */
  explain(images: readonly ImageToExplain[], onProgress?: ExplainingProgress): Promise<AttributionMap[]>;
  close(): Promise<void>;
}

interface OpenMember {
  readonly explainer: NetworkExplainer;
  readonly preprocessing: Preprocessing;
  readonly weight: number;
}

/**
 * Opens every network of a model for heat maps; the maps of several networks are combined by `combineHeatMaps`.
 * @throws LesionlabError kind `usage` where a network has no such layer; kind `run` where networks see other parts of an image
 */
export async function openHeatMaps(
  { threads, device, signal }: Pick<StepContext, 'threads' | 'device' | 'signal'>,
  networks: readonly ExplainedNetwork[],
  options: HeatMapOptions,
): Promise<HeatMaps> {
  requireOneView(networks);
  const opened: OpenMember[] = [];
  const close = async () => {
    for (const { explainer } of opened) await explainer.close();
  };
  try {
    for (const { model, weights, classCount, preprocessing, weight } of networks) {
      const size = { model, classCount, imageSize: preprocessing.imageSize };
      const asked = { ...size, ...options, weights, normalisation: preprocessing };
      const explainer = await openNetworkExplainer(nodeRuntime, asked, { device, threads });
      opened.push({ explainer, preprocessing, weight });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    layer: [...new Set(opened.map(({ explainer }) => explainer.layer))].join(', '),
    async explain(images, onProgress) {
      const found: AttributionMap[][] = [];
      const lookUp = async () => {
        await pause();
        requireGoingOn(signal);
      };
      for (const { explainer, preprocessing } of opened) {
        await lookUp();
        const maps = await explainer.explain(
          normaliseImages(preprocessing, images),
          images.map(({ classIndex }) => classIndex),
          async (done) => {
            await onProgress?.((found.length * images.length + done) / opened.length);
            await lookUp();
          },
        );
        found.push(maps);
      }
      if (found.length === 1) return found[0];
      const weights = opened.map(({ weight }) => weight);
      return images.map((_, i) =>
        combineHeatMaps(
          found.map((maps) => maps[i]),
          weights,
        ),
      );
    },
    close,
  };
}

/** @throws LesionlabError kind `run` where one network sees the whole image and another its middle: their maps lie on different things */
function requireOneView(networks: readonly ExplainedNetwork[]): void {
  const [first, ...others] = networks;
  const viewOf = ({ preprocessing }: ExplainedNetwork) => viewKey(preprocessing);
  const other = others.find((network) => viewOf(network) !== viewOf(first));
  if (!other) return;
  throw runError(
    'ensemble-fits',
    `${first.name} was trained with --fit ${viewOf(first)}, ${other.name} with --fit ${viewOf(other)}: their heat maps are of different parts of an image.`,
    { hint: 'Explain the members one by one, or make an ensemble of networks with the same --fit.' },
  );
}

/** @throws LesionlabError kind `interrupted` once the signal is aborted */
export function requireGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw interruptedError('Interrupted while images were explained; nothing was written.');
}

/** [N, 3, S, S] as a network with this preprocessing takes it. */
export function normaliseImages(preprocessing: Preprocessing, images: readonly ImageToExplain[]): Float32Array {
  const values = preprocessing.imageSize ** 2 * 3;
  const batch = new Float32Array(images.length * values);
  for (const [i, { pixels }] of images.entries())
    normaliseImage(pixels(preprocessing), preprocessing, batch, i * values);
  return batch;
}
