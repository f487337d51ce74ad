import type { Recipe } from '../../training/recipe/config.js';
import { describeClassBalance } from '../describeClassBalance.js';
import { describeKept } from '../describeKept.js';
import { describeLearning } from '../describeLearning.js';
import { describeMixing, testViews } from '../describeVariation.js';
import { formatCountOf, formatDuration, formatNumber, formatPercent } from '../format.js';
import type { Fact } from './document.js';
import {
  type DocumentInput,
  describeAugmentation,
  describePreprocessing,
  type TrainedDocumentInput,
} from './runWords.js';

/** How a model was trained, setting by setting. */
export function describeRecipe({ config, records }: TrainedDocumentInput): Fact[] {
  const { recipe, data, classWeights } = config;
  const { training } = recipe;
  const kept = describeKept(training);
  const further = describeLearning(config).filter((phrase) => !phrase.startsWith('averaged its weights'));
  const weights = classWeights.map((weight, i) => `${data.classes[i]?.id ?? i} ${formatNumber(weight)}`);
  return [
    ['Images', describePreprocessing(config)],
    ['Variation', describeAugmentation(recipe)],
    ['What was trained', describeTrained(recipe)],
    ['Optimizer', describeOptimizer(training)],
    [
      'Length',
      `${formatCountOf(training.epochs, 'epoch')} of all training images, in batches of ${training.batchSize}${
        training.earlyStopping > 0
          ? `; ends early after ${formatCountOf(training.earlyStopping, 'epoch')} without a better one`
          : ''
      }`,
    ],
    ['Done', describeDone(records)],
    [
      'Weights of the diagnoses in the loss',
      training.classWeights === 'none' ? 'all alike' : `${training.classWeights}: ${weights.join(', ')}`,
    ],
    ['Rare diagnoses', describeClassBalance(training).join('; ') || 'as they came'],
    ['Mixing of images', describeMixing(training).join(' and ') || 'none'],
    ['Label smoothing', training.labelSmoothing > 0 ? String(training.labelSmoothing) : 'none'],
    [
      'Averaging of weights',
      training.weightAveraging > 0
        ? `exponential, decay ${training.weightAveraging} a step`
        : training.averagedTail > 0
          ? `of the last ${formatPercent(training.averagedTail)} of the steps, all alike`
          : 'none',
    ],
    ...further.map((phrase): Fact => ['Besides', `it ${phrase}`]),
    ['Which epoch is kept', kept === null ? 'the last, whatever validation says' : `the one with ${kept}`],
    ['Answer at test', testViews[recipe.evaluation.testTimeAugmentation]],
  ];
}

/** Which part of a network is trained, and at which rates. */
export function describeTrained({ training: { freeze, learningRateFactors }, featureViews }: Recipe): string {
  const parts = [
    freeze === 'none'
      ? 'everything'
      : freeze === 'backbone'
        ? `the classifier alone, on features of ${formatCountOf(featureViews, 'variant')} of each image`
        : `all but the stages up to ${freeze}`,
    ...Object.entries(learningRateFactors).map(([name, factor]) => `${name} at ${factor} times the learning rate`),
  ];
  return parts.join('; ');
}

/** The optimizer with its settings. */
export function describeOptimizer(training: Recipe['training']): string {
  const { schedule, stepEpochs, stepFactor, weightDecay, weightDecayOn, gradientClipping } = training;
  const parts = [training.optimizer, `learning rate ${training.learningRate}`, `schedule ${schedule}`];
  if (schedule === 'step') parts.push(`times ${stepFactor} every ${formatCountOf(stepEpochs, 'epoch')}`);
  if (training.warmUp > 0) parts.push(`rising over the first ${Math.round(training.warmUp * 100)}% of steps`);
  if (weightDecay > 0)
    parts.push(`weight decay ${weightDecay}${weightDecayOn === 'weights' ? ', not of biases and batch norms' : ''}`);
  if (gradientClipping > 0) parts.push(`gradients no longer than ${gradientClipping}`);
  return parts.join(', ');
}

function describeDone(records: DocumentInput['records']): string {
  if (records.length === 0) return 'no epoch yet';
  const seconds = records.reduce((sum, record) => sum + record.seconds, 0);
  return `${formatCountOf(records.length, 'epoch')} in ${formatDuration(seconds)}`;
}
