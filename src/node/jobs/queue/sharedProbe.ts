import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type LesionlabError, runError } from '../../../errors.js';
import { readJson } from '../../files/readJson.js';
import { writeJson } from '../../files/writeFile.js';
import { journalFolder } from '../openedPlan.js';

const probeFile = (planFolder: string) => join(journalFolder(planFolder), 'probe.json');
const schema = z.object({ probe: z.string() });

/** Leaves a mark in a plan's folder, by which others see that it is the same folder; the one that lies there stays. */
export async function leaveProbe(planFolder: string): Promise<string> {
  const file = probeFile(planFolder);
  if (existsSync(file)) return (await readJson(file, schema)).probe;
  const probe = randomUUID();
  await writeJson(file, { probe });
  return probe;
}

/** Whether a plan was ever given to a queue. */
export const wasQueued = (planFolder: string): boolean => existsSync(probeFile(planFolder));

/**
 * Makes sure that a folder is the one that a mark was left in.
 * @param asked where whoever asks has it
 * @throws LesionlabError kind `run` where it isn't
 */
export async function requireShared(planFolder: string, probe: string, asked: string): Promise<void> {
  if (!existsSync(planFolder)) throw notShared(`there is no folder ${planFolder} here`, asked);
  const file = probeFile(planFolder);
  if (!existsSync(file)) throw notShared(`${planFolder} here is another folder: ${file} is not in it`, asked);
  const found = await readJson(file, schema);
  if (found.probe !== probe) throw notShared(`${planFolder} here is another plan's folder`, asked);
}

const notShared = (what: string, asked: string): LesionlabError =>
  runError('not-shared', `The plan's folder ${asked} isn't shared with this machine: ${what}.`, {
    hint: `Mount it at the same path, say where it lies here (\`lesionlab worker <address> --map ${asked}=/here\`), or have results kept in a store (\`--on redis://...?results=s3://bucket/plan\`).`,
  });
