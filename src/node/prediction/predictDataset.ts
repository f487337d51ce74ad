import type { Dataset } from '../../data/dataset.js';
import { dataError } from '../../errors.js';
import {
  type Answers,
  type ClassChoices,
  countTruth,
  planClasses,
  sumByClass,
  type Truth,
} from '../../evaluation/index.js';
import type { StepContext } from '../machine/stepContext.js';
import { openModel } from './openModel.js';
import { type PredictImagesOptions, predictFiles } from './predictImages.js';

/** What is said of a network that is judged. */
export interface PredictDatasetOptions extends ClassChoices, Pick<PredictImagesOptions, 'network'> {
  /** Count images that can't be read as without an answer. */
  readonly excludeUnusable?: boolean;
}

/**
 * Asks a network's file about every image of a dataset.
 * @param path an ONNX file of anybody
 * @throws LesionlabError as `predictImages` does; kind `usage` or `data` where its outputs are not the truth's classes; see `planClasses`
 */
export async function predictDataset(
  context: StepContext,
  path: string,
  dataset: Dataset,
  truth: Truth,
  { network, excludeUnusable = false, ...choices }: PredictDatasetOptions,
): Promise<Answers> {
  const model = await openModel(context, path, undefined, network);
  try {
    const names = model.classes.map(({ id }) => id);
    // Before any image is read, since it may fail.
    const plan = planClasses(names, truth.info.classes, countTruth(truth), choices, 'output');
    const { images } = dataset;
    const ids = truth.records
      .filter(({ label, imageId }) => plan.labelOf[label] >= 0 && images.has(imageId))
      .map(({ imageId }) => imageId);
    const files = ids.map((name) => ({ name, location: images.location(name), read: () => images.read(name) }));
    const { images: answers, unusable } = await predictFiles(context, model, files);
    if (unusable.length > 0 && !excludeUnusable)
      throw dataError('unusable-images', `${unusable.length} of ${files.length} images can't be read.`, {
        details: unusable.map(({ file, reason }) => `${file}: ${reason}`),
        hint: 'Count them as without an answer with --exclude-unusable.',
      });
    const idOf = new Map(files.map(({ name, location }) => [location, name]));
    const raw = new Float64Array(answers.length * names.length);
    for (const [i, { probabilities }] of answers.entries()) raw.set(probabilities, i * names.length);
    return {
      ids: answers.map(({ file }) => idOf.get(file)!),
      plan,
      probabilities: sumByClass(raw, names.length, plan),
      orderOnly: false,
      isScore: false,
      words: [
        `${answers.length.toLocaleString('en-US')} images of ${dataset.info.name} were shown to the network, whose outputs are ${names.join(', ')}.`,
        ...plan.words,
      ],
      unusable: unusable.map(({ file }) => idOf.get(file)!),
    };
  } finally {
    await model.close();
  }
}
