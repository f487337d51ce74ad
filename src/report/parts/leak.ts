import type { LeakNumber } from '../../evaluation/outside/leakDemonstration.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { leakChart } from '../charts/leak.js';
import { describePreset } from '../describePreset.js';
import { formatCount, formatCountOf, formatNumber, formatPercent, signedNumber, signedPoints } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { absent, chartFigure, classLabel, dataTable, figureRow } from '../pageParts.js';
import { modelName, type ReportInput } from '../reportInput.js';

/** What a split by image would have done, on this data where that was tried. */
export function renderLeak(input: ReportInput, options: ChartOptions): string {
  const { config, leak, leakFolder } = input;
  if (!config.data.hasLesionIds) return '';
  const title = '<h3>Why whole lesions</h3>';
  const why = `A lesion that was photographed several times looks much the same in every picture. Divided image by image, some of its pictures are trained on and others tested: the model can recognise the lesion instead of the disease (${term('Leakage')}), and the results say too much about lesions that it has never seen.`;
  if (!leak)
    return `${title}\n<p>${why}</p>\n${absent('How much that would flatter results on these data was not tried: it takes two more trainings', 'leak', config.data.folder, '--run', leakFolder)}`;
  const { seen, unseen, byImageTest, balancedAccuracy, classes } = leak;
  return [
    title,
    `<p>${why} Here is what it does on ${
      leak.data.sha256 === config.data.sha256
        ? 'these data'
        : `${formatCountOf(leak.data.images, 'image')} of the same dataset, which are not all those of this run`
    }: the same network was trained twice, once with each way of dividing. It is another network than the one of this report: ${describeTraining(leak)}.</p>`,
    `<p><strong>${describeFlattery(balancedAccuracy)}</strong> In the split by image, ${formatCount(seen.images)} of ${formatCountOf(byImageTest.images, 'test image')} (${formatPercent(seen.images / byImageTest.images, 0)}) show lesions that were trained on; ${withBounds(seen)} of their answers are right, and ${withBounds(unseen)} for the other ${formatCount(unseen.images)}.</p>`,
    figureRow(chartFigure(leakChart(classes, { ...options, idPrefix: 'split-' }))),
    leakTable(input, leak),
    `<p class="small muted">${escapeText(leak.method)}</p>`,
  ].join('\n');
}

type Leak = NonNullable<ReportInput['leak']>;

function describeTraining({ model, preset, overrides, imageSize, epochs, seed }: Leak): string {
  const recipe = describePreset({ preset, overrides });
  return escapeText(
    `${modelName(model)}, ${recipe}; ${imageSize} × ${imageSize} pixels, ${formatCountOf(epochs, 'epoch')}, seed ${seed}`,
  );
}

function describeFlattery({ flattery, flatteryInterval }: LeakNumber): string {
  if (flattery === null) return 'The two balanced accuracies cannot be compared.';
  const points = (100 * Math.abs(flattery)).toFixed(1);
  const bounds = flatteryInterval
    ? ` (95% interval ${signedPoints(flatteryInterval[0])} to ${signedPoints(flatteryInterval[1])})`
    : '';
  const chance =
    flatteryInterval && flatteryInterval[0] <= 0 && flatteryInterval[1] >= 0
      ? ' The interval holds 0: so small a test could show this by chance.'
      : '';
  return `Divided by image, balanced accuracy comes out ${points} points ${flattery < 0 ? 'lower' : 'higher'}${bounds}.${chance}`;
}

const withBounds = ({ accuracy, interval }: Leak['seen']) =>
  `${formatPercent(accuracy)}${interval ? ` (${formatPercent(interval[0])} to ${formatPercent(interval[1])})` : ''}`;

function leakTable({ config }: ReportInput, leak: Leak): string {
  const cell = (value: number | null, interval: LeakNumber['byImageInterval'], show: (value: number) => string) =>
    `${value === null ? '–' : show(value)}${interval ? `<span class="range">${show(interval[0])} to ${show(interval[1])}</span>` : ''}`;
  const row = (
    title: string,
    lesions: readonly [number, number],
    number: LeakNumber,
    show: (value: number) => string = formatPercent,
    difference: (value: number) => string = signedPoints,
  ) => [
    title,
    lesions.map(formatCount).join(' · '),
    cell(number.byImage, number.byImageInterval, show),
    cell(number.byLesion, number.byLesionInterval, show),
    cell(number.flattery, number.flatteryInterval, difference),
  ];
  const all = [leak.byImageTest.lesions, leak.byLesionTest.lesions] as const;
  return dataTable(
    'Sensitivity (recall) of each diagnosis, and all together, under both ways of dividing, with 95% intervals. Differences are in percentage points; of AUROC, as it is.',
    [
      { title: 'Diagnosis' },
      { title: 'Lesions tested, by image · by lesion', number: true },
      { title: 'Split by image', number: true },
      { title: 'Split by lesion', number: true },
      { title: 'How much the first flatters', number: true },
    ],
    [
      ...leak.classes.map((c) =>
        row(
          classLabel(
            config.data.classes.findIndex(({ id }) => id === c.dx),
            c.name,
            c.dx,
          ),
          [c.byImageLesions, c.byLesionLesions],
          c,
        ),
      ),
      row('<strong>Balanced accuracy</strong>', all, leak.balancedAccuracy),
      row('<strong>Accuracy</strong>', all, leak.accuracy),
      row('<strong>AUROC, mean of diagnoses</strong>', all, leak.macroAuroc, formatNumber, signedNumber),
    ],
    { stacked: true },
  );
}
