import { normaliseImage } from '../../data/augmentation/batches.js';
import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import { interruptedError, runError } from '../../errors.js';
import {
  type ActivationMapMethod,
  type ClassActivationMap,
  combineHeatMaps,
  type GradCam,
  openGradCam,
} from '../../explain/index.js';
import { type Fitting, viewKey } from '../../image/index.js';
import type { Weights } from '../../nn/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { StepContext } from '../machine/stepContext.js';
import type { ModelMember } from '../run/runModel.js';
import { pause } from './predictRecords.js';

export interface HeatMapOptions {
  /** Convolution to look at; default the model's own choice. */
  readonly layer?: string;
  /** Default `grad-cam`. */
  readonly method?: ActivationMapMethod;
  /** Images that go through a network at a time. Default 8. */
  readonly batchSize?: number;
}

/** An image to explain. */
export interface ImageToExplain {
  /** Class that the map is to speak for. */
  readonly classIndex: number;
  /** Its RGB bytes, [S, S, 3], as a network of this size takes them. */
  readonly pixels: (fitting: Fitting) => Uint8Array;
}

/** Networks that are opened for looking at a layer. */
export interface HeatMaps {
  /** Of several networks, all of them. */
  readonly layer: string;
  /** One map an image, at the layer's resolution. @throws LesionlabError kind `interrupted` once the signal is aborted */
  explain(images: readonly ImageToExplain[]): Promise<ClassActivationMap[]>;
  close(): Promise<void>;
}

interface OpenMember {
  readonly gradCam: GradCam;
  readonly preprocessing: Preprocessing;
  readonly weight: number;
}

/**
 * Opens every network of a run's model for class activation maps; the maps of several networks are combined by `combineHeatMaps`.
 * @param weightsOf the weights to look at, where they aren't the checkpoint's
 * @throws LesionlabError kind `usage` where a network has no such layer; kind `run` where networks see other parts of an image
 */
export async function openHeatMaps(
  { threads, device, signal }: Pick<StepContext, 'threads' | 'device' | 'signal'>,
  members: readonly ModelMember[],
  options: HeatMapOptions,
  weightsOf: (member: ModelMember) => Promise<Weights> = async ({ checkpoint }) => checkpoint.weights,
): Promise<HeatMaps> {
  requireOneView(members);
  const opened: OpenMember[] = [];
  const close = async () => {
    for (const { gradCam } of opened) await gradCam.close();
  };
  try {
    for (const member of members) {
      const { weight } = member;
      const { model, config } = member.checkpoint;
      const { preprocessing } = config;
      const size = { model, classCount: config.data.classes.length, imageSize: preprocessing.imageSize };
      const weights = await weightsOf(member);
      const gradCam = await openGradCam(nodeRuntime, { ...size, ...options, weights }, { device, threads });
      opened.push({ gradCam, preprocessing, weight });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    layer: [...new Set(opened.map(({ gradCam }) => gradCam.layer))].join(', '),
    async explain(images) {
      const found: ClassActivationMap[][] = [];
      for (const member of opened) {
        await pause();
        if (signal.aborted) throw interruptedError('Interrupted while images were explained; nothing was written.');
        found.push(await explainWith(member, images));
      }
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
function requireOneView(members: readonly ModelMember[]): void {
  const [first, ...others] = members;
  const viewOf = ({ checkpoint }: ModelMember) => viewKey(checkpoint.config.preprocessing);
  const other = others.find((member) => viewOf(member) !== viewOf(first));
  if (!other) return;
  throw runError(
    'ensemble-fits',
    `${first.folder.path} was trained with --fit ${viewOf(first)}, ${other.folder.path} with --fit ${viewOf(other)}: their heat maps are of different parts of an image.`,
    { hint: 'Explain the members one by one, or make an ensemble of networks with the same --fit.' },
  );
}

async function explainWith(
  { gradCam, preprocessing }: OpenMember,
  images: readonly ImageToExplain[],
): Promise<ClassActivationMap[]> {
  const values = preprocessing.imageSize ** 2 * 3;
  const batch = new Float32Array(images.length * values);
  for (const [i, { pixels }] of images.entries())
    normaliseImage(pixels(preprocessing), preprocessing, batch, i * values);
  return gradCam.explain(
    batch,
    images.map(({ classIndex }) => classIndex),
  );
}
