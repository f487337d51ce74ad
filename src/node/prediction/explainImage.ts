import { readFile } from 'node:fs/promises';
import type { ClassInfo } from '../../data/dataset.js';
import { dataError, usageError } from '../../errors.js';
import { answerImage, type ImageAnswer } from '../../evaluation/answers/imageAnswer.js';
import type { Baseline } from '../../explain/baseline.js';
import type { AttributionMap, ExplanationMethod } from '../../explain/explainers/explainer.js';
import { explainers, requireOwnOptions } from '../../explain/explainers/registry.js';
import { fitImage } from '../../image/fitImage.js';
import { formatNames } from '../../image/formats/registry.js';
import type { Raster } from '../../image/raster.js';
import { requireRaster } from '../../image/requireRaster.js';
import type { ForeignChoices } from '../../models/foreign/readForeign.js';
import { sharpCodec } from '../files/codec.js';
import { createContext, type StepContext } from '../machine/stepContext.js';
import type { CheckpointName } from '../run/checkpointFile.js';
import { openHeatMaps } from './heatMaps.js';
import { askNetworks, fitForNetworks } from './networkAnswers.js';
import { occludeModel } from './occludeModel.js';
import { openModel } from './openModel.js';

/** What is explained, where in the network, and on which device. */
export interface ExplainImageOptions extends Partial<Pick<StepContext, 'threads' | 'device' | 'signal'>> {
  /** Class id that the heat map speaks for; default the model's own answer. */
  readonly explainClass?: string;
  /** Grad-CAM and HiResCAM: layer to look at, for example `layer4.1.conv2`; default the model's own choice. */
  readonly layer?: string;
  /** Default `grad-cam`. */
  readonly method?: ExplanationMethod;
  /** Integrated gradients and occlusion: what stands for an image without evidence. Default `mean`. */
  readonly baseline?: Baseline;
  /** Default `best`. */
  readonly checkpoint?: CheckpointName;
  /** What is said of a network of somebody else, in place of what its files say. */
  readonly network?: ForeignChoices;
}

/** What a run's model says of an image, and where it looked. */
export interface ImageExplanation extends ImageAnswer {
  /** In the order of the probabilities. */
  readonly classes: readonly ClassInfo[];
  /** Class id that the heat map speaks for. */
  readonly explained: string;
  /** Where in `seen` the evidence for it lies: `heat.values` is a Float32Array [H, W] in [0, 1] at the method's resolution. */
  readonly heat: AttributionMap;
  /** Layer that was looked at; of an ensemble, all of them; `input` where the image itself was asked. */
  readonly layer: string;
  readonly method: ExplanationMethod;
  /** RGB pixels of the square that the network saw; of an ensemble, its leading member. */
  readonly seen: Raster;
}

/** A model that explains one image after the other. */
export interface ImageExplainer {
  /**
   * @param image path of a file, the bytes of one, or RGB pixels
   * @throws LesionlabError kind `data` where it is no readable image; kind `usage` for a class that the run doesn't have; kind `interrupted`
   */
  explain(
    image: string | Uint8Array | Raster,
    options?: Pick<ExplainImageOptions, 'explainClass'>,
  ): Promise<ImageExplanation>;
  /** Gives the model's memory back. */
  close(): Promise<void>;
}

/**
 * Where a model looks in an image, as arrays: a heat map of one class by any of the `explainers`, with the model's answer. `overlayHeat` of
 * `lesionlab/image` lays the heat over `seen`; for many images use `openImageExplainer`, which opens the model once.
 * @param run its folder, or an ONNX file: one that `export` wrote, or anybody's classifier @param image path of a file, the bytes of one, or RGB pixels
 * @throws LesionlabError kind `data` where it is no readable image; kind `usage` for a class or layer that the run doesn't have; kind `run` where the
 *   run can't be used; kind `interrupted`
 */
export async function explainImage(
  run: string,
  image: string | Uint8Array | Raster,
  options: ExplainImageOptions = {},
): Promise<ImageExplanation> {
  const explainer = await openImageExplainer(run, options);
  try {
    return await explainer.explain(image);
  } finally {
    await explainer.close();
  }
}

/**
 * Opens a model for `explain`, which does what `explainImage` does; close it afterwards.
 * @throws LesionlabError as `explainImage` does
 */
export async function openImageExplainer(run: string, options: ExplainImageOptions = {}): Promise<ImageExplainer> {
  const { layer, method = 'grad-cam', baseline, checkpoint, network, threads, device, signal } = options;
  requireOwnOptions(method, { layer, baseline });
  const context = createContext({
    ...(threads !== undefined && { threads }),
    ...(device !== undefined && { device }),
    ...(signal !== undefined && { signal }),
  });
  // A single pass for each image where a layer is looked at; else many, of the same image.
  const one = explainers[method].looksAt === 'layer';
  const model = await openModel(context, run, checkpoint, network, one ? 1 : undefined);
  try {
    const { classes } = model;
    const indexOf = (id: string) => findClass(classes, id);
    if (options.explainClass !== undefined) indexOf(options.explainClass);
    const asked = { layer, method, baseline, ...(one && { batchSize: 1 }) };
    // A file that the runtime runs can be occluded whether it has gradients or not.
    const maps =
      model.runModel || explainers[method].needsGradients
        ? await openHeatMaps(context, await model.explainable(), asked)
        : occludeModel(context, model, asked);
    const lead = model.networks.reduce((first, other) => (other.weight > first.weight ? other : first));
    return {
      async explain(image, { explainClass = options.explainClass } = {}) {
        const raster = await readRaster(image);
        const { probabilities, outOfDistribution } = await askNetworks(model, [fitForNetworks(raster, model.networks)]);
        const answer = answerImage(model, probabilities.slice(0, classes.length), outOfDistribution?.[0]);
        const explained = explainClass ?? answer.predicted;
        const [heat] = await maps.explain([
          {
            classIndex: indexOf(explained),
            pixels: (fitting) => fitImage(raster, fitting).data,
          },
        ]);
        const seen = fitImage(raster, lead.preprocessing);
        return { ...answer, classes, explained, heat, layer: maps.layer, method, seen };
      },
      async close() {
        await maps.close();
        await model.close();
      },
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** @throws LesionlabError kind `usage` where the run has no such class */
export function findClass(classes: readonly ClassInfo[], id: string): number {
  const index = classes.findIndex((entry) => entry.id === id);
  if (index >= 0) return index;
  throw usageError('unknown-class', `The run has no class "${id}".`, {
    hint: `Choose one of: ${classes.map((entry) => entry.id).join(', ')}.`,
  });
}

/** @throws LesionlabError kind `data` that names the file */
async function readRaster(image: string | Uint8Array | Raster): Promise<Raster> {
  if (typeof image !== 'string' && !(image instanceof Uint8Array)) {
    requireRaster('image', image, 3);
    return image;
  }
  const name = typeof image === 'string' ? image : `An image of ${image.length} bytes`;
  try {
    return await sharpCodec.decode(typeof image === 'string' ? await readFile(image) : image);
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0];
    throw dataError('image-unreadable', `${name} can't be read: ${reason}`, {
      hint: `Expected an image: ${formatNames}.`,
      cause,
    });
  }
}
