import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { runError } from '../../errors.js';
import { readJsonLines, writeJsonLines } from '../files/jsonLines.js';
import { checkLease } from '../files/lease/heldFolders.js';
import { isLeaseName } from '../files/lease/leaseFile.js';
import { ownEntries, runMarker } from '../files/lease/runEntries.js';
import { isTemporaryName } from '../files/temporaryFiles.js';
import { removeWhole, writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { RunFolder } from './runFolderPaths.js';

/** What a training or an ensemble writes before its config.json: no more is there of one that was stopped so early. */
const unconfigured: readonly string[] = [
  runMarker,
  'exploration',
  'splits.csv',
  'splits.json',
  'network.onnx',
  'teacher.csv',
  'calibration.json',
];

/** What a folder holds of a run that was configured: results, or what took work to make. What was seen by runs that were replaced is none of it. */
export function configuredEntries(root: string): string[] {
  return ownEntries.filter(
    (name) =>
      !unconfigured.includes(name) &&
      existsSync(join(root, name)) &&
      !(name === 'evaluation' && holdsLooksAtMost(join(root, name))),
  );
}

/** The log of looks, as it lies below `evaluation`. */
const looksFile = join('test', 'log.jsonl');

function holdsLooksAtMost(folder: string): boolean {
  if (!statSync(folder).isDirectory()) return false;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !isTemporaryName(entry.name))
    .every((entry) => relative(folder, join(entry.parentPath, entry.name)) === looksFile);
}

/**
 * Whether what is known of looks at the test images can go over to a run that replaces the one in the folder.
 * @throws LesionlabError kind `run` where the log is damaged: nobody could say afterwards how often they were looked at
 */
export async function checkLooks(folder: Pick<RunFolder, 'evaluation'>): Promise<void> {
  await readLooks(folder);
}

async function readLooks({ evaluation }: Pick<RunFolder, 'evaluation'>): Promise<object[]> {
  const { log } = evaluation('test');
  if (!existsSync(log)) return [];
  const damaged = (cause?: Error) =>
    runError(
      'damaged-log',
      `${log} counts the looks at the test images, and can't be read${cause ? `: ${cause.message}` : ''}.`,
      {
        hint: 'Mend it, or remove it: what was seen before is then on record nowhere.',
        cause,
      },
    );
  const lines = await readJsonLines<unknown>(log).catch((cause: Error) => {
    throw damaged(cause);
  });
  return lines.map((line) => {
    if (typeof line !== 'object' || line === null || Array.isArray(line)) throw damaged();
    return line;
  });
}

export interface RemoveRunOptions {
  /** Of a folder that no run will be made in again: the log of looks goes, too. */
  readonly forget?: boolean;
}

/**
 * Removes what lesionlab wrote into a run's folder, and nothing else. The log of looks at the test images stays, its lines marked as of a run that was
 * replaced: whoever trains or judges again in the folder, and chooses by what they saw, is not told that nobody had looked.
 * @throws LesionlabError kind `run` where the folder can't be written, or the log is damaged
 */
export async function removeRun(
  folder: Pick<RunFolder, 'path' | 'evaluation'>,
  { forget = false }: RemoveRunOptions = {},
): Promise<void> {
  const looks = forget ? [] : await readLooks(folder);
  if (looks.length > 0) {
    // A folder with a log and no more would be nobody's.
    await markAsRun(folder);
    const marked = looks.map((line) => ({ ...line, replaced: true }));
    await writeJsonLines(folder.evaluation('test').log, marked);
  }
  await removeUnmarked(folder, looks.length > 0);
  if (looks.length === 0) await removeWhole(join(folder.path, runMarker));
}

/** The marker goes last and comes back first: an interruption in between leaves a folder that is still a run's. */
async function removeUnmarked({ path }: Pick<RunFolder, 'path'>, keepsLooks: boolean): Promise<void> {
  for (const name of [...ownEntries].reverse())
    if (name === 'evaluation' && keepsLooks) await removeAllBut(join(path, name), looksFile);
    else if (name !== runMarker) await removeWhole(join(path, name));
}

/** @param kept the path of one file below the folder */
async function removeAllBut(folder: string, kept: string): Promise<void> {
  const [first, ...rest] = kept.split(sep);
  for (const name of readdirSync(folder))
    if (name !== first) await removeWhole(join(folder, name));
    else if (rest.length > 0) await removeAllBut(join(folder, name), join(...rest));
}

/** Marks a folder as a run's, where it is not marked yet. @param anew as one that begins now */
export async function markAsRun({ path }: Pick<RunFolder, 'path'>, { anew = false } = {}): Promise<void> {
  if (existsSync(join(path, runMarker)) && !anew) return;
  await writeJson(join(path, runMarker), { lesionlab: packageInfo.version, created: new Date().toISOString() });
}

/**
 * Takes back the folder of a run that ended before it was configured, so that nothing half-made stands in the way of the
 * next attempt. A folder with other files in it (the demo's data, a log of looks) stays marked as a run's.
 */
export async function discardUnconfigured(folder: RunFolder): Promise<void> {
  if (existsSync(folder.config) || !holds(folder)) return;
  try {
    await removeUnmarked(folder, (await readLooks(folder)).length > 0);
    const others = readdirSync(folder.path).filter((name) => name !== runMarker && !isLeaseName(name));
    if (others.length === 0) await removeWhole(join(folder.path, runMarker));
  } catch {
    // A disk that refuses even this: why the run ended is told, and the next attempt clears it away.
  }
}

/** Whether the folder is still this process's: else what lies there is another's. */
function holds(folder: RunFolder): boolean {
  try {
    checkLease(folder.path);
    return true;
  } catch {
    return false;
  }
}
