import type { LinkedImages } from '../dataset.js';
import { isMissing } from '../reading/columnValues.js';
import { readTable } from '../reading/datasetSource.js';
import { imageKey } from '../reading/imageIds.js';
import { columnIndex, type DescribedFiles, findFiles } from './describedFiles.js';

/**
 * Images that a description's lists say belong together, by the ids that records have.
 * @throws LesionlabError kind `data` where a list or its column is not there
 */
export async function describedLinks(files: DescribedFiles, imageIds: readonly string[]): Promise<LinkedImages[]> {
  const idOf = new Map(imageIds.map((imageId) => [imageKey(imageId), imageId] as const));
  const links: LinkedImages[] = [];
  for (const [i, { file, columns, group }] of (files.description.duplicates ?? []).entries()) {
    for (const stored of findFiles(files, file, `duplicates.${i}.file`)) {
      const table = await readTable(stored);
      const named = columns.map((name) => columnIndex(files, table, name, `duplicates.${i}.columns`));
      const groupIndex = group === undefined ? -1 : columnIndex(files, table, group, `duplicates.${i}.group`);
      const sets = new Map<string, string[]>();
      for (const { cells, number } of table.rows) {
        const key = groupIndex < 0 ? String(number) : cells[groupIndex];
        if (isMissing(key)) continue;
        const ids = named.flatMap((index) => idOf.get(imageKey(cells[index].split(/[/\\]/).pop()!)) ?? []);
        sets.set(key, [...(sets.get(key) ?? []), ...ids]);
      }
      for (const ids of sets.values()) {
        const distinct = [...new Set(ids)];
        if (distinct.length > 1) links.push({ kind: 'listed', imageIds: distinct, because: stored.location });
      }
    }
  }
  return links;
}
