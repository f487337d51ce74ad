import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { planFile } from '../jobs/openedPlan.js';

/** Folders with plans, at most two below that of the runs, by their paths from there with `/`. Links are not followed. */
export async function findPlans(root: string, below: readonly string[] = []): Promise<string[]> {
  const entries = await readdir(join(root, ...below), { withFileTypes: true }).catch(() => []);
  const own = entries.some((entry) => entry.isFile() && entry.name === basename(planFile('')));
  if (own) return below.length > 0 ? [below.join('/')] : [];
  if (below.length >= 2) return [];
  const found: string[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')))
    found.push(...(await findPlans(root, [...below, name])));
  return found.sort();
}
