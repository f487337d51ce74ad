import * as Plot from '@observablehq/plot';
import type { NetBenefit, OperatingPoint } from '../../evaluation/metrics/binaryQuestion.js';
import { formatNumber, formatPercent } from '../format.js';
import { chartColour } from '../palette.js';
import { type ChartContent, drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';
import { pointLabels } from './pointLabels.js';

/** What a question is called, and its id for the names of files. */
export interface QuestionWords {
  readonly id: string;
  readonly title: string;
  /** What the classifier's own answers reach, without any threshold; left out where they mean nothing. */
  readonly own?: { readonly sensitivity: number; readonly specificity: number };
}

const share = (value: number) => formatPercent(value, 0);
const axis = (label: string) => ({
  domain: [0, 1],
  label,
  labelAnchor: 'center' as const,
  labelArrow: 'none' as const,
  ticks: 5,
  tickFormat: share,
});
const frame = { marginLeft: 52, marginRight: 20, marginTop: 28, marginBottom: 42 };
const upright = (label: string) => ({ ...axis(label), labelAnchor: 'top' as const });
const height = 330;
const grid = () => Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 });

/** Sensitivity against false alarms at every threshold. @param points of `operatingPoints` */
export function rocChart(
  points: readonly OperatingPoint[],
  { id, title, own }: QuestionWords,
  options: ChartOptions = {},
): string {
  const curve = points.map(({ sensitivity, specificity }) => [1 - specificity, sensitivity]);
  const marked = [0.9, 0.95].map((specificity) => bestAt(points, specificity));
  const at = ({ sensitivity, specificity }: { sensitivity: number; specificity: number }, text: string) => ({
    ...{ x: 1 - specificity, y: sensitivity, text },
  });
  const named = [
    ...(own ? [at(own, 'its own answers')] : []),
    at(marked[0], '90% specificity'),
    at(marked[1], '95% specificity'),
  ];
  return drawChart(
    {
      name: `roc-${id}`,
      title: `ROC: ${title}`,
      subtitle: `Sensitivity by the share of false alarms. Marked: 95% and 90% specificity${own ? '; square: its own answers' : ''}. The diagonal is guessing.`,
      description: `ROC curve. ${marked
        .map(
          ({ specificity, sensitivity }) =>
            `At ${share(specificity)} specificity the sensitivity is ${share(sensitivity)}`,
        )
        .join(
          '; ',
        )}.${own ? ` Its own answers have a sensitivity of ${share(own.sensitivity)} at ${share(own.specificity)} specificity.` : ''}`,
      height,
      plot: {
        ...frame,
        x: axis('False alarms (1 − specificity)'),
        y: upright('Sensitivity'),
        marks: [
          grid(),
          Plot.line(
            [
              [0, 0],
              [1, 1],
            ],
            { stroke: chartColour('muted'), strokeWidth: 1, strokeDasharray: '4 4' },
          ),
          Plot.line(curve, { stroke: chartColour('train'), strokeWidth: 2 }),
          Plot.dot(marked, {
            x: ({ specificity }: OperatingPoint) => 1 - specificity,
            y: 'sensitivity',
            r: 4.5,
            fill: chartColour('accent'),
            stroke: chartColour('outline'),
          }),
          ...(own
            ? [
                Plot.dot([own], {
                  x: 1 - own.specificity,
                  y: own.sensitivity,
                  r: 5,
                  symbol: 'square',
                  fill: chartColour('train'),
                  stroke: chartColour('outline'),
                }),
              ]
            : []),
          ...pointLabels(named, { ...frame, height }, options),
        ],
      },
    },
    options,
  );
}

const bestAt = (points: readonly OperatingPoint[], specificity: number): OperatingPoint =>
  points.findLast((point) => point.specificity >= specificity - 1e-12) ?? points[0];

/** Precision by sensitivity at every threshold. @param prevalence share of images for which yes is true */
export function precisionRecallChart(
  points: readonly OperatingPoint[],
  prevalence: number,
  { id, title }: QuestionWords,
  options: ChartOptions = {},
): string {
  const curve = points.flatMap(({ sensitivity, precision }) => (precision === null ? [] : [[sensitivity, precision]]));
  const half = points.find(({ sensitivity, precision }) => sensitivity >= 0.8 && precision !== null);
  return drawChart(
    {
      name: `precision-recall-${id}`,
      title: `Precision: ${title}`,
      subtitle: `How many of those called so are so, by how many are found. Guessing: ${share(prevalence)} (dashed).`,
      description: `Precision-recall curve. ${half ? `Where 80% are found, ${share(half.precision!)} of those called so are so` : 'No threshold finds 80%'}.`,
      height,
      plot: {
        ...frame,
        x: axis('Sensitivity (recall)'),
        y: upright('Precision (PPV)'),
        marks: [
          grid(),
          Plot.ruleY([prevalence], { stroke: chartColour('muted'), strokeDasharray: '4 4' }),
          Plot.line(curve, { stroke: chartColour('train'), strokeWidth: 2 }),
        ],
      },
    },
    options,
  );
}

/** Net benefit by the probability from which on one would act (Vickers and Elkin 2006). */
export function decisionCurveChart(
  curve: readonly NetBenefit[],
  { id, title }: QuestionWords,
  options: ChartOptions = {},
): string {
  const highest = Math.max(...curve.map(({ model, everybody }) => Math.max(model, everybody)), 0.01);
  const better = curve.filter(({ model, everybody }) => model > Math.max(everybody, 0));
  const content: ChartContent = {
    name: `decision-${id}`,
    title: `Decision curve: ${title}`,
    subtitle: 'Net benefit by the probability from which on one would act. Dashed: acting on everybody; 0: on nobody.',
    description: `Decision curve. The model does better than acting on everybody or nobody at ${
      better.length === 0
        ? 'no threshold shown'
        : `thresholds from ${share(better[0].threshold)} to ${share(better.at(-1)!.threshold)}`
    }; its net benefit at ${share(curve[0].threshold)} is ${formatNumber(curve[0].model)}.`,
    height,
    plot: {
      ...frame,
      x: { ...axis('Threshold probability'), domain: [0, curve.at(-1)!.threshold] },
      y: {
        ...{ label: 'Net benefit', labelAnchor: 'top', labelArrow: 'none' },
        domain: [-0.02, highest * 1.05],
        ticks: 5,
      },
      marks: [
        grid(),
        Plot.ruleY([0], { stroke: chartColour('muted') }),
        Plot.line(curve, {
          x: 'threshold',
          y: 'everybody',
          stroke: chartColour('validation'),
          strokeWidth: 1.5,
          strokeDasharray: '5 4',
          clip: true,
        }),
        Plot.line(curve, { x: 'threshold', y: 'model', stroke: chartColour('train'), strokeWidth: 2, clip: true }),
      ],
    },
  };
  return drawChart(content, options);
}
