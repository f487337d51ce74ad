import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import { findBestEpoch } from '../../training/findBestEpoch.js';
import type { Recipe } from '../../training/recipe/config.js';
import { describeClassBalance } from '../describeClassBalance.js';
import { describeFitting } from '../describeFitting.js';
import { describeKept } from '../describeKept.js';
import { describeLearning } from '../describeLearning.js';
import { describePlatform } from '../describePlatform.js';
import { describeMixing, describeTrainingSide, describeVariation } from '../describeVariation.js';
import { describeOptimizer, describeTrained } from '../documents/modelCardRecipe.js';
import { beginningFile, type TrainedDocumentInput } from '../documents/runWords.js';
import { describeWeighting, listMembers } from '../ensembleWords.js';
import { formatCount, formatCountOf, formatList } from '../format.js';
import { isOfEnsemble, isOfJudged, isOfTraining, modelName } from '../reportInput.js';
import type { Facts } from './facts.js';
import type { RunPart } from './paperInput.js';

/** What the classifier is, how it was made, and with what. */
export function modelFacts(run: RunPart): Facts {
  const { config, testLooks } = run;
  const { versions } = config;
  const made = isOfTraining(run)
    ? trained(run)
    : isOfJudged(run)
      ? judged(run)
      : isOfEnsemble(run)
        ? ensemble(run)
        : {};
  const { classes } = config.data;
  return {
    ...made,
    output: [
      `For each image the classifier gives a probability of each of ${formatCountOf(classes.length, 'diagnosis', 'diagnoses')}; the most probable one counts as its answer.`,
      ...(isOfTraining(run) ? views(run.config.recipe) : []),
      ...unitSentences(run),
    ],
    software: [
      `${isOfJudged(run) ? 'The analysis was done' : isOfEnsemble(run) ? 'The ensemble was put together' : 'Training was done'} with lesionlab ${config.lesionlab} (ONNX Runtime ${versions.onnxruntime}, ${describePlatform(versions)}) on the device "${config.device}" with ${formatCountOf(config.threads, 'thread')}; seed ${config.seed}.`,
    ],
    availability: [
      run.evaluation
        ? 'The prediction for each test image, the configuration and every number are files of the run (evaluation/test, config.json).'
        : 'The configuration is a file of the run (config.json).',
      ...(testLooks?.sha256 && !isOfJudged(run)
        ? [`The SHA-256 of the weights that were evaluated is ${testLooks.sha256}.`]
        : []),
    ],
  };
}

function trained(run: RunPart & TrainedDocumentInput): Facts {
  const { config, testLooks } = run;
  const { recipe, preprocessing: p, model } = config;
  const { training, augmentation } = recipe;
  const began = beginningFile(model);
  const triple = (values: readonly number[]) => values.map((value) => value.toFixed(4)).join(', ');
  const ways = describeVariation(augmentation);
  return {
    preparation: [
      `Images were resized to ${p.imageSize} × ${p.imageSize} pixels (${describeFitting(p)}; ${p.resize.replace('-', ', ')})${
        p.channelOrder === 'bgr' ? ', blue first' : ''
      }; from each colour channel a mean (${triple(p.mean)}) was taken, and the rest divided by a standard deviation (${triple(p.std)}), ${statisticsWords(p.statistics)}.`,
      `${p.border === 'removed' ? 'Dark borders were cut off; nothing else was removed from the images (hair, ink, rulers)' : 'Nothing was removed from the images (hair, ink, rulers, dark corners)'}, and no image was left out for such things.`,
    ],
    variation: [
      ways.length > 0
        ? `In training, images were ${formatList(ways)}, at random.`
        : 'In training, images were shown without random variation.',
      ...(describeTrainingSide(recipe) ? [`Images had ${describeTrainingSide(recipe)}.`] : []),
    ],
    model: [
      `The network was ${modelName(model.id)} with ${formatCount(model.parameters)} parameters.`,
      began
        ? `Training began with the weights in the file ${began.name}${began.sha256 ? ` (SHA-256 ${began.sha256})` : ''}${
            training.freeze === 'none' ? '' : `; trained was: ${describeTrained(recipe)}`
          }.`
        : `Training began with random weights${training.freeze === 'none' ? '' : `; trained was: ${describeTrained(recipe)}`}.`,
      ...(training.freeze === 'none' && Object.keys(training.learningRateFactors).length > 0
        ? [`Trained was: ${describeTrained(recipe)}.`]
        : []),
    ],
    training: [
      `It was trained with ${describeOptimizer(training)}, for ${
        training.earlyStopping > 0 ? 'at most ' : ''
      }${formatCountOf(training.epochs, 'epoch')} in batches of ${training.batchSize}.`,
      `The loss was ${training.focalLoss > 0 ? 'the focal form of ' : ''}cross-entropy${
        training.labelSmoothing > 0 ? ` with label smoothing of ${training.labelSmoothing}` : ''
      }${describeMixing(training)
        .map((way) => ` and ${way}`)
        .join('')}.`,
      ...describeLearning(config).map((phrase) => `It ${phrase}.`),
      ...(training.earlyStopping > 0
        ? [
            `Training was to end early after ${formatCountOf(training.earlyStopping, 'epoch')} without a better one on the validation images.`,
          ]
        : []),
      ...ended(run),
      'Every setting is in the table of settings.',
    ],
    choice: chosen(testLooks, run),
    imbalance: [imbalance(training)],
  };
}

const statisticsWords = (statistics: string): string =>
  ({ 'train-split': "the training images' own", imagenet: "ImageNet's", weights: 'those that go with the weights' })[
    statistics
  ] ?? `of ${statistics}`;

/** How the training ended, as metrics.jsonl shows it. */
function ended({ config, records }: TrainedDocumentInput): string[] {
  const { epochs, earlyStopping } = config.recipe.training;
  if (records.length === 0) return ['No epoch is on record.'];
  if (records.length >= epochs)
    return [epochs === 1 ? 'The one epoch was done.' : `All ${formatCountOf(epochs, 'epoch')} were done.`];
  const best = findBestEpoch(records)?.epoch ?? 0;
  return earlyStopping > 0 && records.length - best >= earlyStopping
    ? [`It ended early, after epoch ${records.length} of ${epochs}.`]
    : [`It was stopped after epoch ${records.length} of ${epochs}.`];
}

/** Which weights were evaluated. */
function chosen(looks: RunPart['testLooks'], { config, records }: TrainedDocumentInput): string[] {
  const kept = describeKept(config.recipe.training);
  if (looks?.checkpoint === 'best')
    return [
      `Evaluated were the weights of ${looks.epoch === null ? (kept === null ? 'the last epoch' : 'the epoch') : `epoch ${looks.epoch}, the ${kept === null ? 'last' : 'one'}`}${kept === null ? ', as had been decided before' : ` with ${kept}`}.`,
    ];
  if (looks?.checkpoint === 'last')
    return [
      `Evaluated were the weights after the last epoch${looks.epoch === null ? '' : ` (${looks.epoch})`}, whatever they do on the validation images.`,
    ];
  const best = findBestEpoch(records);
  return best
    ? [
        `Kept were the weights of epoch ${best.epoch}, the ${kept === null ? 'last, as had been decided before' : `one with ${kept}`}.`,
      ]
    : [];
}

function imbalance(training: Recipe['training']): string {
  const done = describeClassBalance(training);
  return `In training, ${done.length === 0 ? 'images of all diagnoses counted alike' : done.join('; ')}.`;
}

function views({ evaluation: { testTimeAugmentation } }: Recipe): string[] {
  const ways = {
    none: [],
    flips: ['Its probabilities are the mean over the image and its three mirrored copies.'],
    'flips-and-turns': [
      'Its probabilities are the mean over the image, its mirrored copies, and all of these turned by 90 degrees (eight views).',
    ],
    scales: ['Its probabilities are the mean over the image and its middle at two magnifications (three views).'],
    crops: ['Its probabilities are the mean over the image, its middle and its four corners (six views).'],
    'flips-and-scales': [
      'Its probabilities are the mean over the image and its middle at two magnifications, each with its three mirrored copies (twelve views).',
    ],
    chosen: [],
  };
  return ways[testTimeAugmentation];
}

function ensemble(run: RunPart): Facts {
  if (!isOfEnsemble(run)) return {};
  return {
    model: [
      `The classifier was an ensemble: the weighted mean of the probabilities of ${formatList(listMembers(run.config))}, with ${formatCount(run.config.model.parameters)} parameters together.`,
      describeWeighting(run.config),
    ],
    training: ['How each network was trained is in the files of its own run.'],
  };
}

function judged(run: RunPart): Facts {
  if (!isOfJudged(run)) return {};
  const { kind, file, sha256 } = run.config.judged;
  return {
    model: [
      `The classifier, ${run.config.model.id}, was made elsewhere. ${
        kind === 'table'
          ? `It was judged by a table of its answers (${file}, SHA-256 ${sha256}); the classifier itself was not run.`
          : `It was judged by running its file (${file}, SHA-256 ${sha256}).`
      }`,
    ],
  };
}

/** What counts once, where several images of a lesion or patient may be joined. */
function unitSentences({ evaluation }: RunPart): string[] {
  return evaluation && isJudgedEvaluation(evaluation) ? [evaluation.judgement.unit.words] : [];
}
