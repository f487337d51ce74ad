import { doubtfulPairs, type NearDuplicates } from '../../data/groups/nearDuplicates.js';
import type { GroupProof, IdProof, SplitProof } from '../../data/groups/splitProof.js';
import type { SplitRule } from '../../data/groups/splitRule.js';
import type { SplitsSummary } from '../../data/groups/splitsJson.js';
import { formatCount, formatCountOf, formatList } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { dataTable } from '../pageParts.js';

/** Groups on two sides, and pairs that the table tells apart, that are named; splits.json has all of them. */
const shown = 20;

/** Reasons why images belong together, in words. */
const reasons: Readonly<Record<keyof SplitProof, string>> = {
  patients: 'The same patient',
  lesions: 'The same lesion',
  listed: 'In the dataset’s own list of duplicates',
  identical: 'The same file, byte for byte',
  near: 'Nearly the same picture',
};

/** By what rule images came into parts that were given: by the makers of the data, or by dataset. Nothing for parts that were drawn. */
export function renderSplitRule({ rule, leftOut = [], leakage }: SplitsSummary): string {
  if (rule?.kind !== 'official' && rule?.kind !== 'test-on') return '';
  return `<p>${describeGiven(rule)} ${describeMend(rule, leftOut.length, leakage.lesions + leakage.images > 0)}</p>`;
}

type GivenRule = Extract<SplitRule, { readonly kind: 'official' | 'test-on' }>;

const describeGiven = (rule: GivenRule): string =>
  rule.kind === 'official'
    ? 'The <strong>dataset’s own split</strong> was used; parts that it lacks were drawn from its training part.'
    : `All images of <strong>${escapeText(rule.source)}</strong> are for testing; the other datasets were learned from.`;

function describeMend({ kind, mend }: GivenRule, leftOut: number, leaks: boolean): string {
  if (mend === 'keep')
    return leaks
      ? `It divides what belongs together, and was <strong>kept as it is</strong>: there is ${term('Leakage', 'leakage')}.`
      : 'It was to be kept as it is, whatever it divides; it divides nothing.';
  if (leftOut === 0) return 'Nothing had to be left out.';
  const why =
    kind === 'official' && mend === undefined
      ? 'which don’t count in the dataset’s own score'
      : kind === 'official'
        ? 'which are also on a later side, or don’t count in the dataset’s own score'
        : 'whose patient, lesion or copy is tested';
  return `${mend || kind === 'test-on' ? 'It was <strong>mended</strong>: ' : ''}${formatCountOf(leftOut, 'image')}, ${why}, ${leftOut === 1 ? 'is' : 'are'} in no part.`;
}

/** For each reason why images belong together: how many groups it makes, and how many of them are on two sides. Nothing for splits of earlier versions. */
export function renderSplitProof(splits: SplitsSummary): string {
  const { proof, near = [] } = splits;
  if (!proof) return '';
  const kinds = Object.keys(reasons) as (keyof SplitProof)[];
  const divided = kinds.flatMap((kind) => {
    const found = proof[kind];
    return typeof found !== 'string' && found.onTwoSides > 0 ? [{ kind, found }] : [];
  });
  return [
    dataTable(
      divided.length === 0
        ? 'What belongs together, counted after dividing: nothing of it is on two sides.'
        : 'What belongs together, counted after dividing.',
      [
        { title: 'Images belong together as' },
        { title: 'Groups', number: true },
        { title: 'Of several images', number: true },
        { title: 'On two sides', number: true },
        { title: 'What is not known' },
      ],
      kinds.map((kind) => [reasons[kind], ...cells(kind, proof[kind])]),
    ),
    ...divided.map(({ kind, found }) => listDivided(kind, found)),
    renderDoubtful(near),
  ]
    .filter(Boolean)
    .join('\n');
}

function cells(kind: keyof SplitProof, found: GroupProof | IdProof | string): [string, string, string, string] {
  if (typeof found === 'string')
    return ['–', '–', '–', kind === 'near' ? 'Nobody looked for such images' : escapeText(found)];
  const without = 'imagesWithout' in found ? found.imagesWithout : 0;
  if ('imagesWithout' in found && found.groups === 0)
    return ['–', '–', '–', `The data name no ${kind === 'patients' ? 'patients' : 'lesions'}`];
  return [
    formatCount(found.groups),
    // Sets of images have several; ids of earlier versions didn't say.
    'imagesWithout' in found
      ? found.ofSeveral === undefined
        ? '–'
        : formatCount(found.ofSeveral)
      : formatCount(found.groups),
    found.onTwoSides === 0 ? '0' : `<strong>${formatCount(found.onTwoSides)}</strong>`,
    without > 0 ? `${formatCountOf(without, 'image')} without an id` : '',
  ];
}

function listDivided(kind: keyof SplitProof, { which = [], onTwoSides }: GroupProof): string {
  const rest = onTwoSides - Math.min(shown, which.length);
  return `<details><summary>On two sides, ${reasons[kind].toLowerCase()}: ${formatCount(onTwoSides)}</summary><ul>${which
    .slice(0, shown)
    .map((name) => `<li>${escapeText(name)}</li>`)
    .join('')}</ul>${rest > 0 ? `<p class="muted">${formatCount(rest)} more are in splits.json.</p>` : ''}</details>`;
}

/** Pairs that look the same and that the table tells apart: somebody ought to look at them. */
function renderDoubtful(near: readonly NearDuplicates[]): string {
  const doubtful = doubtfulPairs(near);
  if (doubtful.length === 0) return '';
  const rest = doubtful.length - shown;
  return `<details><summary>${formatCountOf(doubtful.length, 'pair')} of images look nearly the same, and the table tells them apart</summary>
<p>They were kept on one side; nothing else was changed. Somebody ought to look at them.</p>
<ul>${doubtful
    .slice(0, shown)
    .map(
      ({ imageIds, differ, because = '' }) =>
        `<li>${escapeText(imageIds.join(' and '))}: another ${escapeText(formatList(differ))}; ${escapeText(because)}</li>`,
    )
    .join('')}</ul>${rest > 0 ? `<p class="muted">${formatCount(rest)} more are in splits.json.</p>` : ''}</details>`;
}
