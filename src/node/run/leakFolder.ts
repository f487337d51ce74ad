import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LesionlabError, runError } from '../../errors.js';
import type { LeakDemonstration } from '../../evaluation/outside/leakDemonstration.js';
import type { Progress } from '../../progress.js';
import { leakFile } from '../../report/files/leakFile.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { readJson } from '../files/readJson.js';
import type { RunFolder } from './runFolder.js';

export interface FoundLeak {
  /** What `leak` wrote. */
  readonly folder: string;
  readonly demonstration: LeakDemonstration;
}

/** Where a report looks for a leak demonstration that is not named: in the run's folder, then beside it. */
export const leakPlaces = ({ path }: Pick<RunFolder, 'path'>): readonly string[] => [
  join(path, 'leak'),
  join(dirname(path), 'leak'),
];

/**
 * The leak demonstration that goes with a run: the one named, else one in the folder `leak` inside or beside the run's, where it is of
 * the very same images. @returns null where there is none
 * @throws LesionlabError kind `run` where the named folder holds none, or one of another dataset
 */
export async function findLeak(
  folder: RunFolder,
  { data }: Pick<RunConfig, 'data'>,
  named: string | undefined,
  progress: Pick<Progress, 'note'>,
): Promise<FoundLeak | null> {
  if (named !== undefined) return readNamed(named, data);
  for (const place of leakPlaces(folder)) {
    if (!existsSync(join(place, 'leak.json'))) continue;
    try {
      const demonstration = await readLeak(place);
      if (demonstration.data.sha256 === data.sha256) return { folder: place, demonstration };
      progress.note(`The leak demonstration in ${place} is of other images than the run's: the report leaves it out.`);
    } catch (error) {
      // It is another folder's file: no reason to have no report.
      if (!(error instanceof LesionlabError)) throw error;
      progress.note(`The report leaves out the leak demonstration in ${place}: ${error.message}`);
    }
  }
  return null;
}

async function readNamed(named: string, data: RunConfig['data']): Promise<FoundLeak> {
  const demonstration = await readLeak(named);
  const classes = (ids: readonly string[]) => ids.join(' ');
  const [own, theirs] = [classes(data.classes.map(({ id }) => id)), classes(demonstration.classes.map(({ dx }) => dx))];
  if (demonstration.data.id !== data.id || own !== theirs)
    throw runError(
      'other-leak',
      `${named} shows the leak in ${demonstration.data.name} (${theirs}); the run was trained on ${data.name} (${own}).`,
      { hint: `Name a folder that \`lesionlab leak\` wrote for the run's data, or leave --leak out.` },
    );
  return { folder: named, demonstration };
}

const readLeak = (folder: string): Promise<LeakDemonstration> =>
  readJson(join(folder, 'leak.json'), leakFile, {
    missing: 'Give the folder that `lesionlab leak <data> --run <folder>` wrote, once it has ended.',
  });
