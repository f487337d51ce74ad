import * as Plot from '@observablehq/plot';
import type { AgeHistogram } from '../../data/audit/exploration.js';
import { formatCount, formatCountOf, formatNumber } from '../format.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';

/** Images by age, with the normal distribution of the same mean and spread drawn over them. */
export function ageHistogramChart(age: AgeHistogram, options: ChartOptions = {}): string {
  const { normal, bins } = age;
  const from = bins[0]?.from ?? 0;
  const to = bins.at(-1)?.to ?? 100;
  const fit = normal ? normalCurve(normal, from, to, age.images * age.binYears) : [];
  const highest = Math.max(...bins.map((bin) => bin.images), ...fit.map((point) => point.images), 1);
  const summary = normal
    ? `Mean ${formatNumber(normal.mean, 1)} years, standard deviation ${formatNumber(normal.standardDeviation, 1)}, median ${formatNumber(age.median, 0)}`
    : 'Too few ages for a fit';
  const peak = fit.reduce((best, point) => (point.images > best.images ? point : best), fit[0]);
  return drawChart(
    {
      name: 'age',
      title: 'Images by age, and a normal fit',
      subtitle: `${summary}; age missing for ${formatCountOf(age.missing, 'image')}.`,
      description: `Histogram in steps of ${age.binYears} years with the normal distribution of the same mean and spread. ${summary}. ${bins
        .map((bin) => `${bin.from} to ${bin.to - 1}: ${formatCount(bin.images)}`)
        .join('; ')}.`,
      height: 270,
      plot: {
        marginLeft: 48,
        marginRight: 8,
        marginTop: 26,
        marginBottom: 40,
        x: { label: 'Age (years)', labelArrow: 'none', labelAnchor: 'center', domain: [from, to], ticks: 8 },
        y: {
          label: 'Images',
          labelArrow: 'none',
          grid: false,
          domain: [0, highest * 1.06],
          ticks: 5,
          tickFormat: (n: number) => formatCount(n),
        },
        marks: [
          Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
          Plot.rectY(bins, {
            x1: 'from',
            x2: 'to',
            y: 'images',
            fill: chartColour('bar'),
            stroke: chartColour('outline'),
            strokeWidth: 0.7,
            insetLeft: 0.5,
            insetRight: 0.5,
            title: (bin) => `${bin.from} to ${bin.to - 1} years: ${formatCountOf(bin.images, 'image')}`,
          }),
          Plot.line(fit, { x: 'age', y: 'images', stroke: chartColour('accent'), strokeWidth: 2.5 }),
          peak
            ? Plot.text([peak], {
                x: from + 1,
                y: highest * 1.02,
                text: () => 'Line: normal fit',
                textAnchor: 'start',
                fill: chartColour('accent'),
                fontWeight: 600,
              })
            : null,
          Plot.ruleY([0], { stroke: chartColour('outline') }),
        ],
      },
    },
    options,
  );
}

/** The normal density times `scale`, at every year. */
function normalCurve(
  normal: { readonly mean: number; readonly standardDeviation: number },
  from: number,
  to: number,
  scale: number,
): { age: number; images: number }[] {
  const { mean, standardDeviation } = normal;
  if (!(standardDeviation > 0)) return [];
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const z = (from + i - mean) / standardDeviation;
    return {
      age: from + i,
      images: (scale * Math.exp((-z * z) / 2)) / (standardDeviation * Math.sqrt(2 * Math.PI)),
    };
  });
}
