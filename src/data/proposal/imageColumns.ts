import type { DatasetSource } from '../reading/datasetSource.js';
import { imageKey } from '../reading/imageIds.js';
import { imageIdOfFile } from '../storedFile.js';
import type { ColumnProfile } from './columnProfile.js';

/** A column that names images, and what their files' names have besides. */
export interface ImageColumn {
  readonly profile: ColumnProfile;
  readonly prefix: string;
  readonly suffix: string;
  /** Images that are there and that it names. */
  readonly named: number;
  /** Whether cells have folders. */
  readonly paths: boolean;
}

/** The least share of cells that have to name an image: rows may lack theirs. */
const leastShare = 0.2;
const sample = 50;

/** Columns that name images, the one that names most of them first. */
export function findImageColumns(
  profiles: readonly ColumnProfile[],
  source: Pick<DatasetSource, 'images'>,
): ImageColumn[] {
  const found = profiles.flatMap((profile): ImageColumn[] => {
    const plain = namedBy(profile, source, '', '');
    if (plain) return [plain];
    const affix = findAffix(profile, source);
    const other = affix && namedBy(profile, source, affix.prefix, affix.suffix);
    return other ? [other] : [];
  });
  return found.sort(
    (a, b) => b.named - a.named || affixLength(a) - affixLength(b) || b.profile.filled - a.profile.filled,
  );
}

/** Whole names before numbers that stand in them. */
const affixLength = ({ prefix, suffix }: ImageColumn) => prefix.length + suffix.length;

function namedBy(
  profile: ColumnProfile,
  source: Pick<DatasetSource, 'images'>,
  prefix: string,
  suffix: string,
): ImageColumn | undefined {
  const ids = profile.cells.flatMap((cell) =>
    cell === '' ? [] : `${prefix}${imageKey(cell.replaceAll('\\', '/'))}${suffix}`,
  );
  const there = new Set(ids.filter((id) => source.images.has(id)));
  const matching = ids.filter((id) => there.has(id)).length;
  if (there.size < 2 || matching < leastShare * ids.length) return undefined;
  return { profile, prefix, suffix, named: there.size, paths: profile.cells.some((cell) => /[/\\]/.test(cell)) };
}

/** What stands before and behind the cells in the names of files, where it is the same for all. */
function findAffix({ cells, distinct, filled }: ColumnProfile, { images }: Pick<DatasetSource, 'images'>) {
  // Measures are no ids.
  const decimal = cells.find((cell) => cell !== '')?.match(/^-?\d*[.,]\d+$/);
  if (distinct < 2 || distinct < filled / 2 || decimal) return undefined;
  const keys = new Set(images.images.map((file) => imageKey(imageIdOfFile(file)!)));
  const some = [...new Set(cells.filter((cell) => cell !== ''))].slice(0, sample).map(imageKey);
  const tally = new Map<string, number>();
  const long = some.filter((cell) => cell.length > 1);
  for (const cell of long.slice(0, 10))
    for (const key of keys) {
      const at = key.indexOf(cell);
      if (at < 0) continue;
      const affix = `${key.slice(0, at)}\n${key.slice(at + cell.length)}`;
      tally.set(affix, (tally.get(affix) ?? 0) + 1);
    }
  for (const [affix] of [...tally].sort(([, a], [, b]) => b - a).slice(0, 5)) {
    const [prefix, suffix] = affix.split('\n');
    const matching = some.filter((cell) => keys.has(`${prefix}${cell}${suffix}`)).length;
    if (matching >= Math.max(2, 0.8 * some.length)) return { prefix, suffix };
  }
  return undefined;
}
