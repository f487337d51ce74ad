import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runError, usageError } from '../../errors.js';
import { canonicalJson } from '../../jobs/planText.js';
import { runFolderPaths } from '../run/runFolder.js';
import { planFile } from './openedPlan.js';
import { openPlanFolder } from './openPlan.js';
import { readStatus } from './readStatus.js';

/**
 * Run folders that are to answer together, where plans stand for their trainings.
 * @param takesFolds whether they may be folds of a cross-validation
 * @throws LesionlabError kind `usage` for a plan whose trainings are folds, or are compared with each other; kind `run` where trainings are not done
 */
export async function membersOfPlans(paths: readonly string[], takesFolds = false): Promise<string[]> {
  const members: string[] = [];
  for (const path of paths) members.push(...((await isPlan(path)) ? await trainingsOf(path, takesFolds) : [path]));
  return members;
}

/** A folder of a plan, which is no run itself, or the file of one. */
async function isPlan(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return false;
  if (!found.isDirectory()) return /\.(ya?ml|json)$/i.test(path);
  return existsSync(planFile(path)) && !existsSync(runFolderPaths(path).config);
}

async function trainingsOf(path: string, takesFolds: boolean): Promise<string[]> {
  const opened = await openPlanFolder(path);
  const trainings = opened.plan.jobs.filter((job) => job.kind === 'train');
  const fold = trainings.find(({ settings: { split } }) => typeof split === 'object' && split.kind === 'fold');
  if (fold && !takesFolds)
    throw usageError(
      'folds-in-ensemble',
      `The trainings of ${path} are folds of a cross-validation: each has other test images, which the other folds were trained on.`,
      {
        hint: {
          terminal:
            'On their own images folds are pooled, never averaged: cross-validation.json beside them has their numbers together. To answer about other images by the mean of all: --for-new-data. For an ensemble with a test split, train seeds: `lesionlab train <data> --seeds 5 --run <folder>`.',
          page: 'On their own images folds are pooled, never averaged: cross-validation.json beside them has their numbers together.',
        },
      },
    );
  if (opened.plan.jobs.some(({ kind }) => kind === 'compare-choices' || kind === 'compare-splits')) {
    const [first] = trainings;
    const alike = trainings.filter(({ settings }) => canonicalJson(settings) === canonicalJson(first.settings));
    const runs = alike.map(({ run }) => join(opened.named, run)).join(' ');
    throw usageError(
      'compared-in-ensemble',
      `The trainings of ${path} are ways to train that are compared: their mean would be none of them.`,
      {
        hint: {
          terminal: `Name the run folders that are to answer together${alike.length > 1 ? `, such as seeds of one way: \`lesionlab ensemble ${runs} --run <folder>\`` : ''}.`,
          page: 'Name the runs that are to answer together.',
        },
      },
    );
  }
  if (trainings.length === 0)
    throw usageError('no-trainings', `${path} has no trainings to put together.`, { hint: 'Name run folders.' });
  const standings = new Map((await readStatus(opened)).map((status) => [status.id, status.state]));
  const open = trainings.filter(({ id }) => standings.get(id) !== 'done').map(({ id }) => id);
  if (open.length > 0)
    throw runError(
      'plan-not-done',
      `${open.length} of the ${trainings.length} trainings of ${path} are not done: ${open.join(', ')}.`,
      {
        details: open,
        hint: `Run what is missing: \`lesionlab jobs ${path} --resume\``,
      },
    );
  return trainings.map(({ run }) => join(opened.named, run));
}
