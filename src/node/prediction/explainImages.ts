import { normaliseImage } from '../../data/augmentation/batches.js';
import type { ImageRecord } from '../../data/dataset.js';
import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import { interruptedError, runError } from '../../errors.js';
import {
  type ActivationMapMethod,
  type ClassActivationMap,
  combineHeatMaps,
  type GradCam,
  openGradCam,
} from '../../explain/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { PreparedRecords, SizedImages } from '../dataset/sizedImages.js';
import type { StepContext } from '../machine/stepContext.js';
import { loadWeightsBeforeTraining } from '../run/checkpointFile.js';
import type { ModelMember, RunModel } from '../run/runModel.js';
import { pause } from './predictRecords.js';

/** Where the network looks in an image, before and after training. */
export interface ExplainedRecord {
  readonly record: ImageRecord;
  /** Class that is explained. */
  readonly classIndex: number;
  readonly before: ClassActivationMap;
  readonly after: ClassActivationMap;
}

export interface Explainer {
  readonly layer: string;
  /** @param records with the class to explain for each */
  explain(
    records: readonly { readonly record: ImageRecord; readonly classIndex: number }[],
  ): Promise<ExplainedRecord[]>;
  close(): Promise<void>;
}

/**
 * Opens every network of a run's model twice: with the weights that its training began with, and with those that it ended with. The
 * maps of several networks are combined by `combineHeatMaps`.
 * @throws LesionlabError kind `usage` where a network has no such layer; kind `run` where networks see other parts of an image
 */
export async function openExplainer(
  { threads, device, signal }: Pick<StepContext, 'threads' | 'device' | 'signal'>,
  { members }: Pick<RunModel, 'members'>,
  data: SizedImages,
  options: { readonly layer?: string; readonly method?: ActivationMapMethod },
): Promise<Explainer> {
  requireOneView(members);
  const opened: OpenMember[] = [];
  const close = async () => {
    for (const { before, after } of opened) {
      await before.close();
      await after.close();
    }
  };
  try {
    for (const member of members) opened.push(await openMember(member, data, options, { device, threads }));
  } catch (error) {
    await close();
    throw error;
  }
  const weights = members.map(({ weight }) => weight);
  return {
    layer: [...new Set(opened.map(({ after }) => after.layer))].join(', '),
    async explain(records) {
      const found: { before: ClassActivationMap[]; after: ClassActivationMap[] }[] = [];
      for (const member of opened) {
        await pause();
        if (signal.aborted) throw interruptedError('Interrupted while images were explained; nothing was written.');
        found.push(await explainWith(member, records));
      }
      return records.map((entry, i) => ({
        ...entry,
        before: combineHeatMaps(
          found.map(({ before }) => before[i]),
          weights,
        ),
        after: combineHeatMaps(
          found.map(({ after }) => after[i]),
          weights,
        ),
      }));
    },
    close,
  };
}

/** @throws LesionlabError kind `run` where one network sees the whole image and another its middle: their maps lie on different things */
function requireOneView(members: RunModel['members']): void {
  const [first, ...others] = members;
  const fitOf = ({ checkpoint }: ModelMember) => checkpoint.config.preprocessing.fit;
  const other = others.find((member) => fitOf(member) !== fitOf(first));
  if (!other) return;
  throw runError(
    'ensemble-fits',
    `${first.folder.path} was trained with --fit ${fitOf(first)}, ${other.folder.path} with --fit ${fitOf(other)}: their heat maps are of different parts of an image.`,
    { hint: 'Explain the members one by one, or make an ensemble of networks with the same --fit.' },
  );
}

interface OpenMember {
  readonly before: GradCam;
  readonly after: GradCam;
  readonly images: PreparedRecords;
  readonly preprocessing: Preprocessing;
}

async function openMember(
  { folder, checkpoint }: ModelMember,
  data: SizedImages,
  options: { readonly layer?: string; readonly method?: ActivationMapMethod },
  open: Pick<StepContext, 'device' | 'threads'>,
): Promise<OpenMember> {
  const { model, weights, config } = checkpoint;
  const { preprocessing } = config;
  const initial = await loadWeightsBeforeTraining(folder);
  const images = await data.sizedFor(preprocessing);
  const size = { model, classCount: config.data.classes.length, imageSize: preprocessing.imageSize };
  const after = await openGradCam(nodeRuntime, { ...size, ...options, weights }, open);
  try {
    const before = await openGradCam(nodeRuntime, { ...size, ...options, weights: initial }, open);
    return { before, after, images, preprocessing };
  } catch (error) {
    await after.close();
    throw error;
  }
}

async function explainWith(
  { before, after, images: { prepared, preparedIndex }, preprocessing }: OpenMember,
  records: Parameters<Explainer['explain']>[0],
): Promise<{ before: ClassActivationMap[]; after: ClassActivationMap[] }> {
  const pixels = new Uint8Array(preprocessing.imageSize ** 2 * 3);
  const images = new Float32Array(records.length * pixels.length);
  for (const [i, { record }] of records.entries()) {
    prepared.read(preparedIndex(record.imageId), pixels);
    normaliseImage(pixels, preprocessing, images, i * pixels.length);
  }
  const classes = records.map(({ classIndex }) => classIndex);
  return { before: await before.explain(images, classes), after: await after.explain(images, classes) };
}
