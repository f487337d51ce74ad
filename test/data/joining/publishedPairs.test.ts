import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { groupImages } from '../../../src/data/groups/imageGroups.js';
import { describeJoin } from '../../../src/data/joining/describeJoin.js';
import { joinDatasets } from '../../../src/data/joining/joinDatasets.js';
import { ham10000Folder, isic2017Folder, metadataFolder } from '../../realData.js';
import { publishedDatasets } from '../formats/publishedTables.js';
import { openMemory } from '../memoryFiles.js';

// Published tables are no part of the repository. LESIONLAB_PRINT=1 prints what became of each pair.
const metadata = metadataFolder();
const published = metadata
  ? publishedDatasets(metadata, { ham10000: ham10000Folder(), isic2017: isic2017Folder() })
  : new Map<string, Record<string, string>>();
const names = [...published.keys()];
const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
const opened = new Map<string, Promise<Dataset>>();
const open = (name: string) => {
  const found = opened.get(name) ?? openMemory(published.get(name)!);
  opened.set(name, found);
  return found;
};

describe.skipIf(!metadata)('published tables, two at a time', () => {
  test.each(pairs)('%s and %s', { timeout: 60_000 }, async (a, b) => {
    const [one, other] = [await open(a), await open(b)];
    const joined = joinDatasets([{ dataset: one }, { dataset: other }]);
    const { sources, classes, table } = joined.joined;
    if (process.env.LESIONLAB_PRINT) console.log([`== ${a} + ${b}`, ...describeJoin(joined.joined)].join('\n'));
    // No image is lost or counted twice, and every class is one of those that there are.
    expect(joined.records.length).toBe(one.records.length + other.records.length - sources[1].same);
    expect(new Set(joined.records.map(({ imageId }) => imageId)).size).toBe(joined.records.length);
    for (const { images, to } of classes) expect(Object.values(to).reduce((sum, n) => sum + n, 0)).toBe(images);
    expect(table.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(joined.records.length);
    // What means melanoma in one is not left beside melanoma of the other.
    const melanomas = classes.filter(
      ({ from, source }) => from === 'mel' || (source === 'isic2020' && from === 'malignant'),
    );
    for (const { source, to } of melanomas)
      expect(
        ['mel', 'malignant', 'akiec'].some((id) => to[id] !== undefined),
        `${source}: ${JSON.stringify(to)}`,
      ).toBe(true);
    groupImages(joined.records, joined.info.classes.length, { links: joined.links });
  });
});
