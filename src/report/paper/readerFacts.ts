import type { ReaderAnalysis } from '../../evaluation/readers/analyseReaders.js';
import type { ReaderDifference } from '../../evaluation/readers/meanOfReaders.js';
import { formatCount, formatCountOf, formatList, formatNumber, formatPercent } from '../format.js';
import { metricName } from '../metricNames.js';
import type { Facts } from './facts.js';
import type { ComparedPart, StudyPart } from './paperInput.js';

const randomWords: Readonly<Record<ReaderAnalysis['random'], string>> = {
  'readers-and-cases':
    'Readers and cases were taken as random: the results are about readers like these and lesions like these.',
  cases: 'Cases were taken as random and readers as fixed: the results are about these very readers.',
  readers: 'Readers were taken as random and cases as fixed: the results are about these very images.',
};

/** Who read what, how it was analysed, and what came of it. */
export function readerFacts({ question, positive, hasLesions, analysis, notes }: StudyPart): Facts {
  const { readers, images, lesions, positiveImages, positiveLesions, ofReaders, model, figures, level } = analysis;
  const conditions = [...new Set(ofReaders.map(({ condition }) => condition))];
  const percent = formatPercent(level, 0);
  const has = (figure: Figure) => figures.some((own) => own.figure === figure);
  const resampled = figures.some(({ differences, model: own }) =>
    [...differences, ...own].some((found) => found.resampled !== null),
  );
  return {
    readers: [
      `${formatCountOf(readers, 'reader')} read ${formatCountOf(images, 'image')}${hasLesions ? ` of ${formatCountOf(lesions, 'lesion')}` : ''}, ${formatCount(positiveImages)} of them positive${
        hasLesions ? ` (${formatCountOf(positiveLesions, 'lesion')})` : ''
      }. The question was: ${question}${positive.length > 0 ? ` (positive: ${formatList(positive)})` : ''}.`,
      ...(conditions.length > 1
        ? [`They read under ${formatCountOf(conditions.length, 'condition')}: ${formatList(conditions)}.`]
        : []),
      analysis.sameImages ? 'Each reader read all images.' : 'Readers did not all read the same images.',
      ...(hasLesions
        ? []
        : ['The data do not say which images show the same lesion, so each counts as a lesion of its own.']),
      ...(model ? [`A model (${model.name}) answered ${formatCount(model.images)} of the same images.`] : []),
    ],
    readerAnalysis: [
      ...(has('sensitivity') || has('specificity')
        ? ['Sensitivity and specificity are those of the readers’ own yes and no.']
        : []),
      ...(has('auroc') ? ['The AUROC is empirical, of readers who gave three or more degrees of confidence.'] : []),
      `Means over readers and differences were analysed after Obuchowski and Rockette (1995), with degrees of freedom after Hillis (2007). ${randomWords[analysis.random]}`,
      analysis.covariance === 'jackknife'
        ? 'Covariances were estimated by the jackknife over lesions.'
        : `Covariances were estimated from placement values summed by lesion (Obuchowski 1997)${lesions === images ? ', which with one image a lesion are those of DeLong (1988)' : ''}.`,
      `Intervals are ${percent} intervals; tests are two-sided. Nothing was adjusted for looking at several.`,
      ...(resampled
        ? [
            'Resampling readers and lesions at once is given as a sensitivity analysis; with few readers it makes their spread too small.',
          ]
        : []),
      ...(model
        ? [
            'The model was compared with each reader on the images that this reader read (single-treatment form). Points of the model’s curve at a reader’s specificity are read off the scored images and are descriptive.',
          ]
        : []),
      ...(figures.some(({ simulated }) => simulated.length > 0)
        ? [
            'What readers and model would reach together was simulated by a rule; no reader saw the model’s answer for it.',
          ]
        : []),
      ...notes,
    ],
    readerResults: [
      ...figures.flatMap(({ figure, conditions: means, test, differences, model: against, simulated }) => [
        ...means.map(
          (mean) =>
            `Mean ${figureWords[figure]}${conditions.length > 1 ? ` (${mean.condition})` : ''}: ${show(figure, mean.value)}${range(figure, mean.interval, percent)}, ${formatCountOf(mean.readers, 'reader')}.`,
        ),
        ...(test
          ? [
              `Test whether all conditions have the same ${figureWords[figure]}: F = ${formatNumber(test.statistic)} on ${test.degreesOfFreedom[0]} and ${
                test.degreesOfFreedom[1] === null ? 'infinitely many' : formatNumber(test.degreesOfFreedom[1], 2)
              } degrees of freedom, ${pWords(test.pValue)}.`,
            ]
          : []),
        ...differences.map((found) => differenceWords(`${found.second} less ${found.first}`, figure, found, percent)),
        ...against.map((found) =>
          differenceWords(
            `model less readers${conditions.length > 1 ? ` (${found.condition})` : ''}`,
            figure,
            found,
            percent,
          ),
        ),
        ...simulated.map((found) =>
          differenceWords(`${found.second} less ${found.first}, simulated`, figure, found, percent),
        ),
      ]),
    ],
  };
}

const figureWords = { auroc: 'AUROC', sensitivity: 'sensitivity', specificity: 'specificity' } as const;
type Figure = keyof typeof figureWords;
const show = (figure: Figure, value: number) => (figure === 'auroc' ? formatNumber(value) : formatPercent(value));
const range = (figure: Figure, interval: ReaderDifference['interval'], percent: string) =>
  interval ? ` (${percent} interval ${show(figure, interval[0])} to ${show(figure, interval[1])})` : '';
/** Differences are small: four digits, with a sign that is no hyphen. */
const fine = (value: number): string => formatNumber(value, 4);
const pWords = (p: number): string => (p < 0.0001 ? 'p < 0.0001' : `p = ${p.toFixed(4)}`);

function differenceWords(what: string, figure: Figure, found: ReaderDifference, percent: string): string {
  const { value, interval, degreesOfFreedom, pValue, guarded } = found;
  const bounds = (own: ReaderDifference['interval']) => own?.map(fine).join(' to ');
  return `Difference in ${figureWords[figure]}, ${what}: ${fine(value)}${interval ? ` (${percent} interval ${bounds(interval)}${degreesOfFreedom === null ? '' : `, ${formatNumber(degreesOfFreedom, 1)} degrees of freedom`})` : ''}${
    pValue === null ? '' : `, ${pWords(pValue)}`
  }${guarded?.interval ? `; guarded against few readers: ${bounds(guarded.interval)}` : ''}.`;
}

/** How runs were compared, and what came of it. */
export function comparisonFacts({ reference, classes, comparisons, on, notes }: ComparedPart): Facts {
  const [first] = comparisons;
  if (!first) return {};
  const { resamples, level } = first;
  const drawn = first.clusters ? `${first.clusters.of}s` : 'lesions';
  return {
    comparing: [
      `${formatList(comparisons.map(({ run }) => run))} ${comparisons.length === 1 ? 'was' : 'were'} compared with ${reference} on the same ${formatCountOf(first.images, 'image')} of ${formatCountOf(first.lesions, 'lesion')}${
        on ? `, the test images of the split file ${on.file} (SHA-256 ${on.sha256})` : ''
      }.`,
      resamples > 0
        ? `Differences have ${formatPercent(level, 0)} percentile intervals of a paired bootstrap of ${formatCount(resamples)} resamples: each draws ${drawn} with replacement, and both classifiers are scored on the same draw.`
        : 'Differences have no intervals: none were asked for.',
      'McNemar’s exact test of right and wrong answers takes images as independent.',
      ...(comparisons.length > 1 ? ['Nothing was adjusted for several comparisons.'] : []),
      ...notes,
    ],
    comparisonResults: comparisons.flatMap(({ run, metrics }) =>
      metrics
        .filter(({ metric }) => metric === 'balancedAccuracy' || metric === 'macroAuroc')
        .map(
          ({ metric, first: a, second: b, difference, interval }) =>
            `${run} less ${reference}, ${metricName(metric, classes)}: ${formatNumber(b)} less ${formatNumber(a)} is ${fine(difference)}${
              interval ? ` (${formatPercent(level, 0)} interval ${interval.map(fine).join(' to ')})` : ''
            }.`,
        ),
    ),
  };
}
