import type { ImageRecord } from '../../data/dataset.js';
import { mostProbable } from '../../evaluation/predictions/mostProbable.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import {
  type Localisation,
  type LocalisationSummary,
  localiseHeat,
  summariseLocalisation,
} from '../../explain/localisation.js';
import { cutLikewise } from '../../image/darkBorder.js';
import { Random } from '../../random.js';
import { readMask } from '../dataset/lesionMask.js';
import { sharpCodec } from '../files/codec.js';
import type { StepContext } from '../machine/stepContext.js';
import type { RunData } from '../run/runData.js';
import type { ExplainedRecord, Explainer } from './explainImages.js';

/** An image whose mask can't be laid on it, and why. */
export interface MaskLeftOut {
  readonly imageId: string;
  readonly reason: string;
}

/** How the heat of an image lies on its lesion, before and after training. */
export interface LocalisedRecord {
  readonly before: Localisation;
  readonly after: Localisation;
}

/** @returns null where the image has no mask; a reason where its mask can't be laid on it */
export async function localiseRecord(
  { record: { imageId }, before, after }: ExplainedRecord,
  { dataset, config }: Pick<RunData, 'dataset' | 'config'>,
): Promise<LocalisedRecord | MaskLeftOut | null> {
  if (!dataset.masks?.has(imageId)) return null;
  const { preprocessing } = config;
  const file = await dataset.images.read(imageId);
  const whole = await readMask(imageId, dataset, file);
  if ('reason' in whole) return { imageId, reason: whole.reason };
  const mask = preprocessing.border === 'removed' ? cutLikewise(whole, await sharpCodec.decode(file)) : whole;
  return {
    before: localiseHeat(before, mask, preprocessing),
    after: localiseHeat(after, mask, preprocessing),
  };
}

export interface LocalisationOptions {
  readonly records: readonly ImageRecord[];
  /** Of the records, in their order. */
  readonly predictions: Predictions;
  /** Class to explain in all images; undefined for each image's own answer. */
  readonly explainClass: number | undefined;
  /** Most images that are looked at, drawn from those with a mask. */
  readonly most: number;
}

/** Images that are explained at a time, between two looks at the signal. */
const batch = 8;

/** Measures over images with a lesion mask how their heat lies on their lesion. */
export async function measureLocalisation(
  { progress }: Pick<StepContext, 'progress'>,
  explainer: Explainer,
  data: RunData,
  { records, predictions: { classes, probabilities }, explainClass, most }: LocalisationOptions,
): Promise<{
  /** Null where no mask could be used. */
  readonly localisation: { readonly before: LocalisationSummary; readonly after: LocalisationSummary } | null;
  readonly leftOut: readonly MaskLeftOut[];
}> {
  const winners = mostProbable(probabilities, classes.length);
  const withMask = records
    .map((record, i) => ({ record, classIndex: explainClass ?? winners[i] }))
    .filter(({ record }) => data.dataset.masks?.has(record.imageId));
  const sample = new Random(data.config.seed, 'localisation').shuffle(withMask).slice(0, most);
  if (sample.length === 0) return { localisation: null, leftOut: [] };
  const localised: LocalisedRecord[] = [];
  const leftOut: MaskLeftOut[] = [];
  const task = progress.start('Measuring where the model looks', sample.length);
  try {
    for (let first = 0; first < sample.length; first += batch) {
      const asked = sample.slice(first, first + batch);
      for (const explained of await explainer.explain(asked, (done) => task.update(first + done))) {
        const found = await localiseRecord(explained, data);
        if (found && 'reason' in found) leftOut.push(found);
        else if (found) localised.push(found);
      }
      task.update(localised.length + leftOut.length);
    }
  } finally {
    task.end();
  }
  if (localised.length === 0) return { localisation: null, leftOut };
  return {
    localisation: {
      before: summariseLocalisation(localised.map(({ before }) => before)),
      after: summariseLocalisation(localised.map(({ after }) => after)),
    },
    leftOut,
  };
}
