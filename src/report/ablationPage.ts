import type { AblationResult } from '../evaluation/ablation/ablationResult.js';
import { type ChoiceFigure, choiceFigures } from '../evaluation/ablation/choiceFigures.js';
import { describeAblation, describeVerdict, figureWords, formatP } from './ablationWords.js';
import type { ChartOptions } from './charts/chartOptions.js';
import { choiceDifferencesChart } from './charts/choiceDifferences.js';
import { describePreset } from './describePreset.js';
import { formatCount, formatCountOf, formatDuration, formatNumber, formatPercent } from './format.js';
import { escapeText } from './html.js';
import { type PageSection, purposeNotice, renderPage } from './page.js';
import { chartFigure, dataTable, figureRow, settings, type TableColumn, tiles } from './pageParts.js';

/** The page of an ablation, in one file. */
export function renderAblation(result: AblationResult, options: ChartOptions = {}): string {
  const { choices, data, seeds, lesionlab } = result;
  const figures = [result.figure, ...choiceFigures.filter((figure) => figure !== result.figure)];
  return renderPage({
    title: `What helps on ${data.name}`,
    kind: 'Ablation',
    lead: `${formatCountOf(choices.length, 'way')} to change a training, each with ${formatCountOf(seeds.length, 'seed')}: what that does to a network’s answers, as far as ${formatCountOf(result.lesions, 'lesion')} can show it.`,
    synthetic: data.synthetic,
    sections: [
      { id: 'summary', title: 'In short', body: renderSummary(result) },
      ...figures.map((figure): PageSection => renderFigure(result, figure, options)),
      { id: 'choices', title: 'The choices', body: renderChoices(result) },
      { id: 'basis', title: 'What this rests on', body: renderBasis(result) },
    ],
    footer: `<p>Written by lesionlab ${escapeText(lesionlab)}.</p>`,
  });
}

const number = (title: string): TableColumn => ({ title, number: true });
const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function renderSummary(result: AblationResult): string {
  const { choices, figure, classes, baseline, notes, seeds } = result;
  const words = figureWords(figure, classes.length);
  const of = (verdict: string) => choices.filter(({ figures }) => figures[figure].verdict === verdict).length;
  return [
    tiles([
      { label: 'Help', value: formatCount(of('helps')), note: `by ${words.name}` },
      { label: 'Hurt', value: formatCount(of('hurts')), note: `by ${words.name}` },
      { label: 'Not shown', value: formatCount(of('open')), note: 'which does not show that they make no difference' },
      {
        label: `Baseline, ${words.short}`,
        value: words.value(baseline.figures[figure].value),
        note: `mean of ${formatCountOf(seeds.length, 'seed')}`,
      },
    ]),
    `<p>${capital(words.name)} decides:</p>`,
    `<ul>${choices
      .map(
        ({ id, figures }) =>
          `<li><strong>${escapeText(id)}</strong> ${escapeText(describeVerdict(figures[figure], words))}.</li>`,
      )
      .join('')}</ul>`,
    ...notes.map((note) => `<p class="aside">${escapeText(note)}</p>`),
  ].join('\n');
}

function renderFigure(result: AblationResult, figure: ChoiceFigure, options: ChartOptions): PageSection {
  const { choices, classes, baseline } = result;
  const words = figureWords(figure, classes.length);
  const rows = choices.map(({ id, figures }) => ({ id, ...figures[figure] }));
  const range = (interval: readonly [number, number]) =>
    `<span class="range">${words.signed(interval[0])} to ${words.signed(interval[1])}</span>`;
  const verdicts = { helps: 'helps', hurts: 'hurts', open: 'not shown' };
  const body = [
    figureRow(
      chartFigure(
        choiceDifferencesChart(rows, { name: `differences-${figure}`, words, lower: figure === 'logLoss' }, options),
      ),
    ),
    dataTable(
      `${capital(words.name)}: means over seeds, and differences from the baseline with intervals that hold together.${words.unit ? ' Differences are in percentage points.' : ''}`,
      [
        { title: 'Choice' },
        number('Mean'),
        number('Difference'),
        number('Seed by seed'),
        number('p, corrected'),
        number('p, alone'),
        number('Error from seeds'),
        number('Would have been seen from'),
        { title: 'Says' },
      ],
      [
        [
          '<strong>baseline</strong>',
          words.value(baseline.figures[figure].value),
          '–',
          baseline.figures[figure].bySeed.map(words.value).join(' · '),
          ...['–', '–', '–', '–', ''],
        ],
        ...rows.map((row) => [
          escapeText(row.id),
          words.value(row.value),
          `${words.signed(row.difference)}${range(row.interval)}`,
          row.bySeed.map(words.signed).join(' · '),
          formatP(row.pValue),
          formatP(row.pValueAlone),
          formatPercent(row.seedShare, 0),
          words.size(row.least),
          verdicts[row.verdict],
        ]),
      ],
      { stacked: true },
    ),
  ].join('\n');
  return { id: figure, title: capital(words.short), body };
}

function renderChoices(result: AblationResult): string {
  const { recipe, choices, baseline } = result;
  const minutes = (seconds: readonly number[]) => formatDuration(mean(seconds));
  return [
    settings([
      ['Baseline', escapeText(`${recipe.model}: ${describePreset(recipe)}`)],
      [
        'Its trainings',
        `${minutes(baseline.seconds)} each, ${formatCountOf(Math.max(...baseline.epochs), 'epoch')}; balanced accuracy as it answers by itself: ${formatPercent(baseline.answered)}`,
      ],
    ]),
    dataTable(
      'What each choice changes, and what a training takes. Times are of trainings that may have run beside each other. The last column is what <code>lesionlab evaluate</code> says of the same images, where every network answers for the population that it was trained for.',
      [
        { title: 'Choice' },
        { title: 'Changes' },
        number('A training'),
        number('Beside the baseline’s'),
        number('Balanced accuracy as it answers'),
      ],
      choices.map(({ id, changes, seconds, timeRatio, answered }) => [
        escapeText(id),
        changes.map(escapeText).join('<br>'),
        minutes(seconds),
        `${formatNumber(timeRatio, 2)} times as long`,
        formatPercent(answered),
      ]),
      { stacked: true },
    ),
  ].join('\n');
}

function renderBasis(result: AblationResult): string {
  const { classes, prevalence, splitSeed, resamples, clusters } = result;
  return [
    ...describeAblation(result).map((text) => `<p>${escapeText(text)}</p>`),
    settings([
      ['Split', `drawn by seed ${splitSeed}`],
      [
        'Frequencies of diagnoses',
        escapeText(classes.map(({ id }, k) => `${id} ${formatPercent(prevalence.values[k])}`).join(', ')),
      ],
      ['Clusters', `${formatCount(clusters.count)}, by ${escapeText(clusters.of)}`],
      ['Draws', formatCount(resamples)],
    ]),
    `<p class="aside"><strong>${purposeNotice}</strong> What helps one network on these images need not help another, or elsewhere. A choice that was taken because it won here is a little worse than it looks: the test images, which nobody looked at, say how good it is.</p>`,
  ].join('\n');
}
