import type { Recipe, SplitConfig } from '../../training/recipe/config.js';
import { describeFitting } from '../describeFitting.js';
import { describeLearning } from '../describeLearning.js';
import { describePlatform } from '../describePlatform.js';
import { describePreset } from '../describePreset.js';
import { describeTrainingSide, testViews } from '../describeVariation.js';
import { beginningFile } from '../documents/runWords.js';
import { formatCountOf, formatList } from '../format.js';
import { term } from '../glossary.js';
import { escapeText, fileName } from '../html.js';
import { settings } from '../pageParts.js';
import { modelName, type TrainedReportInput } from '../reportInput.js';

/** Everything needed to do the run again. */
export function renderConfiguration({ config, writtenBy }: Pick<TrainedReportInput, 'config' | 'writtenBy'>): string {
  const { recipe, recipeFile, data, model, preprocessing, split, versions } = config;
  const { training } = recipe;
  const began = beginningFile(model);
  const triple = (values: readonly number[]) => values.map((value) => value.toFixed(4)).join(', ');
  const pairs: [string, string][] = [
    ['Recipe', escapeText(describePreset(config))],
    ...(recipeFile
      ? [
          [
            'Its file',
            `${escapeText(fileName(recipeFile.name))}; ${term('SHA-256', 'SHA-256')} <code>${recipeFile.sha256}</code>`,
          ] as [string, string],
        ]
      : []),
    [
      'Model',
      `${escapeText(modelName(model.id))}${began ? `, from ${escapeText(began.name)}` : ', from random weights'}`,
    ],
    ...(began?.sha256
      ? [['Its weights file', `${term('SHA-256', 'SHA-256')} <code>${began.sha256}</code>`] as [string, string]]
      : []),
    ...(split ? [['Split', describeSplit(split)] as [string, string]] : []),
    [
      'Image size',
      [
        `${preprocessing.imageSize} × ${preprocessing.imageSize} pixels`,
        describeTrainingSide(recipe),
        describeFitting(preprocessing),
      ]
        .filter(Boolean)
        .join(', '),
    ],
    [
      'Mean, standard deviation',
      `${triple(preprocessing.mean)}; ${triple(preprocessing.std)} (${escapeText(preprocessing.statistics)})`,
    ],
    ['Optimizer', describeOptimisation(training)],
    ...describeFineTuning(training),
    ...describeLearning(config).map((phrase): [string, string] => ['Besides', escapeText(`it ${phrase}`)]),
    [
      'Epochs and batch',
      `${formatCountOf(training.epochs, 'epoch')}, batches of ${training.batchSize}${
        training.earlyStopping > 0
          ? `; ends early after ${formatCountOf(training.earlyStopping, 'epoch')} without a better one`
          : ''
      }`,
    ],
    ['Class weights', escapeText(training.classWeights)],
    ['Answer at test', testViews[recipe.evaluation.testTimeAugmentation]],
    ['Seed', `${config.seed} (${term('Seed', 'what is a seed?')})`],
    [
      'Data',
      `${escapeText(fileName(data.folder))}; ${term('SHA-256', 'SHA-256')} <code>${escapeText(data.sha256)}</code>`,
    ],
    [
      'Machine',
      `${escapeText(config.device)}, ${config.threads} threads; ${escapeText(describePlatform(versions))}, ONNX Runtime ${escapeText(versions.onnxruntime)}`,
    ],
    ['Begun', escapeText(config.created)],
    ['Written by', escapeText(writtenBy)],
  ];
  return `${settings(pairs)}
<details><summary>The whole configuration (config.json)</summary><div class="scroll" role="region" tabindex="0" aria-label="config.json"><pre>${escapeText(JSON.stringify(config, null, 2))}</pre></div></details>`;
}

function describeSplit({ rule, groupedBy, stratified, ratios, seed }: SplitConfig): string {
  const shares = [ratios.train, ratios.validation, ratios.test].map((share) => Number((100 * share).toFixed(2)));
  return [
    groupedBy === 'lesion' ? 'whole lesions' : 'image by image',
    stratified ? 'the same mix of diagnoses in each part' : '',
    rule.kind === 'fold' ? `fold ${rule.fold + 1} of ${rule.folds}` : '',
    `${shares.join('/')}% training, validation and test`,
    `seed ${seed}`,
  ]
    .filter(Boolean)
    .join('; ');
}

function describeOptimisation(training: Recipe['training']): string {
  const { schedule, stepEpochs, stepFactor, weightDecay, weightDecayOn, gradientClipping } = training;
  const parts = [
    known(training.optimizer, { adamw: 'AdamW' }),
    `learning rate ${training.learningRate}`,
    known(schedule, { 'one-cycle': 'One-cycle' }),
  ];
  if (schedule === 'step') parts.push(`times ${stepFactor} every ${formatCountOf(stepEpochs, 'epoch')}`);
  if (weightDecay > 0)
    parts.push(
      `${term('Weight decay')} ${weightDecay}${weightDecayOn === 'weights' ? ', not of biases and batch norms' : ''}`,
    );
  if (gradientClipping > 0) parts.push(`gradients no longer than ${gradientClipping}`);
  return parts.join(', ');
}

/** Rows that only a training with parts of the network apart has. */
function describeFineTuning({ freeze, learningRateFactors }: Recipe['training']): [string, string][] {
  const rows: [string, string][] = [];
  if (freeze !== 'none')
    rows.push([
      'Not trained',
      freeze === 'backbone' ? 'all but the classifier' : `all stages up to ${escapeText(freeze)}`,
    ]);
  const factors = Object.entries(learningRateFactors);
  if (factors.length > 0)
    rows.push([
      'Learning rate by part',
      escapeText(formatList(factors.map(([name, factor]) => `${name} times ${factor}`))),
    ]);
  return rows;
}

/** A setting's own word, linked to its meaning where the glossary has one. */
function known(word: string, terms: Readonly<Record<string, string>>): string {
  return Object.hasOwn(terms, word) ? term(terms[word], word) : escapeText(word);
}
