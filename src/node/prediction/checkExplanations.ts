import type { ImageRecord } from '../../data/dataset.js';
import { mostProbable } from '../../evaluation/predictions/mostProbable.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import type { Baseline } from '../../explain/baseline.js';
import type { AttributionMap, ExplanationMethod } from '../../explain/explainers/explainer.js';
import { explainers } from '../../explain/explainers/registry.js';
import { averageFaithfulness, measureFaithfulness } from '../../explain/faithfulness.js';
import {
  describeFaithfulness,
  describeRandomisation,
  type FaithfulnessSummary,
  summariseFaithfulness,
} from '../../explain/faithfulnessSummary.js';
import { checkRandomisation, type RandomisationLevel } from '../../explain/randomisation.js';
import { openClassifier } from '../../models/index.js';
import { Random } from '../../random.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { StepContext } from '../machine/stepContext.js';
import type { RunModel } from '../run/runModel.js';
import type { AskedRecord, Explainer } from './explainImages.js';
import { normaliseImages, requireGoingOn } from './heatMaps.js';
import { pause } from './predictionBatches.js';

/** Whether heat maps of a run are worth anything, over a sample of its test images. */
export interface ExplanationCheck {
  /** Test images that were drawn. */
  readonly images: number;
  /** What took the places' place in deletion, and what insertion began with. */
  readonly deletedTo: Baseline;
  readonly insertedInto: Baseline;
  /** Of each image as it is, without test-time augmentation; null where all maps are empty. */
  readonly faithfulness: FaithfulnessSummary | null;
  /** The same maps with randomised weights, from the head to the whole network. */
  readonly randomisation: readonly RandomisationLevel[];
  /** What these numbers say, a sentence or two each. */
  readonly words: readonly string[];
}

export interface ExplanationCheckOptions {
  readonly method: ExplanationMethod;
  readonly records: readonly ImageRecord[];
  /** Of the records, in their order. */
  readonly predictions: Predictions;
  /** Class to explain in all images; undefined for each image's own answer. */
  readonly explainClass: number | undefined;
  /** Most images that are looked at. */
  readonly most: number;
  readonly seed: number;
}

/** Steps in which a network is randomised; more would tell little more, and each explains all images again. */
const mostLevels = 5;
const batchSize = 8;
const [deletedTo, insertedInto] = ['mean', 'blurred'] as const;

/**
 * Deletion and insertion along the maps, and the maps of randomised networks, over a sample of images.
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function checkExplanations(
  context: Pick<StepContext, 'progress' | 'signal' | 'threads' | 'device'>,
  model: Pick<RunModel, 'members' | 'lead'>,
  explainer: Explainer,
  options: ExplanationCheckOptions,
): Promise<ExplanationCheck> {
  const { method, most, seed } = options;
  const sample = drawSample(options, most, seed);
  const lesionIds = sample.map(({ record }) => record.lesionId);
  const maps = await watched(context, 'Explaining images for the check', sample.length, (watch) =>
    explainer.explainWith(sample, watch),
  );
  const curves = await watched(context, 'Taking places away', sample.length, (watch) =>
    followAnswers(context, model, explainer, sample, maps, { seed, watch }),
  );
  const faithfulness = summariseFaithfulness(curves, lesionIds, { seed });
  // Methods that take many passes an image are asked once, with all weights randomised.
  const levels = explainers[method].looksAt === 'layer' ? Math.min(model.lead.model.stages.length, mostLevels) : 1;
  const randomisation = await watched(context, 'Randomising weights', levels * sample.length, (watch) => {
    let level = 0;
    return checkRandomisation(
      maps,
      async (randomise) => {
        const first = level++ * sample.length;
        const weightsOf = ({ checkpoint }: RunModel['members'][number]) => randomise(checkpoint);
        return explainer.explainWith(sample, (done) => watch(first + done), weightsOf);
      },
      { lesionIds, levels, seed },
    );
  });
  const words = [
    ...(faithfulness ? describeFaithfulness(faithfulness) : ['All maps are empty: nothing spoke for any answer.']),
    describeRandomisation(randomisation, model.lead.model.onlyFeatures && "the head's weights"),
  ];
  return { images: sample.length, deletedTo, insertedInto, faithfulness, randomisation, words };
}

function drawSample(
  { records, predictions: { classes, probabilities }, explainClass }: ExplanationCheckOptions,
  most: number,
  seed: number,
): AskedRecord[] {
  const winners = mostProbable(probabilities, classes.length);
  const asked = records.map((record, i) => ({ record, classIndex: explainClass ?? winners[i] }));
  return new Random(seed, 'explanation-check').shuffle(asked).slice(0, most);
}

/** The answer of each image while its places go and come; of an ensemble, the weighted mean of its members'. */
async function followAnswers(
  { device, threads }: Pick<StepContext, 'threads' | 'device'>,
  { members }: Pick<RunModel, 'members'>,
  explainer: Explainer,
  sample: readonly AskedRecord[],
  maps: readonly AttributionMap[],
  { seed, watch }: { readonly seed: number; readonly watch: (done: number) => Promise<void> },
) {
  const images = explainer.imagesOf(sample);
  const classIndices = images.map(({ classIndex }) => classIndex);
  const found: Awaited<ReturnType<typeof measureFaithfulness>>[] = [];
  for (const { checkpoint } of members) {
    const { model, weights, path: source, config } = checkpoint;
    const { preprocessing } = config;
    const { imageSize } = preprocessing;
    const size = { model, weights, classCount: config.data.classes.length, imageSize, batchSize, source };
    const classifier = await openClassifier(nodeRuntime, size, { device, threads });
    try {
      const batch = normaliseImages(preprocessing, images);
      const asked = { imageSize, deletedTo, insertedInto, normalisation: preprocessing, seed };
      const done = found.length * images.length;
      found.push(
        await measureFaithfulness(classifier, batch, classIndices, maps, asked, (own) =>
          watch((done + own) / members.length),
        ),
      );
    } finally {
      await classifier.close();
    }
  }
  return averageFaithfulness(
    found,
    members.map(({ weight }) => weight),
  );
}

/** Work under a bar, which stops once the signal is aborted. */
async function watched<T>(
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
  label: string,
  total: number,
  work: (watch: (done: number) => Promise<void>) => Promise<T>,
): Promise<T> {
  const task = progress.start(label, total);
  try {
    return await work(async (done) => {
      task.update(done);
      await pause();
      requireGoingOn(signal);
    });
  } finally {
    task.end();
  }
}
