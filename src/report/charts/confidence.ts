import * as Plot from '@observablehq/plot';
import { mostProbable } from '../../evaluation/predictions/mostProbable.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { formatCount, formatPercent } from '../format.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

const binCount = 10;

/** Images by the probability of the answer they were given, right and wrong answers stacked. */
export function confidenceChart(predictions: Predictions, options: ChartOptions = {}): string {
  const bins = countByConfidence(predictions);
  const highest = Math.max(...bins.map(({ right, wrong }) => right + wrong), 1);
  const bars = bins.flatMap((bin) => [
    { ...bin, from: 0, to: bin.wrong, kind: 'wrong' as const },
    { ...bin, from: bin.wrong, to: bin.wrong + bin.right, kind: 'right' as const },
  ]);
  const edge = (share: number) => formatPercent(share, 0);
  return drawChart(
    {
      name: 'confidence',
      title: 'How sure it was, and whether it was right',
      subtitle: 'Images by the probability of the answer. Above the bars: share of right answers.',
      description: `Stacked histogram. ${bins
        .filter(({ right, wrong }) => right + wrong > 0)
        .map(
          ({ low, high, right, wrong }) =>
            `Probability ${edge(low)} to ${edge(high)}: ${formatCount(right)} right, ${formatCount(wrong)} wrong`,
        )
        .join('; ')}.`,
      height: 300,
      plot: {
        marginLeft: 46,
        marginRight: 20,
        marginTop: 40,
        marginBottom: 42,
        x: {
          domain: [0, 1],
          label: 'Probability of the answer',
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: 5,
          tickFormat: edge,
        },
        y: { domain: [0, highest * 1.1], label: null, ticks: 5, tickFormat: (count: number) => formatCount(count) },
        marks: [
          Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
          Plot.rectY(bars, {
            x1: 'low',
            x2: 'high',
            y1: 'from',
            y2: 'to',
            fill: (bar) => chartColour(bar.kind === 'right' ? 'bar' : 'validation'),
            stroke: chartColour('outline'),
            strokeWidth: 0.7,
            insetLeft: 1,
            insetRight: 1,
          }),
          Plot.text(
            bins.filter(({ right, wrong }) => right + wrong > 0),
            {
              x: ({ low, high }) => (low + high) / 2,
              y: ({ right, wrong }) => right + wrong,
              text: ({ right, wrong }) => edge(right / (right + wrong)),
              dy: -9,
              fontSize: 11.5,
              fontVariant: 'tabular-nums',
            },
          ),
          ...(['right', 'wrong'] as const).flatMap((kind, i) => [
            Plot.dot([kind], {
              frameAnchor: 'top-left',
              dx: 8,
              dy: i * 18 - 22,
              r: 5.5,
              symbol: 'square',
              fill: chartColour(kind === 'right' ? 'bar' : 'validation'),
              stroke: chartColour('outline'),
              strokeWidth: 0.7,
            }),
            Plot.text([kind], {
              frameAnchor: 'top-left',
              dx: 19,
              dy: i * 18 - 28,
              text: () => `${kind} answers`,
              textAnchor: 'start',
            }),
          ]),
          Plot.ruleY([0], { stroke: chartColour('outline') }),
        ],
      },
    },
    options,
  );
}

interface ConfidenceBin {
  readonly low: number;
  readonly high: number;
  right: number;
  wrong: number;
}

function countByConfidence({ classes, labels, probabilities }: Predictions): ConfidenceBin[] {
  const size = classes.length;
  const winners = mostProbable(probabilities, size);
  const bins = Array.from({ length: binCount }, (_, i): ConfidenceBin => {
    return { low: i / binCount, high: (i + 1) / binCount, right: 0, wrong: 0 };
  });
  for (let i = 0; i < labels.length; i++) {
    const confidence = probabilities[i * size + winners[i]];
    const bin = bins[Math.min(Math.floor(confidence * binCount), binCount - 1)];
    if (winners[i] === labels[i]) bin.right++;
    else bin.wrong++;
  }
  return bins;
}
