import type { BeforeAndAfter, ShortcutComparison } from '../../explain/shortcuts/compareChanged.js';
// Not the index: the gradient's code behind it is nothing for a page of results.
import { pictureChanges } from '../../explain/shortcuts/registry.js';
import type { ShortcutResult } from '../../explain/shortcuts/shortcutResult.js';
import { formatCount, formatCountOf, formatNumber, formatPercent, signedNumber, signedPoints } from '../format.js';
import { escapeText } from '../html.js';
import { absent, dataTable, pictureFigure } from '../pageParts.js';
import type { ReportInput, ShownShortcuts } from '../reportInput.js';

/** What remains of the answers when pictures are changed. */
export function renderShortcuts({ shortcuts, runFolder }: Pick<ReportInput, 'shortcuts' | 'runFolder'>): string {
  if (!shortcuts || shortcuts.length === 0)
    return absent('What the answers rest on has not been looked at', 'shortcuts', runFolder);
  return shortcuts.map((shown) => describeLook(shown)).join('\n');
}

/** One look, in words, tables and pictures. */
export function describeLook({ result, picture }: ShownShortcuts): string {
  const { images, count, lesions, fill, comparisons, cluster, leftOut, words, withMask } = result;
  const drawn =
    count + leftOut.length < withMask
      ? `, drawn from ${formatCount(withMask)} with a lesion mask`
      : ' with a lesion mask';
  const filled =
    fill === 'mean'
      ? 'What is erased is filled with the mean colour of the skin beside the lesion'
      : 'What is erased is filled with the colours around it, carried inwards smoothly';
  return [
    `<p>${formatCountOf(count, 'image')} of ${formatCountOf(lesions, 'lesion')} (${escapeText(images)})${drawn} were changed and asked about again. ${filled}; it has no skin texture, and its outline can be seen. Rulers, ink and dark corners are drawn by lesionlab outside the lesion. Differences are paired, with 95% intervals that resample ${plural[cluster]}.</p>`,
    dataTable('What remains of the answers', resultColumns, comparisons.map(resultRow)),
    dataTable(
      'Mean probability of each diagnosis: how much it changes, in percentage points',
      [{ title: 'Change' }, ...(comparisons[0]?.classes ?? []).map(({ dx }) => ({ title: dx, number: true }))],
      comparisons.map(({ change, classes }) => [
        escapeText(pictureChanges[change].title),
        ...classes.map(({ probability }) => difference(probability, signedPoints)),
      ]),
    ),
    `<ul>${comparisons.map(({ change }) => `<li><strong>${escapeText(pictureChanges[change].title)}.</strong> ${escapeText(pictureChanges[change].summary)}</li>`).join('')}</ul>`,
    picture
      ? pictureFigure(
          { ...picture, alternative: describeExamples(result) },
          'An image of each diagnosis as it is and after each change, with the answer and its probability below.',
        )
      : '',
    `<ul>${words.map((sentence) => `<li>${escapeText(sentence)}</li>`).join('')}</ul>`,
    leftOut.length > 0
      ? `<p class="aside">Left out: ${formatCountOf(leftOut.length, 'image')} whose picture or mask could not be used, ${escapeText(leftOut[0].imageId)} first (${escapeText(leftOut[0].reason)}).</p>`
      : '',
  ].join('\n');
}

const plural = { patient: 'patients', lesion: 'lesions', image: 'images' } as const;

const resultColumns = [
  { title: 'Change' },
  { title: 'Images', number: true },
  { title: 'AUROC after', number: true },
  { title: 'Difference', number: true },
  { title: 'Balanced accuracy after', number: true },
  { title: 'Difference (points)', number: true },
  { title: 'Same answer', number: true },
  { title: 'Probability of the answer before: after', number: true },
];

function resultRow(comparison: ShortcutComparison): string[] {
  const { change, images, withoutRoom, macroAuroc, balancedAccuracy, sameAnswer, answerProbability } = comparison;
  const room = withoutRoom > 0 ? `<span class="range">${formatCount(withoutRoom)} had no room</span>` : '';
  return [
    escapeText(pictureChanges[change].title),
    `${formatCount(images)}${room}`,
    after(macroAuroc, (value) => formatNumber(value)),
    difference(macroAuroc, signedNumber),
    after(balancedAccuracy, (value) => formatPercent(value)),
    difference(balancedAccuracy, signedPoints),
    `${formatPercent(sameAnswer.share)}${range(sameAnswer.interval, (value) => formatPercent(value))}`,
    after(answerProbability, (value) => formatPercent(value)),
  ];
}

const after = ({ after: value, afterInterval }: BeforeAndAfter, show: (value: number) => string) =>
  value === null ? '–' : `${show(value)}${range(afterInterval, show)}`;

const difference = ({ difference: value, interval }: BeforeAndAfter, show: (value: number) => string) =>
  value === null ? '–' : `${show(value)}${range(interval, show)}`;

const range = (interval: BeforeAndAfter['interval'], show: (value: number) => string) =>
  interval ? `<span class="range">${show(interval[0])} to ${show(interval[1])}</span>` : '';

/** The picture of examples in words. */
function describeExamples({ examples }: ShortcutResult): string {
  const rows = examples.map(({ imageId, dx, panels }) => {
    const answers = panels.map(({ change, answer }) => {
      const name = change === null ? 'as it is' : pictureChanges[change].title.toLowerCase();
      return `${name} ${answer ? `${answer.predicted} ${Math.round(100 * answer.probability)}%` : 'no room'}`;
    });
    return `${imageId} (${dx}): ${answers.join(', ')}`;
  });
  return `Changed pictures in rows. ${rows.join('. ')}.`;
}
