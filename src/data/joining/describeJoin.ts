import type { JoinAccount } from './joinDatasets.js';

/** Contradictions that are listed; the account has all of them. */
const shown = 10;

const count = (n: number, what: string) => `${n.toLocaleString('en')} ${n === 1 ? what : `${what}s`}`;

/** What became of datasets that were joined, as lines for readers: images, classes, contradictions, and what the source says of the class. */
export function describeJoin({ sources, classes, contradictions, table }: JoinAccount): string[] {
  return [
    `Joined ${sources.length} datasets:`,
    ...sources.map(({ name, title, images, same, renamed }) => {
      const parts = [
        ...(same > 0 ? [`${count(same, 'image')} also in an earlier one and taken from there`] : []),
        ...(renamed > 0 ? [`${count(renamed, 'image')} with ids that others have too, now ${name}__...`] : []),
      ];
      return `  ${name} (${title}): ${[count(images, 'image'), ...parts].join('; ')}.`;
    }),
    'Classes:',
    ...classes
      .filter(({ images }) => images > 0)
      .map(({ source, from, images, to }) => {
        const targets = Object.entries(to);
        const words =
          targets.length === 1
            ? `${targets[0][0]} (${images.toLocaleString('en')})`
            : `by image ${targets.map(([id, n]) => `${id} (${n.toLocaleString('en')})`).join(', ')}`;
        return `  ${source} ${from} -> ${words}`;
      }),
    ...(contradictions.length > 0
      ? [
          `${count(contradictions.length, 'image')} with contradicting diagnoses, where the first dataset's stays:`,
          ...contradictions.slice(0, shown).map(
            ({ imageId, says }) =>
              `  ${imageId}: ${Object.entries(says)
                .map(([source, id]) => `${id} in ${source}`)
                .join(', ')}`,
          ),
          ...(contradictions.length > shown ? [`  and ${contradictions.length - shown} more`] : []),
        ]
      : []),
    ...formatCounts(table),
    ...(table.warning === null ? [] : [table.warning]),
  ];
}

function formatCounts({ sources, classes, counts }: JoinAccount['table']): string[] {
  const rows = [
    ['images of', ...classes],
    ...sources.map((source, i) => [source, ...counts[i].map((n) => n.toLocaleString('en'))]),
  ];
  const widths = rows[0].map((_, k) => Math.max(...rows.map((row) => row[k].length)));
  return rows.map((row) =>
    row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join('  '),
  );
}
