import { analyseErrors, type PredictedImage } from '../../evaluation/metrics/errorAnalysis.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { Random } from '../../random.js';
import { formatCount, formatCountOf, formatPercent } from '../format.js';
import { escapeText } from '../html.js';
import { absent, classLabel, dataTable, pictureFigure, thumbnails } from '../pageParts.js';
import type { ReportInput } from '../reportInput.js';
import { confusionId, findConfusions, renderConfusions } from './confusions.js';

const confusionsShown = 8;
const mistakesShown = 12;
const samplesShown = 18;

export interface ChosenTestImages {
  /** The most confident mistakes. */
  readonly mistakes: readonly PredictedImage[];
  /** Some of every kind of mistake. */
  readonly confused: readonly PredictedImage[];
  /** Drawn at random. */
  readonly samples: readonly PredictedImage[];
}

/** Test images that a report shows or names. */
export function chooseTestImages(predictions: Predictions, seed: number): ChosenTestImages {
  const analysis = analyseErrors(predictions);
  const images = analysis.cells.flat(2).sort((a, b) => a.index - b.index);
  const samples = new Random(seed, 'report samples').shuffle([...images]).slice(0, samplesShown);
  const confused = findConfusions(predictions).flatMap(({ shown }) => shown);
  return { mistakes: analysis.mistakes.slice(0, mistakesShown), confused, samples };
}

/** What the model got wrong, and a look at test images with truth and prediction. */
export function renderErrors(input: ReportInput): string {
  const { config, runFolder, sampleGrid } = input;
  if (!input.predictions) return absent('There are no predictions to look at', 'evaluate', runFolder);
  const predictions = { ...input.predictions, classes: config.data.classes };
  const { confusions, mistakes: all, inconsistentLesions } = analyseErrors(predictions);
  const { mistakes, samples } = chooseTestImages(predictions, config.seed);
  const name = (id: string) => config.data.classes.find((c) => c.id === id)?.name ?? id;
  const indexOf = (id: string) => config.data.classes.findIndex((c) => c.id === id);
  const label = (id: string) => classLabel(indexOf(id), name(id), id);
  if (all.length === 0) return '<p>Every test image was given its true diagnosis.</p>';

  const parts = [
    dataTable(
      `The most frequent of ${formatCountOf(confusions.length, 'kind')} of mistakes; ${formatCountOf(all.length, 'image')} of ${formatCount(
        predictions.labels.length,
      )} were given a wrong diagnosis.`,
      [
        { title: 'True diagnosis' },
        { title: 'Taken for' },
        { title: 'Images', number: true },
        { title: 'Lesions', number: true },
        { title: 'Share of the true diagnosis', number: true },
      ],
      confusions
        .slice(0, confusionsShown)
        .map((c) => [
          label(c.dx),
          label(c.predicted),
          `<a href="#${confusionId(indexOf(c.dx), indexOf(c.predicted))}">${formatCount(c.images)}</a>`,
          formatCount(c.lesions),
          formatPercent(c.share),
        ]),
    ),
  ];
  if (config.data.hasLesionIds && inconsistentLesions.length > 0)
    parts.push(
      `<p>For ${formatCountOf(inconsistentLesions.length, 'lesion')} with several images, the answers were not the same for all of them: the same spot, photographed twice, got two diagnoses.</p>`,
    );
  parts.push(
    '<h3>Most confident mistakes</h3>',
    showImages(mistakes, true),
    renderConfusions(predictions, config.data.hasLesionIds, (images) => showImages(images, true)),
  );
  if (samples.some(({ imageId }) => input.pictures.has(imageId)))
    parts.push(
      '<h3>Test images, drawn at random</h3>',
      '<p>Bold, the truth; below it, the answer and its probability. Framed images were given a wrong diagnosis.</p>',
      showImages(samples, false),
    );
  else if (sampleGrid) parts.push('<h3>Test images with truth and prediction</h3>', pictureFigure(sampleGrid));
  return parts.join('\n');

  function showImages(images: readonly PredictedImage[], onlyMistakes: boolean): string {
    const shown = images.flatMap((image) => {
      const picture = input.pictures.get(image.imageId);
      if (!picture) return [];
      const wrong = image.dx !== image.predicted;
      const verdict = `${escapeText(image.predicted)}, ${formatPercent(image.confidence, 0)}${wrong ? '' : ' ✓'}`;
      return [
        {
          picture: {
            ...picture,
            alternative: `Image ${image.imageId}: true diagnosis ${name(image.dx)}, answer ${name(image.predicted)} with ${formatPercent(image.confidence, 0)}`,
          },
          caption: `<strong>${escapeText(image.dx)}</strong><br>${wrong ? 'called ' : ''}${verdict}<br>${escapeText(image.imageId)}`,
          wrong: wrong && !onlyMistakes,
        },
      ];
    });
    if (shown.length > 0) return thumbnails(shown);
    return dataTable(
      'The images themselves could not be read from the data’s folder when this report was written.',
      [
        { title: 'Image' },
        { title: 'True diagnosis' },
        { title: 'Answer' },
        { title: 'Its probability', number: true },
        { title: 'Probability of the truth', number: true },
      ],
      images.map((image) => [
        escapeText(image.imageId),
        label(image.dx),
        label(image.predicted),
        formatPercent(image.confidence),
        formatPercent(image.truthProbability),
      ]),
    );
  }
}
