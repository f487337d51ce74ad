import type { DataOptions } from '../../../../src/data/dataset.js';
import { defaultRatios } from '../../../../src/data/groups/split.js';
import type { SplitRule } from '../../../../src/data/groups/splitRule.js';

interface SplitCommand {
  readonly roots: readonly string[];
  readonly asked: DataOptions;
  readonly seed: string;
  /** As typed. */
  readonly shares: readonly string[];
  readonly rule: SplitRule;
  readonly nearDuplicates: boolean;
}

/** The command that divides the data in the same way. */
export function splitCommand({ roots, asked, seed, shares, rule, nearDuplicates }: SplitCommand): string {
  const isUsual = shares.every((share, i) => Number(share) === defaultRatios[i]);
  const words = [
    ...(roots.length === 1 ? ['<folder>'] : roots.map((_, i) => `<folder ${i + 1}>`)),
    ...(asked.imageTypes ? ['--image-type', quoted(asked.imageTypes.join(','))] : []),
    ...(asked.allowMissing ? ['--allow-missing-images'] : []),
    '--seed',
    seed,
    ...(isUsual ? [] : ['--ratios', shares.join('/')]),
    ...(rule.kind === 'official' ? ['--split', 'official'] : []),
    ...(rule.kind === 'test-on' ? ['--test-on', quoted(rule.source)] : []),
    ...('mend' in rule && rule.mend ? ['--mend', rule.mend] : []),
    ...(nearDuplicates ? ['--near-duplicates'] : []),
  ];
  return `lesionlab split ${words.join(' ')}`;
}

const quoted = (word: string): string => (/^[\w,.:/-]+$/.test(word) ? word : `"${word}"`);
