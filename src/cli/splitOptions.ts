import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type Mend, mends } from '../data/groups/mends.js';
import { usageError } from '../errors.js';
import type { AskedSplit } from '../node/dataset/readSplitFile.js';

/** Options that say how data are divided. */
export interface SplitCommandOptions {
  readonly nearDuplicates?: boolean;
  /** `official`, or the path of a split file. */
  readonly split?: string;
  readonly testOn?: string;
  readonly mend?: Mend;
}

export const nearDuplicatesHelp = 'also look for images that are nearly the same, and keep them on one side';

/** Options for splits that somebody else made, of commands that make one split. */
export function addSplitOptions(command: Command): Command {
  return command
    .option('--near-duplicates', nearDuplicatesHelp)
    .option(
      '--split <official or file>',
      "take the dataset's own split, or that of a split file; parts that it lacks are drawn from its training part",
    )
    .option(
      '--test-on <dataset>',
      'of several datasets, keep this one for testing (its id, as `lesionlab split` prints it)',
    )
    .addOption(
      new Option(
        '--mend <how>',
        'where such a split divides what belongs together: leave out images of the earlier part, or keep all',
      ).choices(mends),
    );
}

/** The rule that the options ask for; undefined where they ask for none. @throws LesionlabError kind `usage` for options that exclude or need each other */
export function splitRuleOf({ split, testOn, mend }: SplitCommandOptions): AskedSplit | undefined {
  if (split !== undefined && testOn !== undefined)
    throw usageError('split-and-test-on', '--split and --test-on exclude each other.');
  if (split === 'official') return { kind: 'official', ...(mend && { mend }) };
  if (split !== undefined) {
    if (!existsSync(split))
      throw usageError('no-such-split', `--split ${split} is neither "official" nor a file.`, {
        hint: 'Give official, or the path of a split file, as `lesionlab paper` writes one.',
      });
    return { kind: 'file', path: split, ...(mend && { mend }) };
  }
  if (testOn !== undefined) return { kind: 'test-on', source: testOn, ...(mend && { mend }) };
  if (mend !== undefined)
    throw usageError('mend-nothing', '--mend is for splits that are given: there is none.', {
      hint: 'Say which with --split official, --split <file> or --test-on <dataset>, or leave it out.',
    });
  return undefined;
}
