import * as Plot from '@observablehq/plot';
import type { ReliabilityBin } from '../../evaluation/metrics/calibration.js';
import { formatCountOf, formatPercent } from '../format.js';
import { chartColour } from '../palette.js';
import { drawChart } from './chart.js';
import type { ChartOptions } from './chartOptions.js';
import { diagonal, shareAxes } from './diagonal.js';

interface Point {
  readonly confidence: number;
  readonly accuracy: number;
  readonly images: number;
}

const known = (bins: readonly ReliabilityBin[]): Point[] =>
  bins.flatMap(({ confidence, accuracy, images }) =>
    confidence === null || accuracy === null ? [] : [{ confidence, accuracy, images }],
  );

/** A reliability diagram: how often answers of a certainty are right, before and after scaling, against the diagonal of a perfect one. */
export function reliabilityChart(
  before: readonly ReliabilityBin[],
  after: readonly ReliabilityBin[],
  options: ChartOptions = {},
): string {
  const [plain, scaled] = [known(before), known(after)];
  const edge = (share: number) => formatPercent(share, 0);
  const words = (points: readonly Point[]) =>
    points
      .map(
        ({ confidence, accuracy, images }) =>
          `${edge(confidence)} sure, ${edge(accuracy)} right (${formatCountOf(images, 'image')})`,
      )
      .join('; ');
  const line = (points: Point[], colour: 'validation' | 'train', dash: string) => [
    Plot.line(points, {
      x: 'confidence',
      y: 'accuracy',
      stroke: chartColour(colour),
      strokeWidth: 2,
      strokeDasharray: dash,
    }),
    Plot.dot(points, {
      x: 'confidence',
      y: 'accuracy',
      r: (point: Point) => 2 + Math.min(5, Math.sqrt(point.images) / 5),
      fill: chartColour(dash ? 'background' : colour),
      stroke: chartColour(colour),
      strokeWidth: 1.5,
    }),
  ];
  return drawChart(
    {
      name: 'reliability',
      title: 'Is it as often right as it is sure?',
      subtitle: 'On the diagonal it is. Dashed, hollow: as the network says; solid: scaled. Larger dots: more images.',
      description: `Reliability diagram. As the network says: ${words(plain)}. After scaling: ${words(scaled)}.`,
      height: 320,
      plot: {
        ...shareAxes('Probability of the answer', edge),
        marks: [...diagonal(), ...line(plain, 'validation', '5 4'), ...line(scaled, 'train', '')],
      },
    },
    options,
  );
}
