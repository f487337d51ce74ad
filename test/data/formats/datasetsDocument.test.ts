import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { datasetFormats } from '../../../src/data/formats/registry.js';
import type { FormatCard } from '../../../src/data/reading/datasetFormat.js';

const begin = `# Datasets

What lesionlab reads as it is published, and what is known about it. Every command that takes \`<data>\` takes a folder of these files, with images in
folders or still in their zips; [data.md](data.md) says how tables of one's own are read.

- Where the tables of training, validation and test lie in one folder, they are one dataset, and each image knows its official split. A table that is
  named (\`lesionlab explore folder/table.csv\`) is read alone.
- Tables are told by their columns, in whatever order: further columns, semicolons, byte order marks, commas before decimals and ids with or without
  endings make no difference. A table that is none of these is shown with its columns and the formats that come nearest.
- \`--image-type dermoscopic\` takes images of one kind where a dataset has several, \`--allow-missing-images\` expects that images are missing, as
  in data that is published in part.
- What names the answer (how a diagnosis was made, what came of a biopsy, what a network said) is read for analyses and never an input of a network.

This document is written by \`npx vitest run test/data/formats/datasetsDocument.test.ts -u\` out of the cards in \`src/data/formats/\`.
`;

const cell = (text: string) => text.replaceAll('|', '\\|');
const classesOf = ({ classes }: FormatCard) =>
  classes ? classes.map(({ id }) => `\`${id}\``).join(' ') : 'what stands in the data';

function overview(cards: readonly FormatCard[]): string {
  const rows = cards.map(
    (card) => `| [${cell(card.name)}](#${card.id}) | ${classesOf(card)} | ${cell(card.licence ?? 'your own')} |`,
  );
  return ['| dataset | classes | licence |', '|---|---|---|', ...rows].join('\n');
}

function section(card: FormatCard): string {
  const lines = [
    ['Files', card.layout],
    ['Classes', card.classes?.map(({ id, name }) => `\`${id}\` ${name}`).join('; ')],
    ['Groups', card.groups],
    ['Official splits', card.officialSplits],
    ['Confirmed by', card.confirmation],
    ['Licence', card.licence],
    ['Citation', card.citation],
    ['From', card.url && `<${card.url}>`],
  ].flatMap(([title, text]) => (text ? [`- **${title}:** ${text}`] : []));
  const faults = card.knownFaults?.map((fault) => `  - ${fault}`) ?? [];
  return [
    `<a id="${card.id}"></a>`,
    '',
    `## ${card.name}`,
    '',
    ...lines,
    ...(faults.length > 0 ? ['- **Known faults:**', ...faults] : []),
  ].join('\n');
}

test('docs/datasets.md says what the cards say', async () => {
  const cards = datasetFormats.map(({ card }) => card);
  const document = `${[begin, overview(cards), ...cards.map(section)].join('\n\n').replace(/\n{3,}/g, '\n\n')}\n`;
  await expect(document).toMatchFileSnapshot(resolve(import.meta.dirname, '../../../docs/datasets.md'));
});
