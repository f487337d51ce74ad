import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { ValidationCounts } from '../../report/reportInput.js';
import { readJson } from '../files/readJson.js';
import type { RunFolder } from './runFolder.js';
import { readRunSplits } from './runSplits.js';

const lesionIdsOfSplits = z.object({ hasLesionIds: z.boolean().default(true) });

/**
 * Counts the validation split of a run by class, from splits.csv; null where there is none.
 * @throws LesionlabError kind `run` or `data` where the files can't be used
 */
export async function readValidationCounts(folder: RunFolder): Promise<ValidationCounts | null> {
  if (!existsSync(folder.splitsCsv) || !existsSync(folder.splitsJson)) return null;
  const { hasLesionIds } = await readJson(folder.splitsJson, lesionIdsOfSplits);
  const counts = new Map<string, { images: number; lesions: Set<string> }>();
  for (const { dx, lesionId, split } of await readRunSplits(folder)) {
    const ofClass = counts.get(dx) ?? { images: 0, lesions: new Set() };
    if (split === 'validation') {
      ofClass.images += 1;
      ofClass.lesions.add(lesionId);
    }
    counts.set(dx, ofClass);
  }
  return Object.fromEntries(
    [...counts].map(([dx, { images, lesions }]) => [dx, { images, lesions: hasLesionIds ? lesions.size : null }]),
  );
}
