import type { TestTimeAugmentation } from '../../data/augmentation/views.js';
import type { ClassInfo, SplitName } from '../../data/dataset.js';
import { splitFinder, splitsByImage } from '../../data/groups/splitsCsv.js';
import { mapConcurrently } from '../../data/mapConcurrently.js';
import type { MetadataValues } from '../../data/preparation/metadataInput.js';
import { imageIdOf, type StoredFile } from '../../data/storedFile.js';
import { unreadFiles, unreadFormatOf, unreadHint } from '../../data/unreadFormats.js';
import { dataError, interruptedError, LesionlabError, usageError } from '../../errors.js';
import { answerImage, type ImageAnswer } from '../../evaluation/answers/imageAnswer.js';
import { tellFromTable } from '../../evaluation/answers/toldMetadata.js';
import { type SetRules, setRules } from '../../evaluation/certainty/conformal.js';
import { formatNames } from '../../image/formats/registry.js';
import type { ForeignChoices } from '../../models/foreign/readForeign.js';
import { openImageInputs } from '../dataset/imageInputs.js';
import { sharpCodec } from '../files/codec.js';
import type { StepContext } from '../machine/stepContext.js';
import type { CheckpointName } from '../run/checkpointFile.js';
import type { RunFolder } from '../run/runFolder.js';
import { readRunSplits } from '../run/runSplits.js';
import { askNetworks, columnsOf, type FittedImage, fitForNetworks } from './networkAnswers.js';
import { type OpenModel, openModel } from './openModel.js';
import { pause, predictionBatchSize } from './predictionBatches.js';

/** Which model is asked about which images. */
export interface PredictImagesOptions {
  /** Run folder, an .onnx file that `export` wrote, or anybody's classifier as an .onnx file. */
  readonly source: string;
  /** Image files, folders, zips. */
  readonly inputs: readonly string[];
  /** Of a run, not of a file; default `best`. */
  readonly checkpoint?: CheckpointName;
  /** Leave out files that are no readable images instead of stopping. */
  readonly excludeUnusable?: boolean;
  /** What is said of a network of somebody else, in place of what its files say. */
  readonly network?: ForeignChoices;
  /** Table with what is known of images beside their pixels, by their ids or file names; for a network that is told such. Default: nothing is known. */
  readonly metadata?: string;
}

/** An image file, wherever it lies. */
type ImageFile = Pick<StoredFile, 'name' | 'location' | 'read'>;

/** What a model says about a file. */
export interface PredictedFile extends ImageAnswer {
  /** Path, or `archive.zip: entry`. */
  readonly file: string;
  /** The split of the run that has an image of this name; null where none has, or a model file does not know. */
  readonly runSplit: SplitName | null;
}

/** What a model says of images, and which files are none. */
export interface PredictImagesResult {
  /** The run folder or model file. */
  readonly source: string;
  readonly model: string;
  readonly classes: readonly ClassInfo[];
  /** Of an ensemble: what its networks have in common, null where they differ. */
  readonly testTimeAugmentation: TestTimeAugmentation | null;
  /** The model was trained on images that lesionlab drew itself. */
  readonly synthetic: boolean;
  /** What `calibrated` was scaled by; null where the run has no calibration. */
  readonly temperature: number | null;
  /** What decides which classes are in an image's sets, for each level; empty where the run has no calibration. */
  readonly setRules: readonly SetRules[];
  readonly images: readonly PredictedFile[];
  /** Files that are no readable images. */
  readonly unusable: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Predicts images with a run's checkpoint or with an exported model alone; both give the same numbers.
 * @throws LesionlabError kind `usage` for a checkpoint of an exported model; kind `run` where the model can't be used; kind `data` where there are no images, or some can't be
 *   read (all of them listed) and they aren't to be excluded; kind `interrupted`
 */
export async function predictImages(
  context: StepContext,
  { source, inputs, checkpoint, excludeUnusable = false, network, metadata }: PredictImagesOptions,
): Promise<PredictImagesResult> {
  const files = await openImageInputs(inputs);
  try {
    const model = await openModel(context, source, checkpoint, network, files.files.length);
    try {
      const told = metadata === undefined ? undefined : await readTold(model, metadata);
      const [unopened] = unreadFiles(files.unopened);
      if (unopened !== '') context.progress.note(unopened.trim());
      const { images, unusable } = await predictFiles(context, model, files.files, told);
      if (unusable.length > 0 && (!excludeUnusable || images.length === 0))
        throw dataError(
          'unusable-images',
          `${unusable.length} of ${files.files.length} files are no readable images.`,
          {
            details: unusable.map(({ file, reason }) => `${file}: ${reason}`),
            hint:
              images.length > 0 ? 'Go on without them with --exclude-unusable.' : `Expected images: ${formatNames}.`,
          },
        );
      const { id, classes, networks, synthetic, certainty } = model;
      const ways = new Set(networks.map((network) => network.testTimeAugmentation));
      const testTimeAugmentation = ways.size === 1 ? networks[0].testTimeAugmentation : null;
      const temperature = certainty?.temperature ?? null;
      const rules = (certainty?.conformal ?? []).map((thresholds) => setRules(thresholds, classes));
      return {
        source,
        model: id,
        classes,
        testTimeAugmentation,
        synthetic,
        temperature,
        setRules: rules,
        images,
        unusable,
      };
    } finally {
      await model.close();
    }
  } finally {
    await files.close();
  }
}

/** Asks an open model about files. @throws LesionlabError kind `interrupted` */
export async function predictFiles(
  { progress, signal, threads }: StepContext,
  model: OpenModel,
  files: readonly ImageFile[],
  told: (imageId: string) => MetadataValues = () => ({}),
): Promise<Pick<PredictImagesResult, 'images' | 'unusable'>> {
  const { networks, classes } = model;
  const splitOf = splitFinder(await readSplitNames(model.folder));
  const images: PredictedFile[] = [];
  const unusable: { file: string; reason: string }[] = [];
  const task = progress.start('Predicting images', files.length);
  try {
    for (let first = 0; first < files.length; first += predictionBatchSize) {
      await pause();
      if (signal.aborted) throw interruptedError(`Interrupted after ${first} of ${files.length} images.`);
      const part = files.slice(first, first + predictionBatchSize);
      const read = await mapConcurrently(part, threads, (file) => readImage(file, networks));
      const usable: { readonly file: ImageFile; readonly image: FittedImage }[] = [];
      read.forEach((found, i) => {
        const file = part[i];
        if ('reason' in found) unusable.push({ file: file.location, reason: found.reason });
        else usable.push({ file, image: found.image });
      });
      if (usable.length > 0) {
        const asked = await askNetworks(
          model,
          usable.map(({ image }) => image),
          usable.map(({ file }) => told(imageIdOf(file.name) ?? file.name)),
        );
        const { probabilities, outOfDistribution: scores } = asked;
        usable.forEach(({ file }, i) => {
          const own = probabilities.subarray(i * classes.length, (i + 1) * classes.length);
          const runSplit = splitOf(imageIdOf(file.name) ?? file.name) ?? null;
          images.push({ file: file.location, runSplit, ...answerImage(model, own, scores?.[i]) });
        });
      }
      task.update(first + part.length);
    }
  } finally {
    task.end();
  }
  return { images, unusable };
}

/** What a table says of images, for a network that is told such. @throws LesionlabError kind `usage` where it is told nothing, or the table has none of it */
async function readTold(model: OpenModel, path: string): Promise<(imageId: string) => MetadataValues> {
  const encoding = columnsOf(model);
  if (encoding.columns.length === 0)
    throw usageError(
      'no-metadata-input',
      `The model ${model.id} looks at images alone: it is told nothing of a table.`,
      {
        hint: 'Leave --metadata out.',
      },
    );
  const { readTableFile } = await import('../dataset/openTruth.js');
  return tellFromTable(await readTableFile(path), encoding, path);
}

/** Splits by image id; empty where nobody knows them, which is no reason not to predict. */
async function readSplitNames(folder: RunFolder | null): Promise<Map<string, SplitName>> {
  try {
    return splitsByImage(folder ? await readRunSplits(folder) : []);
  } catch (error) {
    if (error instanceof LesionlabError) return new Map();
    throw error;
  }
}

async function readImage(
  file: ImageFile,
  networks: OpenModel['networks'],
): Promise<{ image: FittedImage } | { reason: string }> {
  try {
    return { image: fitForNetworks(await sharpCodec.decode(await file.read()), networks) };
  } catch (error) {
    const format = unreadFormatOf(file.name);
    if (format) return { reason: `it is ${format.name}. ${unreadHint(format)}` };
    return { reason: (error as Error).message.split('\n')[0] };
  }
}
