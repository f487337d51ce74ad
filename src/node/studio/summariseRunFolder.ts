import { existsSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { epochLine } from '../../report/files/trainingLines.js';
import { isTrained, type RunSummary, summariseRun } from '../../report/runSummary.js';
import type { EpochRecord, TrainPosition } from '../../training/events.js';
import { readJsonLines } from '../files/jsonLines.js';
import { readEvaluation } from '../run/readRunFiles.js';
import { type RunFolder, readConfig } from '../run/runFolder.js';

/**
 * What a list shows of a run.
 * @throws LesionlabError kind `run` where a file of it can't be used
 */
export async function summariseRunFolder(folder: RunFolder, id: string): Promise<RunSummary> {
  const config = await readConfig(folder);
  const metrics = await readJsonLines(folder.metrics, epochLine);
  const evaluations = [];
  for (const name of await evaluationNames(folder)) {
    const evaluation = await readEvaluation(folder.evaluation(name).evaluation);
    if (evaluation) evaluations.push({ name, evaluation });
  }
  const alive = !isTrained(config, metrics) && (await looksAlive(folder, metrics));
  return summariseRun({ id, config, metrics, evaluations, alive, report: existsSync(folder.report) });
}

async function evaluationNames(folder: RunFolder): Promise<string[]> {
  const entries = await readdir(`${folder.path}/evaluation`, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && /^\w[\w.-]*$/.test(entry.name)).map(({ name }) => name);
}

/** A training is quiet for at most so long, in seconds: between two lines of steps.jsonl, and during validation. */
const longestPause = 120;
/** And for so long after an epoch's checkpoint, unless its epochs take longer: what follows is the next step. */
const longestPauseAfterCheckpoint = 15;
/** Before its first step it may compute the features of all images. */
const longestBeginning = 20 * 60;

/** Whether the files of an unfinished training look as if its process were still writing them. */
async function looksAlive(folder: RunFolder, metrics: readonly EpochRecord[]): Promise<boolean> {
  const [config, steps, epochs, state] = await Promise.all(
    [folder.config, folder.steps, folder.metrics, folder.trainingState].map(changedAt),
  );
  const saved = state >= Math.max(steps, epochs);
  if (saved && (await stoppedWithinEpoch(folder))) return false;
  const quiet = (Date.now() - Math.max(config, steps, epochs, state)) / 1000;
  const begun = (await stat(folder.steps).catch(() => null))?.size ?? 0;
  if (begun === 0) return quiet < longestBeginning;
  const slowest = Math.max(0, ...metrics.map(({ seconds }) => seconds));
  return quiet < Math.max(saved ? longestPauseAfterCheckpoint : longestPause, slowest);
}

/** Milliseconds since 1970; 0 where the file is missing. */
const changedAt = (path: string) =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

/** A checkpoint between two epochs is only written when a training is interrupted. */
async function stoppedWithinEpoch(folder: RunFolder): Promise<boolean> {
  try {
    const file = await open(folder.trainingState);
    try {
      const length = Buffer.alloc(8);
      await file.read(length, 0, 8, 0);
      const header = Buffer.alloc(Math.min(Number(length.readBigUInt64LE()), 1 << 24));
      await file.read(header, 0, header.length, 8);
      const position = JSON.parse(JSON.parse(header.toString('utf8')).__metadata__.position) as TrainPosition;
      return position.stepsInEpoch > 0;
    } finally {
      await file.close();
    }
  } catch {
    // Missing or damaged: then the times of change decide alone.
    return false;
  }
}
