import type { Dataset, ImageRecord } from '../../data/dataset.js';
import { dataError } from '../../errors.js';
import { describeTold } from '../../evaluation/answers/toldMetadata.js';
import { mostProbable } from '../../evaluation/predictions/mostProbable.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { compareChanged } from '../../explain/shortcuts/compareChanged.js';
import { describeShortcuts } from '../../explain/shortcuts/describeShortcuts.js';
import type { FillMethod } from '../../explain/shortcuts/fillRegion.js';
import { type ChangeId, changeIds } from '../../explain/shortcuts/registry.js';
import type { ShortcutResult } from '../../explain/shortcuts/shortcutResult.js';
import { Random } from '../../random.js';
import { sharpCodec } from '../files/codec.js';
import type { StepContext } from '../machine/stepContext.js';
import { chooseGridImages } from '../pictures/predictionGrid.js';
import { drawShortcutExamples, type ShownExample } from '../pictures/shortcutExamples.js';
import type { ShortcutFiles } from '../run/shortcutFiles.js';
import { columnsOf } from './networkAnswers.js';
import type { OpenModel } from './openModel.js';
import { type ChangedAnswers, type PredictChangedOptions, predictChanged, readChanged } from './predictChanged.js';

/** A model and the images that it is asked about. */
export interface AskedImages {
  readonly model: OpenModel;
  readonly dataset: Dataset;
  readonly records: readonly ImageRecord[];
  /** `validation`, `test`, or the data's name. */
  readonly name: string;
  /** The classes of the answers. */
  readonly classes: Predictions['classes'];
  /** Probabilities of the model's outputs as those of the classes. */
  toClasses(probabilities: Float32Array): ArrayLike<number>;
  /** What was not known of them, sentences for readers. */
  readonly words: readonly string[];
}

/** Which changes are made to how many images. */
export interface FindShortcutsOptions {
  /** Most images, drawn by lesion or patient. Default 500. */
  readonly images?: number;
  /** Default all. */
  readonly changes?: readonly ChangeId[];
  /** What takes the place of what is erased. Default `inpaint`. */
  readonly fill?: FillMethod;
  /** Bootstrap resamples behind the intervals, 0 for none. Default 2,000. */
  readonly resamples?: number;
  /** Go on without images that can't be read. */
  readonly excludeUnusable?: boolean;
}

/** Rows of the picture of examples. */
const shownImages = 7;

/**
 * Asks a model about images as they are and changed, and compares.
 * @returns what is written, and the predictions of the images as they are
 * @throws LesionlabError kind `data` where no image has a mask that can be used, or images can't be read; kind `interrupted`
 */
export async function findShortcuts(
  context: StepContext,
  asked: AskedImages,
  options: FindShortcutsOptions,
): Promise<ShortcutFiles & { readonly original: Predictions }> {
  const { changes = changeIds, fill = 'inpaint', images: most = 500, resamples = 2000 } = options;
  const { model, dataset, classes, toClasses } = asked;
  const { seed } = context;
  const masked = asked.records.filter(({ imageId }) => dataset.masks?.has(imageId));
  if (masked.length === 0) throw noMasks(asked.records.length);
  const records = drawClusters(masked, most, seed);
  const changing = { changes, fill, seed };
  const { answers, unasked } = await predictChanged(context, model, dataset, records, changing);
  const unreadable = unasked.filter((image) => image.unreadable);
  if (answers.length === 0 || (unreadable.length > 0 && !options.excludeUnusable))
    throw unusable(answers.length === 0 ? unasked : unreadable, records.length, answers.length);
  const everything = [...answers.keys()];
  const rowsOf = (place: number) => everything.filter((i) => answers[i].probabilities[place] !== null);
  const flat = (rows: readonly number[], place: number) =>
    Float64Array.from(rows.flatMap((i) => Array.from(toClasses(answers[i].probabilities[place]!))));
  const original: Predictions = {
    classes,
    imageIds: answers.map(({ record }) => record.imageId),
    lesionIds: answers.map(({ record }) => record.lesionId),
    ...(dataset.hasPatientIds && { clusterIds: answers.map(({ record }) => clusterOf(record)) }),
    labels: Int32Array.from(answers, ({ record }) => record.label),
    probabilities: flat(everything, 0),
  };
  const placed = changes.map((change, c) => ({ change, rows: rowsOf(c + 1), place: c + 1 }));
  const noRoom = placed.filter(({ rows }) => rows.length === 0).map(({ change }) => change);
  const comparisons = compareChanged(
    original,
    placed.flatMap(({ change, rows, place }) =>
      rows.length === 0 ? [] : [{ change, rows, probabilities: flat(rows, place) }],
    ),
    { seed, resamples },
  );
  const examples = await showExamples(asked, answers, original, changing);
  const synthetic = dataset.info.synthetic ? 'Synthetic images: ' : '';
  const picture = drawShortcutExamples(examples, `${synthetic}pictures as they are, changed, and what was answered`);
  const result: ShortcutResult = {
    model: model.id,
    images: asked.name,
    count: answers.length,
    lesions: new Set(original.lesionIds).size,
    withMask: masked.length,
    cluster: dataset.hasPatientIds ? 'patient' : dataset.hasLesionIds ? 'lesion' : 'image',
    ...{ fill, seed, resamples, comparisons },
    leftOut: unasked.map(({ imageId, reason }) => ({ imageId, reason })),
    examples: examples.map(({ imageId, dx, shown }) => ({
      ...{ imageId, dx },
      panels: shown.map(({ change, answer }) => ({ change, answer })),
    })),
    words: [
      ...describeShortcuts(comparisons),
      ...(noRoom.length > 0 ? [`No picture had room for: ${noRoom.join(', ')}.`] : []),
      ...describeTold(columnsOf(model), true),
      ...asked.words,
    ],
  };
  return { result, original, table: tableOf(asked, answers, changes), png: await sharpCodec.encodePng(picture) };
}

const noMasks = (images: number) =>
  dataError('no-masks', `None of the ${images.toLocaleString('en-US')} images has a lesion mask.`, {
    hint: {
      terminal:
        'Name the folder or zip with the masks: --masks <folder>. A mask is called as its image is, with _segmentation or _mask behind it.',
      page: 'Choose a folder that holds masks, too.',
    },
  });

function unusable(
  images: readonly { readonly imageId: string; readonly reason: string }[],
  drawn: number,
  usable: number,
): Error {
  const details = images.map(({ imageId, reason }) => `${imageId}: ${reason}`);
  if (usable === 0)
    return dataError('unusable-images', `None of the ${drawn} images that were drawn can be used with its mask.`, {
      details,
      hint: 'A mask has the shape of its image, and is light inside the lesion.',
    });
  return dataError('unusable-images', `${images.length} of ${drawn} images can't be read.`, {
    details,
    hint: {
      terminal: 'Fetch these files again; of an ONNX file, --exclude-unusable goes on without them.',
      page: 'Fetch these files again.',
    },
  });
}

const clusterOf = ({ patientId, lesionId }: ImageRecord) => patientId ?? lesionId;

/** Whole lesions or patients, drawn until there are so many images. */
function drawClusters(records: readonly ImageRecord[], most: number, seed: number): readonly ImageRecord[] {
  if (records.length <= most) return records;
  const sizes = new Map<string, number>();
  for (const record of records) sizes.set(clusterOf(record), (sizes.get(clusterOf(record)) ?? 0) + 1);
  const kept = new Set<string>();
  let images = 0;
  for (const cluster of new Random(seed, 'shortcuts').shuffle([...sizes.keys()])) {
    if (images >= most) break;
    kept.add(cluster);
    images += sizes.get(cluster)!;
  }
  return records.filter((record) => kept.has(clusterOf(record)));
}

/** An image of each class, as far as there are some, as it is and changed. */
async function showExamples(
  { dataset, classes, toClasses }: AskedImages,
  answers: readonly ChangedAnswers[],
  original: Predictions,
  changing: PredictChangedOptions,
): Promise<ShownExample[]> {
  const answerOf = (row: Float32Array | null) => {
    if (row === null) return null;
    const own = Float64Array.from(toClasses(row));
    const [winner] = mostProbable(own, classes.length);
    return { predicted: classes[winner].id, probability: own[winner] };
  };
  const examples: ShownExample[] = [];
  for (const i of chooseGridImages(original, changing.seed, shownImages)) {
    const { record, probabilities } = answers[i];
    const read = await readChanged(record.imageId, dataset, changing);
    if ('reason' in read) continue;
    const shown = [read.image, ...read.changed].map((picture, p) => ({
      change: p === 0 ? null : changing.changes[p - 1],
      ...{ picture, answer: answerOf(probabilities[p]) },
    }));
    examples.push({ imageId: record.imageId, dx: classes[record.label].id, shown });
  }
  return examples;
}

function tableOf(
  { classes, toClasses }: AskedImages,
  answers: readonly ChangedAnswers[],
  changes: readonly ChangeId[],
): ShortcutFiles['table'] {
  const rows = answers.flatMap(({ record, probabilities }) =>
    probabilities.flatMap((row, r) => {
      if (row === null) return [];
      const change = r === 0 ? 'none' : changes[r - 1];
      const { imageId, lesionId, label } = record;
      return [[imageId, lesionId, classes[label].id, change, ...Array.from(toClasses(row), String)]];
    }),
  );
  return [['image_id', 'lesion_id', 'dx', 'change', ...classes.map(({ id }) => id)], ...rows];
}
