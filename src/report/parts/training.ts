import { describeCurves } from '../../training/curveNotes.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { classWeightsChart } from '../charts/classWeights.js';
import { hasRecallCurves, recallCurvesChart } from '../charts/recallCurves.js';
import { accuracyCurveChart, lossCurveChart } from '../charts/trainingCurves.js';
import { describeClassBalance } from '../describeClassBalance.js';
import { describeVariation } from '../describeVariation.js';
import { formatCount, formatDuration, formatList, formatNumber } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { absent, chartFigure, dataTable, figureRow, pictureFigure } from '../pageParts.js';
import type { LayerRow, TrainedReportInput } from '../reportInput.js';

/** How the model learned: curves, what it is made of, what it was shown. */
export function renderTraining(input: TrainedReportInput, options: ChartOptions): string {
  const { config, records, layers, trainingBatch, runFolder } = input;
  const parts: string[] = [describeRecipe(input)];
  if (records.length === 0)
    parts.push(absent('No epoch of training is done', 'train', config.data.folder, '--run', runFolder, '--resume'));
  else {
    const notes = describeCurves(records);
    const overfittingFrom = notes.find(({ kind }) => kind === 'overfitting')?.firstEpoch ?? null;
    parts.push(
      figureRow(
        chartFigure(
          lossCurveChart(records, { ...options, overfittingFrom }),
          `How far the answers are from the truth (${term('Loss')}), ${term('Epoch')} by epoch.`,
        ),
        chartFigure(
          accuracyCurveChart(records, options),
          `The dotted upright line marks the epoch whose weights were kept: the best ${term('Balanced accuracy')} on validation.`,
        ),
      ),
      ...notes.map(({ text }) => `<p class="aside">${escapeText(text)}</p>`),
      ...recallByClass(input, options),
    );
  }
  if (trainingBatch)
    parts.push(
      pictureFigure(
        trainingBatch,
        `One ${term('Batch')} as the network saw it, after ${term('Augmentation')}, with its diagnoses.`,
      ),
    );
  else
    parts.push(
      absent('There is no picture of a training batch', 'train', config.data.folder, '--run', runFolder, '--resume'),
    );
  parts.push('<h3>Class weights</h3>', describeWeights(input));
  if (config.classWeights.some((weight) => weight !== 1))
    parts.push(
      figureRow(
        chartFigure(
          classWeightsChart(
            config.data.classes.map((c, i) => ({ dx: c.id, name: c.name, weight: config.classWeights[i] })),
            { ...options, idPrefix: 'training-' },
          ),
        ),
      ),
    );
  if (layers) parts.push('<h3>The network, layer by layer</h3>', layerTable(layers));
  return parts.join('\n');
}

/** Nothing for runs of earlier versions, which have no recall by class and epoch. */
function recallByClass({ config, records, validationCounts }: TrainedReportInput, options: ChartOptions): string[] {
  if (!hasRecallCurves(records)) return [];
  const classes = config.data.classes.map(({ id, name }) => ({
    id,
    name,
    images: validationCounts?.[id]?.images ?? null,
    lesions: validationCounts?.[id]?.lesions ?? null,
  }));
  return [
    '<h3>How each diagnosis was learned</h3>',
    '<p>Share of the validation images of each diagnosis that were recognised, epoch by epoch. Which epoch is kept is decided by their mean; a single diagnosis may have done better in another one.</p>',
    figureRow(
      chartFigure(
        recallCurvesChart(records, classes, options),
        'Beside each diagnosis: its sensitivity at the epoch that was kept. Where few lesions stand behind a curve, a single one moves it a lot: its ups and downs mean little. These images helped to choose the epoch; for how well the model does, see <a href="#results">the test images</a>.',
      ),
    ),
  ];
}

function describeRecipe({ config, records }: TrainedReportInput): string {
  const { recipe } = config;
  const { training: t } = recipe;
  const varied = describeVariation(recipe.augmentation);
  const last = records.at(-1);
  return `<p>Images of ${recipe.imageSize} × ${recipe.imageSize} pixels in ${term('Batch', 'batches')} of ${t.batchSize}, ${
    varied.length > 0
      ? `at random ${formatList(varied)} anew in every epoch (${term('Augmentation')})`
      : 'always unchanged'
  }.${last && records.length < t.epochs ? ` Training ended after ${records.length} of ${t.epochs} epochs.` : ''}${last ? ` The last epoch took ${formatDuration(last.seconds)}, ${formatCount(last.imagesPerSecond)} images per second on ${escapeText(config.device === 'cpu' ? 'the processor' : config.device)}.` : ''}</p>`;
}

function describeWeights({ config }: TrainedReportInput): string {
  const done = describeClassBalance(config.recipe.training);
  const words = done.length === 0 ? 'images of all diagnoses counted alike' : escapeText(done.join('; '));
  return `<p>In training, ${words}. See ${term('Class weight', 'class weights')} and ${term('Median-frequency balancing')}.</p>`;
}

function layerTable(layers: readonly LayerRow[]): string {
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const operations = layers.reduce((sum, layer) => sum + layer.operations, 0);
  return dataTable(
    `Shapes are channels × height × width. In total ${formatCount(parameters)} ${term('Parameters')} and ${formatNumber(operations / 1e6, 1)} million operations for one image. See ${term('Convolution')} and ${term('Pooling')}.`,
    [
      { title: 'Layer' },
      { title: 'What it does' },
      { title: 'Output', number: true },
      { title: 'Parameters', number: true },
      { title: 'Operations', number: true },
    ],
    layers.map((layer) => [
      escapeText(layer.name),
      escapeText(layer.type),
      layer.outputShape.join(' × '),
      formatCount(layer.parameters),
      formatCount(layer.operations),
    ]),
  );
}
