/** Letters alone: people write `batch_size` and `Batch-Size` for `batchSize`. */
const lettersOf = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The name that a reader most likely meant; undefined where none is near. The first of several that are as near. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const letters = lettersOf(written).slice(0, 64);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(letters, lettersOf(name));
    if (!best || distance < best.distance) best = { name, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(letters.length / 3)) ? best.name : undefined;
}

/** Letters to insert, drop or replace (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
