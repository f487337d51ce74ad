import type { Dataset } from '../../data/dataset.js';
import { dataError } from '../../errors.js';
import { tellFromRecords } from '../../evaluation/answers/toldMetadata.js';
import { networkAnswers, planNetwork } from '../../evaluation/judging/networkAnswers.js';
import type { ClassChoices } from '../../evaluation/judging/outputClasses.js';
import type { Answers } from '../../evaluation/judging/predictionTable.js';
import type { Truth } from '../../evaluation/judging/truth.js';
import type { StepContext } from '../machine/stepContext.js';
import { columnsOf } from './networkAnswers.js';
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
    const outputs = model.classes.map(({ id }) => id);
    const { images } = dataset;
    // Before any image is read, since it may fail.
    const { plan, imageIds } = planNetwork(outputs, truth, (id) => images.has(id), choices);
    const files = imageIds.map((name) => ({ name, location: images.location(name), read: () => images.read(name) }));
    const encoding = columnsOf(model);
    const told = tellFromRecords(dataset.records, encoding);
    const { images: answers, unusable } = await predictFiles(context, model, files, told);
    if (unusable.length > 0 && !excludeUnusable)
      throw dataError('unusable-images', `${unusable.length} of ${files.length} images can't be read.`, {
        details: unusable.map(({ file, reason }) => `${file}: ${reason}`),
        hint: 'Count them as without an answer with --exclude-unusable.',
      });
    const idOf = new Map(files.map(({ name, location }) => [location, name]));
    const raw = new Float64Array(answers.length * outputs.length);
    for (const [i, { probabilities }] of answers.entries()) raw.set(probabilities, i * outputs.length);
    return networkAnswers(
      {
        outputs,
        ids: answers.map(({ file }) => idOf.get(file)!),
        raw,
        unusable: unusable.map(({ file }) => idOf.get(file)!),
        metadata: { ...encoding, told: true },
        dataName: dataset.info.name,
      },
      plan,
    );
  } finally {
    await model.close();
  }
}
