import * as Plot from '@observablehq/plot';
import type { ReaderAnalysis } from '../../evaluation/readers/analyseReaders.js';
import { formatPercent } from '../format.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';
import { pointLabels } from './pointLabels.js';

const share = (value: number) => formatPercent(value, 0);
const axis = {
  domain: [0, 1],
  labelAnchor: 'center' as const,
  labelArrow: 'none' as const,
  ticks: 5,
  tickFormat: share,
};
const symbols = ['circle', 'triangle', 'diamond', 'cross', 'star', 'wye'] as const;

const frame = { height: 360, marginLeft: 52, marginRight: 20, marginTop: 28, marginBottom: 42 };

/** More names than these cover each other. */
const mostNames = 24;

/** Readers as points of sensitivity and false alarms, on the model's ROC curve where there is a model. */
export function readerPointsChart(
  { ofReaders, model }: ReaderAnalysis,
  question: string,
  options: ChartOptions = {},
): string {
  const points = ofReaders.flatMap(({ reader, condition, sensitivity, specificity }) =>
    sensitivity && specificity ? [{ reader, condition, x: 1 - specificity.value, y: sensitivity.value }] : [],
  );
  const conditions = [...new Set(points.map(({ condition }) => condition))];
  const shapes = conditions.map((condition, i) => `${condition}: ${symbols[i % symbols.length]}`).join(', ');
  const above = model
    ? points.filter(
        ({ x, y }) =>
          y >
          Math.max(
            ...model.curve.filter((point) => 1 - point.specificity <= x + 1e-12).map((point) => point.sensitivity),
          ),
      )
    : [];
  const own =
    model?.sensitivity && model.specificity
      ? { x: 1 - model.specificity.value, y: model.sensitivity.value }
      : undefined;
  const named = [
    ...(own ? [{ ...own, text: 'the model’s answers' }] : []),
    ...(points.length <= mostNames ? points.map(({ reader, x, y }) => ({ x, y, text: reader })) : []),
  ];
  return drawChart(
    {
      name: 'readers',
      title: `Readers: ${question}`,
      subtitle: `${model ? `Line: the model at every threshold${own ? '; large square: its answers' : ''}. ` : ''}Each mark is a reader${conditions.length > 1 ? ` (${shapes})` : ''}.`,
      description: `${points.length} readings by sensitivity and false alarms. ${points
        .slice(0, 12)
        .map(({ reader, x, y }) => `${reader}: sensitivity ${share(y)}, false alarms ${share(x)}`)
        .join(
          '; ',
        )}.${own ? ` The model: sensitivity ${share(own.y)}, false alarms ${share(own.x)}.` : ''}${model ? ` ${above.length} lie above the model's curve.` : ''}`,
      height: frame.height,
      plot: {
        ...frame,
        x: { ...axis, label: 'False alarms (1 − specificity)' },
        y: { ...axis, label: 'Sensitivity', labelAnchor: 'top' },
        symbol: { domain: conditions, range: conditions.map((_, i) => symbols[i % symbols.length]) },
        marks: [
          Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
          Plot.line(
            [
              [0, 0],
              [1, 1],
            ],
            { stroke: chartColour('muted'), strokeWidth: 1, strokeDasharray: '4 4' },
          ),
          ...(model
            ? [
                Plot.line(
                  model.curve.map(({ sensitivity, specificity }) => [1 - specificity, sensitivity]),
                  { stroke: chartColour('train'), strokeWidth: 2 },
                ),
              ]
            : []),
          Plot.dot(points, {
            x: 'x',
            y: 'y',
            r: 4,
            symbol: 'condition',
            fill: chartColour('accent'),
            stroke: chartColour('outline'),
          }),
          ...(own
            ? [
                Plot.dot([own], {
                  ...{ x: 'x', y: 'y', r: 7, symbol: 'square' as const },
                  fill: chartColour('train'),
                  stroke: chartColour('outline'),
                }),
              ]
            : []),
          ...pointLabels(named, frame, options),
        ],
      },
    },
    options,
  );
}
