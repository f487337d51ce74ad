import { realpathSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { runError, usageError } from '../../errors.js';
import { jobPaths } from '../../jobs/jobPaths.js';
import type { PlannedJob } from '../../jobs/plan.js';
import type { WorkFile, WorkFiles, WorkPlace } from '../../jobs/work.js';

/** Folders and files that the page's work may name: those of the command line, and the folder of runs. */
export interface WorkPlaces {
  readonly list: readonly WorkPlace[];
  /** Absolute path of `place/rest`; what begins with no place's name is read from the folder of runs. */
  absolute(text: string): string;
  /** The name by which the page knows a path; its last part where it lies in no place. */
  nameOf(path: string): string;
  /** @throws LesionlabError kind `usage` where a job names a file or a folder outside of these, links included */
  require(job: PlannedJob): void;
  /**
   * What lies in a folder.
   * @param endings of the files that are asked for, in lower case, such as `.csv`; all where undefined
   * @throws LesionlabError kind `usage` for what lies outside; kind `run` for what is no folder
   */
  files(path: string, endings?: readonly string[]): Promise<WorkFiles>;
}

/** More than so many entries of a folder are not listed. */
const mostEntries = 500;

/** @param root folder of the runs @param named what the command line names */
export function openWorkPlaces(root: string, named: readonly string[]): WorkPlaces {
  const paths = nameByFolders([...named, root]);
  const runs = [...paths.keys()].at(-1)!;
  const inside = () => [...paths.values()].map((place) => realPath(place) ?? place);
  const isInside = (path: string) => {
    // Of what is not there the folder that would hold it counts.
    const real = realPath(path) ?? join(realPath(dirname(path)) ?? dirname(path), basename(path));
    return inside().some((place) => isWithin(real, place));
  };
  const absolute = (text: string) => {
    const [first, ...rest] = text.split('/');
    const place = paths.get(first);
    return place === undefined ? resolve(root, text) : join(place, ...rest);
  };
  return {
    list: [...paths].map(([name, path]) => ({ name, kind: name === runs ? 'runs' : kindOf(path) })),
    absolute,
    nameOf(path) {
      const [name, place] = [...paths].find(([, own]) => isWithin(path, own)) ?? [];
      return name === undefined
        ? basename(path)
        : [name, ...path.slice(place!.length + 1).split(sep)].filter(Boolean).join('/');
    },
    require(job) {
      for (const path of jobPaths(job)) {
        if (isInside(path)) continue;
        throw usageError(
          'outside-folders',
          `${job.id} names ${path}, which lies in no folder that the studio was given.`,
          { hint: 'Start the studio with that folder: `lesionlab studio runs --work <data>`' },
        );
      }
    },
    async files(path, endings) {
      const folder = absolute(path);
      if (!isInside(folder))
        throw usageError('outside-folders', `${path} lies in no folder that the studio was given.`, {
          hint: 'Start the studio with that folder: `lesionlab studio runs --work <data>`',
        });
      const found = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
      if (!found)
        throw runError('no-folder', `${path} is no folder that can be read.`, { hint: 'Choose another one.' });
      const entries: WorkFile[] = [];
      const wanted = (name: string) => !endings || endings.some((ending) => name.toLowerCase().endsWith(ending));
      // What a link leads to is named, if at all, by its own place.
      for (const entry of found.filter(({ name }) => !name.startsWith('.')))
        if (entry.isDirectory()) entries.push({ name: entry.name, folder: true });
        else if (entry.isFile() && wanted(entry.name)) entries.push({ name: entry.name, folder: false });
      entries.sort(
        (a, b) => Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name, 'en', { numeric: true }),
      );
      const listed: WorkFile[] = [];
      for (const entry of entries.slice(0, mostEntries)) {
        const bytes = entry.folder ? undefined : (await stat(join(folder, entry.name)).catch(() => undefined))?.size;
        listed.push(bytes === undefined ? entry : { ...entry, bytes });
      }
      return { path, entries: listed, more: Math.max(0, entries.length - mostEntries) };
    },
  };
}

/** Paths by the names of their folders; several of a name by their places. */
function nameByFolders(paths: readonly string[]): Map<string, string> {
  const named = new Map<string, string>();
  for (const path of paths) {
    const name = basename(resolve(path)) || 'root';
    let own = name;
    for (let i = 2; named.has(own); i++) own = `${name}-${i}`;
    named.set(own, resolve(path));
  }
  return named;
}

const isWithin = (path: string, place: string) =>
  path === place || path.startsWith(place.endsWith(sep) ? place : place + sep);

const kindOf = (path: string) => (statSync(path, { throwIfNoEntry: false })?.isFile() ? 'file' : 'folder');

/** A path without links; undefined where it isn't there. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
