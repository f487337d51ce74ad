import type { MeanWithInterval } from '../../evaluation/metrics/meanInterval.js';
import type { ExplanationMethod } from '../../explain/explainers/explainer.js';
import { isEnsemble, isJudged } from '../../training/recipe/ensembleConfig.js';
import { beginningFile } from '../documents/runWords.js';
import { formatCountOf, formatList, formatNumber, formatPercent } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { absent, dataTable, figureRow, type PagePicture, pictureTag } from '../pageParts.js';
import type { ExplainedImage, Explanations, LocalisationWords, ReportInput } from '../reportInput.js';

/** Where the model looked, before and after training. */
export function renderExplanations({ explanations, config, runFolder }: ReportInput): string {
  if (!explanations || explanations.images.length === 0)
    return absent('Where the model looks has not been computed', 'explain', runFolder);
  const name = (id: string) => config.data.classes.find((c) => c.id === id)?.name ?? id;
  return [
    `<p>${describeMethod(explanations)}: the warmer, the more. ${describeBefore(config)}: what looks alike in both was not learned here.</p>`,
    '<p>The example of each diagnosis is the test image with the right answer that the model was most sure of or, where none was right, the one that came nearest. These are examples at their best, not typical ones; images that somebody asked for by name stand before them.</p>',
    explanations.localisation ? describeLocalisation(explanations.localisation) : '',
    describeMasksLeftOut(explanations),
    figureRow(...explanations.images.map((image) => explainedFigure(image, name))),
    describeCheck(explanations),
    '<p>Such maps are coarse, and they show where evidence was found, not whether it was good evidence. A map on the lesion does not make an answer right.</p>',
  ].join('\n');
}

/** Subject and verb of a sentence. The registry of methods has names too, and the gradient's code behind them, which a page of results doesn't need. */
const methodWords: Readonly<Record<ExplanationMethod, readonly [title: string, verb: string]>> = {
  'grad-cam': ['Grad-CAM', 'colours'],
  hirescam: ['HiResCAM', 'colours'],
  'integrated-gradients': ['Integrated gradients', 'colour'],
  occlusion: ['Occlusion', 'colours'],
};

/** What the maps were made with, and what of: older files name no method. */
function describeMethod({ method = 'grad-cam', layer, baseline }: Explanations): string {
  const [title, verb] = methodWords[method];
  const name = method === 'grad-cam' ? term('Grad-CAM', title) : title;
  const words = { mean: 'the mean colour', black: 'black', grey: 'grey', blurred: 'the blurred image' };
  const instead = words[baseline as keyof typeof words];
  const layerWords = layer ? `, taken from ${escapeText(layer)}` : '';
  const source = instead ? `, compared with ${instead} in their place` : layerWords;
  return `${name} ${verb} the places that spoke for an answer${source}`;
}

/** Whether the maps are worth anything. */
function describeCheck({ method = 'grad-cam', check }: Explanations): string {
  if (!check) return '';
  const { faithfulness, randomisation, images, words } = check;
  const cell = ({ mean, interval }: MeanWithInterval, format: (value: number) => string) =>
    mean === null ? '–' : `${format(mean)}${interval ? ` (${interval.map(format).join(' to ')})` : ''}`;
  const percent = (value: number) => formatPercent(value);
  const correlation = randomisation.at(-1)?.correlation ?? { mean: null, interval: null };
  const rows = (['map', 'random', 'rings'] as const).map((order) => [
    { map: methodWords[method][0], random: 'A random map', rings: 'Rings around the middle' }[order],
    faithfulness ? cell(faithfulness[order].deletion, percent) : '–',
    faithfulness ? cell(faithfulness[order].insertion, percent) : '–',
    order === 'map' ? cell(correlation, (value) => formatNumber(value, 2)) : '',
  ]);
  const columns = [
    { title: 'Order of places' },
    { title: 'Deletion', number: true },
    { title: 'Insertion', number: true },
    { title: 'Randomised weights', number: true },
  ];
  return [
    '<h3>Are such maps worth anything?</h3>',
    '<p>Deletion: the mean probability of the answer while the hottest places are taken away first; low is good. Insertion: the same while they are put into a blurred image first; high is good. Lesions lie in the middle of pictures, so that a map has to do better than rings, too. Randomised weights: the rank correlation of a map with that of the same network knowing nothing; near 0 is good.</p>',
    dataTable(`Maps checked over ${formatCountOf(images, 'test image')} (95% intervals in brackets)`, columns, rows),
    `<p>${words.map(escapeText).join(' ')}</p>`,
  ].join('\n');
}

function describeBefore(config: ReportInput['config']): string {
  if (isJudged(config)) return 'The network was made elsewhere';
  if (isEnsemble(config))
    return 'The map is put together from the members’; their maps before training, put together likewise, stand beside it';
  return `The same network before training${
    beginningFile(config.model)
      ? ', with the weights that it began with and a classifier at random,'
      : ', with random weights,'
  } stands beside the trained one`;
}

function describeLocalisation({ images, heatInside, lesionShare, heatInsideBefore }: LocalisationWords): string {
  if (heatInside === null || lesionShare === null) return '';
  const before = heatInsideBefore === null ? '' : ` (before training: ${formatPercent(heatInsideBefore, 0)})`;
  return `<p class="aside">Over ${formatCountOf(images, 'image')} with a mask of the lesion, ${formatPercent(
    heatInside,
    0,
  )} of the heat lies inside the lesion${before}; the lesion covers ${formatPercent(
    lesionShare,
    0,
  )} of the image, which is what heat spread evenly would reach.</p>`;
}

function describeMasksLeftOut({ masksLeftOut: [first, ...others] }: Explanations): string {
  if (!first) return '';
  const more = others.length === 0 ? '' : `, and ${formatCountOf(others.length, 'more', 'more')}`;
  return `<p class="aside">Not counted, because the mask of the lesion can't be laid on the image: ${escapeText(first.imageId)} (${escapeText(first.reason)})${more}.</p>`;
}

function explainedFigure(image: ExplainedImage, name: (id: string) => string): string {
  const panels = [
    ['Image', image.original],
    ['Before training', image.before],
    ['After training', image.after],
  ].filter((panel): panel is [string, PagePicture] => panel[1] !== null);
  const right = image.dx === image.predicted;
  const heat =
    image.heatInside === null || image.lesionShare === null
      ? ''
      : ` ${formatPercent(image.heatInside, 0)} of the heat inside the lesion, which covers ${formatPercent(image.lesionShare, 0)}.`;
  const other = image.explained === image.predicted ? '' : ` The maps speak for ${escapeText(name(image.explained))}.`;
  const nothing = [image.empty.before ? 'before' : '', image.empty.after ? 'after' : ''].filter(Boolean);
  const empty = nothing.length === 0 ? '' : ` Nothing spoke for it ${formatList(nothing)} training: no heat.`;
  return `<figure class="explained"><div class="panels">${panels
    .map(([title, picture]) => `<div><p>${title}</p>${pictureTag(picture)}</div>`)
    .join('')}</div><figcaption><strong>${escapeText(name(image.dx))}</strong>, ${
    right ? 'recognised' : `called “${escapeText(name(image.predicted))}”`
  } with ${formatPercent(image.confidence, 0)}.${other}${empty}${heat} <span class="muted">${escapeText(image.imageId)}</span></figcaption></figure>`;
}
