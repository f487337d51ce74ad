import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { datasetFormats } from '../../../src/data/formats/registry.js';
import { groupImages } from '../../../src/data/groups/imageGroups.js';
import { ham10000Folder, isic2017Folder, metadataFolder } from '../../realData.js';
import { openMemory } from '../memoryFiles.js';
import { readExamples } from './formatExample.js';
import { publishedDatasets } from './publishedTables.js';

// Prints a table of all formats, what each was tried on and what was read:
//   LESIONLAB_METADATA=<folder> LESIONLAB_HAM10000=<folder> LESIONLAB_ISIC2017=<folder> npx vitest run test/data/formats/formatsTable.test.ts
const metadata = metadataFolder();
const published = metadata
  ? publishedDatasets(metadata, { ham10000: ham10000Folder(), isic2017: isic2017Folder() })
  : new Map<string, Record<string, string>>();
const examples = await readExamples();

async function read(name: string, files: Record<string, string | Uint8Array>, tried: string) {
  const began = performance.now();
  const dataset = await openMemory(files);
  const groups = countGroups(dataset);
  const seconds = ((performance.now() - began) / 1000).toFixed(2);
  const { info, records, outside = [] } = dataset;
  return {
    dataset,
    line: [name, tried, records.length + outside.length, groups, info.classes.length, seconds].join(' | '),
  };
}

const countGroups = ({ records, info, links }: Dataset): number =>
  groupImages(records, info.classes.length, { links }).length;

describe('every format', () => {
  const lines: string[] = [];
  for (const [name, { files, expected }] of examples)
    test(`${name}: reads its example, and the published tables where they are at hand`, {
      timeout: 60_000,
    }, async () => {
      const example = await read(name, files, 'example in its layout');
      expect(example.dataset.records).toHaveLength(expected.images);
      lines.push(example.line);
      const tables = published.get(name);
      if (!tables) return;
      const real = await read(name, tables, 'published tables');
      expect(real.dataset.info.id).toBe(example.dataset.info.id);
      expect(real.dataset.records.length).toBeGreaterThan(1000);
      lines.push(real.line);
    });

  test('is in the table', () => {
    expect(examples.size).toBe(datasetFormats.length);
    if (metadata) console.log(['format | tried on | images | groups | classes | seconds', ...lines].join('\n'));
  });
});
