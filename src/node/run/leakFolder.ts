import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { LesionlabError, runError } from '../../errors.js';
import type { LeakDemonstration } from '../../evaluation/index.js';
import type { Progress } from '../../progress.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { readJson } from '../files/readJson.js';
import type { RunFolder } from './runFolder.js';

// Only what would otherwise fail in the middle of a page.
const interval = z.tuple([z.number(), z.number()]).nullable();
const leakNumber = z.looseObject({
  byImage: z.number().nullable(),
  byImageInterval: interval,
  byLesion: z.number().nullable(),
  byLesionInterval: interval,
  flattery: z.number().nullable(),
  flatteryInterval: interval,
});
const testSplit = z.looseObject({ images: z.number(), lesions: z.number() });
const sight = z.looseObject({ images: z.number(), accuracy: z.number().nullable(), interval });
const leakFile = z.looseObject({
  method: z.string(),
  model: z.string(),
  preset: z.string(),
  overrides: z.array(z.string()),
  imageSize: z.number(),
  epochs: z.number(),
  seed: z.number(),
  data: z.looseObject({
    id: z.string(),
    name: z.string(),
    sha256: z.string(),
    images: z.number(),
    lesions: z.number(),
  }),
  byImageTest: testSplit,
  byLesionTest: testSplit,
  accuracy: leakNumber,
  balancedAccuracy: leakNumber,
  macroAuroc: leakNumber,
  classes: z.array(
    leakNumber.extend({
      dx: z.string(),
      name: z.string(),
      byImageLesions: z.number(),
      byLesionLesions: z.number(),
    }),
  ),
  seen: sight,
  unseen: sight,
});

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

const readLeak = async (folder: string): Promise<LeakDemonstration> =>
  (await readJson(join(folder, 'leak.json'), leakFile, {
    missing: 'Give the folder that `lesionlab leak <data> --run <folder>` wrote, once it has ended.',
  })) as unknown as LeakDemonstration;
