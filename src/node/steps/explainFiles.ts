import { join } from 'node:path';
import { imageIdOf } from '../../data/storedFile.js';
import { dataError, interruptedError, LesionlabError, usageError } from '../../errors.js';
import { coarsenHeatMap } from '../../explain/coarsenHeatMap.js';
import { explainers } from '../../explain/explainers/registry.js';
import { formatNames } from '../../image/formats/registry.js';
import { overlayHeat } from '../../image/index.js';
import { openImageInputs } from '../dataset/imageInputs.js';
import { sharpCodec } from '../files/codec.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { type ExplainImageOptions, type ImageExplainer, openImageExplainer } from '../prediction/explainImage.js';
import { visibleDetail } from '../prediction/explanationPictures.js';
import { makeFolder } from '../run/runFolder.js';

/** Which model is asked where it looks in which images, and how. */
export interface ExplainFilesOptions extends Omit<ExplainImageOptions, 'threads' | 'device' | 'signal'> {
  /** Run folder, or an .onnx file: one that `export` wrote, or anybody's classifier. */
  readonly source: string;
  /** Image files, folders, zips. */
  readonly inputs: readonly string[];
  /** Folder for the pictures and explanations.json; files of the same names are replaced. */
  readonly out: string;
  /** Leave out files that are no readable images instead of stopping. */
  readonly excludeUnusable?: boolean;
}

/** Where a model looked in one image. */
export interface ExplainedFile {
  readonly file: string;
  /** Class id of the answer. */
  readonly predicted: string;
  readonly probability: number;
  /** Class id that the map speaks for. */
  readonly explained: string;
  /** Nothing in the image spoke for it: there is no heat to show. */
  readonly empty: boolean;
  /** Largest value of the map before it was scaled to [0, 1]. */
  readonly peak: number;
  /** Of integrated gradients: what all places together were credited with, and what they had to be. */
  readonly completeness?: { readonly attributed: number; readonly difference: number };
  /** Names of the pictures: what the network saw, and the heat over it. */
  readonly pictures: { readonly seen: string; readonly heat: string };
}

/** Where a model looked in images of somebody's own. */
export interface ExplainFilesResult {
  readonly source: string;
  readonly method: string;
  readonly layer: string;
  readonly images: readonly ExplainedFile[];
  readonly unusable: readonly { readonly file: string; readonly reason: string }[];
  readonly folder: string;
}

/**
 * Draws where a model looks in any images: a picture of what the network saw and one with the heat over it for each, and explanations.json.
 * @throws LesionlabError as `explainImage` does; kind `data` where files are no images (all of them listed) and aren't to be excluded
 */
export async function explainFilesStep(ctx: StepContext, options: ExplainFilesOptions): Promise<ExplainFilesResult> {
  const { source, inputs, out, excludeUnusable = false, method = 'grad-cam', ...asked } = options;
  const { threads, device, signal, progress } = ctx;
  if (inputs.length === 0)
    throw usageError('no-images', `Which images ${source} is to be asked about was not said.`, {
      hint: { terminal: 'Name image files, folders or zips behind it.', page: 'Choose images.' },
    });
  const files = await openImageInputs(inputs);
  let explainer: ImageExplainer | undefined;
  try {
    explainer = await openImageExplainer(source, { ...asked, method, threads, device, signal });
    const folder = await makeFolder(out);
    const task = progress.start('Explaining images', files.files.length);
    const images: ExplainedFile[] = [];
    const unusable: { file: string; reason: string }[] = [];
    const taken = new Set<string>();
    let layer = '';
    try {
      for (const [i, file] of files.files.entries()) {
        if (signal.aborted) throw interruptedError(`Stopped; ${images.length} images are explained in ${out}.`);
        try {
          const found = await explainer.explain(await file.read());
          ({ layer } = found);
          const stem = freeStem(imageIdOf(file.name) ?? file.name, taken);
          const pictures = { seen: `${stem}-seen.png`, heat: `${stem}-heat.png` };
          const heat = explainers[method].grainy ? coarsenHeatMap(found.heat, visibleDetail) : found.heat;
          await writeFileWhole(join(folder, pictures.seen), await sharpCodec.encodePng(found.seen));
          const overlay = found.heat.empty ? found.seen : overlayHeat(found.seen, heat);
          await writeFileWhole(join(folder, pictures.heat), await sharpCodec.encodePng(overlay));
          const { predicted, explained } = found;
          const place = found.classes.findIndex(({ id }) => id === predicted);
          const { empty, peak, completeness } = found.heat;
          images.push({
            file: file.location,
            predicted,
            probability: found.probabilities[place],
            explained,
            empty,
            peak,
            ...(completeness && { completeness }),
            pictures,
          });
        } catch (error) {
          if (!(error instanceof LesionlabError) || error.kind !== 'data') throw error;
          unusable.push({ file: file.location, reason: error.message });
        }
        task.update(i + 1);
      }
    } finally {
      task.end();
    }
    const result = { source, method, layer, images, unusable, folder };
    await writeJson(join(folder, 'explanations.json'), result);
    // What could be read is drawn by now, and told of in explanations.json.
    if (unusable.length > 0 && (!excludeUnusable || images.length === 0))
      throw dataError('unusable-images', `${unusable.length} of ${files.files.length} files are no readable images.`, {
        details: unusable.map(({ file, reason }) => `${file}: ${reason}`),
        hint: {
          terminal:
            images.length > 0 ? 'Go on without them with --exclude-unusable.' : `Expected images: ${formatNames}.`,
          page: `Expected images: ${formatNames}.`,
        },
      });
    return result;
  } finally {
    await explainer?.close();
    await files.close();
  }
}

/** A name for pictures that no other image of the call has. */
function freeStem(id: string, taken: Set<string>): string {
  const safe = id.replace(/[^\w.-]/g, '_');
  let stem = safe;
  for (let i = 2; taken.has(stem); i++) stem = `${safe}-${i}`;
  taken.add(stem);
  return stem;
}
