import type { ClassInfo } from '../../data/dataset.js';
import { composed } from '../../data/storedFile.js';
import { dataError } from '../../errors.js';
import { nearestName } from '../../nearestName.js';

/** Letters and digits of a name alone, in lower case. */
export const squeeze = (text: string) =>
  composed(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
/** Names with commas between them. */
export const listed = (ids: readonly string[]) => ids.join(', ');

/** The name that was most likely meant, for the beginning of a hint; empty where none is near. */
export function didYouMean(written: string, names: readonly string[]): string {
  const near = nearestName(written, names);
  return near === undefined ? '' : `Did you mean ${near}? `;
}

/** How the terminal says which output is of which class. */
const ways = {
  column: {
    option: { terminal: '--class-column' },
    whole: { terminal: 'Say with --class-column name=class which column is of which class, once for each.' },
  },
  output: {
    option: { terminal: '--map' },
    whole: {
      terminal:
        'Say with --map output=class which output is of which class (outputs without names are counted from 0), or name all of them in their order with --class-names mel,nv,...',
    },
  },
} as const;
export const sayWhich = (noun: 'column' | 'output'): string => ways[noun].whole.terminal;

/** Whether a column's name is how a class's name begins: `actinic.keratosis` of "Actinic keratosis / intraepithelial carcinoma". */
const isBeginningOf = (name: string) => (column: string) =>
  squeeze(column).length >= 5 && squeeze(name).startsWith(squeeze(column));

/** Classes of the truth that have images and no output. */
export function withoutOutput(
  lost: readonly ClassInfo[],
  {
    images,
    noun,
    outputs,
    candidates,
    all,
  }: {
    readonly images: ReadonlyMap<string, number>;
    readonly noun: 'column' | 'output';
    readonly outputs: readonly string[];
    /** Outputs and columns that are of no class of the truth by their names. */
    readonly candidates: readonly string[];
    /** Whether no class of the truth has an output. */
    readonly all: boolean;
  },
) {
  const words = lost.map(({ id }) => `${id} (${images.get(id)} ${images.get(id) === 1 ? 'image' : 'images'})`);
  const meant = lost.flatMap(({ id, name }) => {
    const near = nearestName(id, candidates) ?? nearestName(name, candidates) ?? candidates.find(isBeginningOf(name));
    return near === undefined ? [] : [`${near}=${id}`];
  });
  const option = ways[noun].option.terminal;
  const leftOut = lost.map(({ id }) => `${id}=`).join(',');
  const asOther = {
    terminal: `Or say with --map which of the classifier's classes it counts as, as in --map ${lost[0].id}=<class>; with nothing after = its images are left out (--map "${leftOut}").`,
  };
  const near = meant.length > 0 ? `Was ${listed(meant)} meant? ` : '';
  const which = meant.length > 0 ? `Then say ${option} ${meant.join(',')}. ` : '';
  return dataError(
    'unmapped-classes',
    all
      ? `No ${noun} is named for a class of the truth: that has ${listed(words)}, and the ${noun}s are ${listed(outputs)}.`
      : `No ${noun} is for ${lost.length === 1 ? 'a class' : 'classes'} of the truth: ${listed(words)}. The ${noun}s are ${listed(outputs)}.`,
    {
      details: words,
      hint: {
        terminal: [
          near,
          which,
          ...(meant.length < lost.length ? [`${sayWhich(noun)} `] : []),
          // To leave out all that there is would be no way out.
          ...(all ? [] : [asOther.terminal]),
        ]
          .join('')
          .trim(),
        page: `${near}Say which ${noun} is for it${all ? '' : ", or which of the classifier's classes it counts as"}.`,
      },
    },
  );
}
