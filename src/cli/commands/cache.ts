import { type Command, InvalidArgumentError } from 'commander';
import { usageError } from '../../errors.js';
import { type CacheEntry, chooseForPruning, listCache, removeEntries } from '../../node/dataset/cacheEntries.js';
import { defaultCacheFolder } from '../../node/files/cacheFolder.js';
import { formatBytes, formatDuration } from '../../node/machine/formatQuantity.js';
import { act } from '../commandContext.js';
import { formatTable } from '../formatTable.js';
import { parseNumber } from '../globalOptions.js';

interface Options {
  readonly prune?: boolean;
  readonly olderThan?: number;
  readonly maxSize?: number;
}

export function register(command: Command): void {
  command
    .option('--prune', 'remove what no running process uses, or of it only what the next two options say')
    .option('--older-than <days>', 'what was not used for so long', parseNumber(0))
    .option('--max-size <size>', 'what was not used for longest, until the rest is no larger: 500MB, 10GB', parseSize)
    .addHelpText(
      'after',
      `
The cache is in LESIONLAB_CACHE, or in the place that your system has for caches. Whatever is removed is made again when it is needed.

Examples:
  $ lesionlab cache
  $ lesionlab cache --prune --older-than 30
  $ lesionlab cache --prune --max-size 5GB`,
    )
    .action(
      act(async (_context, { prune = false, ...choice }: Options) => {
        if (!prune && (choice.olderThan !== undefined || choice.maxSize !== undefined))
          throw usageError('no-prune', '--older-than and --max-size say what is to be removed: give --prune too.');
        const folder = defaultCacheFolder();
        const entries = await listCache(folder);
        const now = Date.now();
        const removed = prune ? await removeEntries(chooseForPruning(entries, choice, now), folder) : [];
        const gone = new Set(removed);
        const left = entries.filter((entry) => !gone.has(entry));
        return {
          json: { folder, bytes: sum(left), entries: left.map(withDates), removed: removed.map(withDates) },
          text: [
            describe(left, now),
            ...(prune ? [`Removed ${countFiles(removed)}: ${formatBytes(sum(removed))}.`] : []),
            `${folder} holds ${countFiles(left)}: ${formatBytes(sum(left))}.`,
          ].join('\n'),
        };
      }),
    );
}

const units: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

function parseSize(text: string): number {
  const [, number, unit = 'b'] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)?\s*$/i.exec(text) ?? [];
  const factor = units[unit.toLowerCase()];
  if (number === undefined || factor === undefined)
    throw new InvalidArgumentError('Expected a size such as 500MB, 10GB or 2GiB.');
  return Number(number) * factor;
}

const sum = (entries: readonly CacheEntry[]) => entries.reduce((bytes, entry) => bytes + entry.bytes, 0);
const countFiles = ({ length }: readonly CacheEntry[]) => (length === 1 ? 'one file' : `${length} files`);

const withDates = ({ made, lastUsed, ...entry }: CacheEntry) => ({
  ...entry,
  made: new Date(made).toISOString(),
  lastUsed: new Date(lastUsed).toISOString(),
});

function describe(entries: readonly CacheEntry[], now: number): string {
  if (entries.length === 0) return 'The cache is empty.';
  const rows = entries.map(({ what, bytes, made, lastUsed, inUse, name }) => [
    what,
    formatBytes(bytes),
    formatAge(now - made),
    inUse ? 'now' : formatAge(now - lastUsed),
    name,
  ]);
  return `${formatTable(['what', 'size', 'made', 'last used', 'file'], rows)}\n`;
}

function formatAge(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000);
  if (days >= 2) return `${days} days ago`;
  return `${formatDuration(Math.max(0, milliseconds) / 1000)} ago`;
}
