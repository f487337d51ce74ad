import { formatList } from '../format.js';
import { subgroupTitle } from '../subgroupTitle.js';

/** What readers want to know of people and devices, and how columns are named that say it. */
const facts: readonly (readonly [what: string, named: RegExp])[] = [
  ['ethnicity', /ethnic|race/i],
  ['country', /country|land\b|nation/i],
  ['camera', /[ck]amera|device|ger(ä|ae)t|manufacturer|scanner/i],
  ['dermatoscope', /dermato?scope|dermatoskop/i],
];

/** Of ethnicity, country, camera and dermatoscope: what results were told apart by, and what is not known. */
export function describeUnread(subgroups: readonly { readonly field: string }[] | null | undefined): string {
  const fields = [...new Set(subgroups?.map(({ field }) => field))];
  const known = facts.flatMap(([what, named]) => {
    const found = fields.filter((field) => named.test(field));
    return found.length > 0 ? [{ what, by: found.map(subgroupTitle) }] : [];
  });
  const unknown = facts.map(([what]) => what).filter((what) => !known.some((one) => one.what === what));
  const told = known.map(({ what, by }) => `${upper(what)}: results are told apart by ${formatList(by)}.`);
  const untold =
    unknown.length > 0
      ? [
          `${upper(formatList(unknown))}: not read, so nothing is known about ${unknown.length === 1 ? 'it' : 'them'} here.`,
        ]
      : [];
  return [...told, ...untold].join(' ');
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
