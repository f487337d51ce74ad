import * as Plot from '@observablehq/plot';
import type { ReaderAnalysis } from '../../evaluation/readers/analyseReaders.js';
import { formatPercent } from '../format.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

const share = (value: number) => formatPercent(value, 0);
const axis = {
  domain: [0, 1],
  labelAnchor: 'center' as const,
  labelArrow: 'none' as const,
  ticks: 5,
  tickFormat: share,
};
const symbols = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star'] as const;

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
  return drawChart(
    {
      name: 'readers',
      title: `Readers: ${question}`,
      subtitle: `${model ? 'Line: the model at every threshold. ' : ''}Each mark is a reader${conditions.length > 1 ? ` (${shapes})` : ''}.`,
      description: `${points.length} readings by sensitivity and false alarms. ${points
        .slice(0, 12)
        .map(({ reader, x, y }) => `${reader}: sensitivity ${share(y)}, false alarms ${share(x)}`)
        .join('; ')}.${model ? ` ${above.length} lie above the model's curve.` : ''}`,
      height: 340,
      plot: {
        marginLeft: 52,
        marginRight: 20,
        marginTop: 14,
        marginBottom: 42,
        x: { ...axis, label: 'False alarms (1 − specificity)' },
        y: { ...axis, label: null },
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
        ],
      },
    },
    options,
  );
}
