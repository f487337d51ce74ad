import { formatCountOf, formatList } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { settings } from '../pageParts.js';
import { modelName, type ReportInput } from '../reportInput.js';

/** Everything needed to do the run again. */
export function renderConfiguration({ config, writtenBy }: ReportInput): string {
  const { recipe, data, model, preprocessing, versions } = config;
  const { training } = recipe;
  const triple = (values: readonly number[]) => values.map((value) => value.toFixed(4)).join(', ');
  const pairs: [string, string][] = [
    [
      'Preset',
      `${escapeText(config.preset)}${config.overrides.length > 0 ? `, changed: ${escapeText(formatList(config.overrides))}` : ', unchanged'}`,
    ],
    [
      'Model',
      `${escapeText(modelName(model.id))}${model.weightsFile ? `, from ${escapeText(model.weightsFile)}` : ', from random weights'}`,
    ],
    [
      'Image size',
      `${recipe.imageSize} × ${recipe.imageSize} pixels, ${recipe.fit === 'squash' ? 'both sides scaled' : 'short side scaled, middle cut out'}`,
    ],
    [
      'Mean, standard deviation',
      `${triple(preprocessing.mean)}; ${triple(preprocessing.std)} (${escapeText(preprocessing.statistics)})`,
    ],
    [
      'Optimizer',
      `${known(training.optimizer, { adamw: 'AdamW' })}, learning rate ${training.learningRate}, ${known(training.schedule, { 'one-cycle': 'One-cycle' })}${training.weightDecay > 0 ? `, ${term('Weight decay')} ${training.weightDecay}` : ''}`,
    ],
    ['Epochs and batch', `${formatCountOf(training.epochs, 'epoch')}, batches of ${training.batchSize}`],
    ['Class weights', escapeText(training.classWeights)],
    [
      'Answer at test',
      recipe.evaluation.testTimeAugmentation === 'flips'
        ? 'mean over the image and its mirrored copies'
        : 'one look at each image',
    ],
    ['Seed', `${config.seed} (${term('Seed', 'what is a seed?')})`],
    ['Data', `${escapeText(data.folder)}; ${term('SHA-256', 'SHA-256')} <code>${escapeText(data.sha256)}</code>`],
    [
      'Machine',
      `${escapeText(config.device)}, ${config.threads} threads; Node ${escapeText(versions.node)}, ONNX Runtime ${escapeText(versions.onnxruntime)}`,
    ],
    ['Begun', escapeText(config.created)],
    ['Written by', escapeText(writtenBy)],
  ];
  return `${settings(pairs)}
<details><summary>The whole configuration (config.json)</summary><div class="scroll" role="region" tabindex="0" aria-label="config.json"><pre>${escapeText(JSON.stringify(config, null, 2))}</pre></div></details>`;
}

/** A setting's own word, linked to its meaning where the glossary has one. */
function known(word: string, terms: Readonly<Record<string, string>>): string {
  return Object.hasOwn(terms, word) ? term(terms[word], word) : escapeText(word);
}
