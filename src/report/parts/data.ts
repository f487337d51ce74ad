import { ageHistogramChart } from '../charts/ageHistogram.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { classCountsChart } from '../charts/classCounts.js';
import { formatCount, formatCountOf } from '../format.js';
import { escapeText, fileName } from '../html.js';
import { absent, chartFigure, classLabel, dataTable, figureRow } from '../pageParts.js';
import { isOfJudged, type ReportInput } from '../reportInput.js';

/** What the images are and where they come from. */
export function renderData(input: ReportInput, options: ChartOptions): string {
  const { config, exploration, runFolder } = input;
  const { data } = config;
  const parts = [
    `<p>${escapeText(data.name)}: ${formatCountOf(data.images, 'image')}${
      data.hasLesionIds ? ` of ${formatCountOf(data.lesions, 'lesion')}` : ''
    }, with the diagnoses from ${data.folders ? 'each dataset’s own table' : `<code>${escapeText(fileName(data.metadataFile))}</code>`}.${
      data.limit === null
        ? ''
        : ` About ${formatCountOf(data.limit, 'image')} ${data.limit === 1 ? 'was' : 'were'} asked for; ${formatCount(data.images + data.excluded.length)} were drawn, ${data.hasLesionIds ? 'as whole lesions and ' : ''}with some of every diagnosis.`
    }${data.excluded.length === 0 ? '' : ` ${formatCountOf(data.excluded.length, 'unusable image')} ${data.excluded.length === 1 ? 'was' : 'were'} left out by request.`}</p>`,
    describeClasses(data.classes),
  ];
  if (exploration) {
    const { age } = exploration;
    parts.push(
      figureRow(
        chartFigure(
          classCountsChart(exploration.classes, { ...options, hasLesionIds: exploration.dataset.hasLesionIds }),
        ),
        age && age.images > 0 ? chartFigure(ageHistogramChart(age, options)) : '',
      ),
      '<p>Everything else about the data, with sample images, stands in <a href="exploration/exploration.html">exploration/exploration.html</a> of the run’s folder.</p>',
    );
  } else if (!isOfJudged(input))
    parts.push(absent('The data have not been explored in this run', 'explore', data.folder, '--run', runFolder));
  if (data.citation || data.licence)
    parts.push(
      `<p class="small muted">${[
        data.citation ? escapeText(data.citation) : '',
        data.licence ? `Licence: ${escapeText(data.licence)}.` : '',
      ]
        .filter(Boolean)
        .join(' ')}</p>`,
    );
  return parts.join('\n');
}

function describeClasses(classes: ReportInput['config']['data']['classes']): string {
  if (!classes.some((c) => c.description)) return '';
  return dataTable(
    'The diagnoses, in plain words.',
    [{ title: 'Diagnosis' }, { title: 'What it is' }],
    classes.map((c, i) => [classLabel(i, c.name, c.id), escapeText(c.description ?? '')]),
  );
}
