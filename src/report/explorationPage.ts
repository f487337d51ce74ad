import type { Exploration } from '../data/audit/exploration.js';
import type { ChartOptions } from './charts/chartOptions.js';
import { explorationCharts } from './explorationCharts.js';
import { formatCount, formatCountOf, formatNumber, formatPercent, formatValue } from './format.js';
import { renderGlossary, term } from './glossary.js';
import { escapeText, fileName } from './html.js';
import { type PageSection, renderPage } from './page.js';
import { chartFigure, classLabel, dataTable, figureRow, type PagePicture, thumbnails } from './pageParts.js';
import { renderAudit } from './parts/audit.js';

/** What the page of an exploration shows. */
export interface ExplorationPageInput {
  readonly exploration: Exploration;
  /** Sample images by image id; those without one are left out. */
  readonly pictures: ReadonlyMap<string, Omit<PagePicture, 'alternative'>>;
  /** What wrote the page, for its footer, for example `lesionlab 0.1.0`. */
  readonly writtenBy?: string;
}

/** exploration.html: what a dataset looks like, as one self-contained page. */
export function renderExploration(input: ExplorationPageInput, options: ChartOptions = {}): string {
  const { exploration } = input;
  const { dataset } = exploration;
  const charts = explorationCharts(exploration, options);
  const figure = (name: string, caption?: string) => {
    const chart = charts.find((c) => c.name === name);
    return chart ? chartFigure(chart.svg, caption) : '';
  };
  const sections: (PageSection | null)[] = [
    {
      id: 'diagnoses',
      title: 'Diagnoses',
      body: `${describeClasses(exploration)}
${figureRow(figure('class-counts'), figure('class-weights'))}
${weightsTable(exploration)}`,
    },
    { id: 'images', title: 'What the images look like', body: sampleImages(input) },
    section('people', 'Who and where', [
      figureRow(figure('age'), figure('sex')),
      figureRow(figure('localization'), figure('diagnosis-by-localization')),
      figureRow(figure('diagnosis-by-age'), figure('diagnosis-by-sex')),
    ]),
    section('origin', 'Where the diagnoses come from', [figureRow(figure('dx-type'), figure('diagnosis-by-dx-type'))]),
    section('lesions', 'Images and lesions', [describeLesions(exploration), figureRow(figure('images-per-lesion'))]),
    { id: 'rows', title: 'Ten rows of the table', body: sampleRows(exploration) },
    {
      id: 'quality',
      title: 'Missing values and audit',
      body: `${figureRow(figure('missing-values'))}\n${renderAudit(exploration.audit)}`,
    },
    { id: 'glossary', title: 'Glossary', body: renderGlossary(usedTerms) },
  ];
  return renderPage({
    title: `${dataset.name}: a first look`,
    kind: 'Exploration',
    lead: `${formatCountOf(exploration.images, 'image')}${
      dataset.hasLesionIds ? ` of ${formatCountOf(exploration.lesions, 'lesion')}` : ''
    }, ${formatCountOf(exploration.classes.length, 'diagnosis', 'diagnoses')}. What is in the data, before anything is learnt from it.`,
    synthetic: dataset.synthetic,
    sections: sections.filter((s) => s !== null),
    footer: explorationFooter(input),
  });
}

const usedTerms = [
  'Accuracy',
  'Balanced accuracy',
  'Class weight',
  'Dermatoscope',
  'Leakage',
  'Lesion',
  'Median-frequency balancing',
  'Recall',
];

/** A section with some of these parts, or none where all are empty (a dataset without the column). */
function section(id: string, title: string, parts: readonly string[]): PageSection | null {
  const kept = parts.filter((part) => part !== '' && part !== figureRow());
  return kept.some((part) => part.includes('<figure')) ? { id, title, body: kept.join('\n') } : null;
}

function describeClasses({ classes, images }: Exploration): string {
  const known = classes.filter((c) => c.images > 0);
  if (known.length < 2) return '';
  const most = known.reduce((a, b) => (b.images > a.images ? b : a));
  const least = known.reduce((a, b) => (b.images < a.images ? b : a));
  return `<p>The diagnoses are not equally common: ${formatPercent(most.images / images)} of the images show “${escapeText(most.name)}”, ${formatPercent(least.images / images)} “${escapeText(least.name)}”. For one image of the rarest there are ${formatCount(most.images / least.images)} of the most common. A model that always answered “${escapeText(
    most.name,
  )}” would have an ${term('Accuracy')} of ${formatPercent(most.images / images)} and be of no use, which is why ${term('Balanced accuracy')} and every diagnosis’s own ${term('Recall')} matter more.</p>`;
}

function weightsTable({ classes, dataset }: Exploration): string {
  return dataTable(
    `Diagnoses, and their ${term('Class weight', 'class weights')} by ${term('Median-frequency balancing')}: the median of all counts divided by the count of the diagnosis.`,
    [
      { title: 'Diagnosis' },
      { title: 'Images', number: true },
      ...(dataset.hasLesionIds ? [{ title: 'Lesions', number: true }] : []),
      { title: 'Share of images', number: true },
      { title: 'Class weight', number: true },
    ],
    classes.map((c, i) => [
      classLabel(i, c.name, c.dx),
      formatCount(c.images),
      ...(dataset.hasLesionIds ? [formatCount(c.lesions)] : []),
      formatPercent(c.share),
      formatNumber(c.weight, 4),
    ]),
  );
}

function sampleImages({ exploration, pictures }: ExplorationPageInput): string {
  const parts = exploration.sampleImages.map(({ dx, imageIds }) => {
    const index = exploration.classes.findIndex((c) => c.dx === dx);
    const name = exploration.classes[index]?.name ?? dx;
    const description = exploration.dataset.classes.find((c) => c.id === dx)?.description;
    const shown = imageIds.flatMap((imageId) => {
      const picture = pictures.get(imageId);
      return picture
        ? [{ picture: { ...picture, alternative: `${name}, image ${imageId}` }, caption: escapeText(imageId) }]
        : [];
    });
    return `<h3>${classLabel(Math.max(index, 0), name, dx)}</h3>${description ? `<p>${escapeText(description)}</p>` : ''}
${shown.length > 0 ? thumbnails(shown, 'five') : '<p class="muted">No image of this diagnosis can be shown.</p>'}`;
  });
  return `<p>Up to five images of each diagnosis, drawn at random (seed ${exploration.seed}), cut to squares.</p>\n${parts.join('\n')}`;
}

function describeLesions({ dataset, images, lesions, imagesPerLesion }: Exploration): string {
  if (!dataset.hasLesionIds)
    return '<p>The dataset does not say which images show the same lesion, so each image stands for a lesion of its own.</p>';
  const several = imagesPerLesion.filter((c) => c.images > 1).reduce((sum, c) => sum + c.lesions, 0);
  return `<p>${formatCountOf(images, 'image')} show ${formatCountOf(lesions, 'lesion')}; ${formatCount(several)} of these (${formatPercent(
    several / lesions,
  )}) were photographed more than once. All images of a lesion have to stay in the same part of the data, or there is ${term('Leakage')}.</p>`;
}

function sampleRows({ sampleRows: rows, dataset, seed }: Exploration): string {
  const cell = (value: string | number | null) =>
    value === null ? '<span class="muted">missing</span>' : escapeText(formatValue(String(value)));
  return dataTable(
    `${formatCountOf(rows.length, 'row')} of ${escapeText(fileName(dataset.metadataFile))}, drawn at random (seed ${seed}).`,
    ['image_id', 'lesion_id', 'dx', 'dx_type', 'age', 'sex', 'localization'].map((title) => ({
      title,
      number: title === 'age',
    })),
    rows.map((row) => [
      escapeText(row.image_id),
      escapeText(row.lesion_id),
      escapeText(row.dx),
      row.dx_type === null ? cell(null) : escapeText(row.dx_type),
      cell(row.age),
      cell(row.sex),
      cell(row.localization),
    ]),
  );
}

function explorationFooter({ exploration: { dataset }, writtenBy }: ExplorationPageInput): string {
  return [
    writtenBy ? `Written by ${escapeText(writtenBy)}.` : '',
    dataset.citation ? `Data: ${escapeText(dataset.citation)}` : '',
    dataset.licence ? `Licence of the data: ${escapeText(dataset.licence)}.` : '',
  ]
    .filter(Boolean)
    .map((line) => `<p>${line}</p>`)
    .join('');
}
