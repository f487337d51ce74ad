import type { Command } from 'commander';
import type { PathMapping } from '../../jobs/mapPaths.js';
import { strandsOf } from '../../jobs/strands.js';
import { arrayIndex } from '../../node/jobs/arrays/arrayIndex.js';
import { runStrand } from '../../node/jobs/arrays/runStrand.js';
import { openPlanFolder } from '../../node/jobs/openPlan.js';
import { receiveError } from '../../postedError.js';
import { act } from '../commandContext.js';
import { formatTable } from '../formatTable.js';
import { parseInteger } from '../globalOptions.js';
import { mapOption } from '../planOptions.js';

interface Options {
  readonly index?: number;
  readonly list?: boolean;
  readonly overwrite?: boolean;
  readonly map?: readonly PathMapping[];
}

export function register(command: Command): void {
  command
    .argument('<plan>', 'folder that holds plan.json')
    .option('--index <number>', 'which task, from 0 (default: as the cluster says)', parseInteger(0, 1_000_000))
    .option('--list', 'say which tasks there are, and do nothing')
    .option('--overwrite', 'replace what earlier runs left')
    .addOption(mapOption())
    .addHelpText(
      'after',
      `
An array has as many tasks as the plan has folders that are worked in beside each other; docs/cluster.md has
manifests. A task that is interrupted saves, ends with status 130, and goes on from there when it is begun again.

Examples:
  $ lesionlab task runs/folds --list
  $ lesionlab task runs/folds --index 3`,
    )
    .action(
      act(async (context, path: string, { index: given, list, overwrite = false, map = [] }: Options) => {
        const opened = await openPlanFolder(path);
        if (list) {
          const tasks = strandsOf(opened.plan).map(({ jobs, ...rest }) => ({
            ...rest,
            jobs: jobs.map(({ id }) => id),
          }));
          const rows = tasks.map(({ index, stage, jobs }) => [String(index), String(stage), jobs.join(', ')]);
          return { json: { folder: opened.folder, tasks }, text: formatTable(['task', 'stage', 'jobs'], rows) };
        }
        const { index, call } = arrayIndex(given);
        const result = await runStrand(context, opened, index, {
          call: call ?? `task-${process.pid}-${Date.now()}`,
          overwrite,
          mappings: map,
        });
        const last = result.jobs.at(-1)!.outcome;
        if (last.type === 'failed') throw receiveError(last.error);
        return {
          json: result,
          text: `Task ${index}: ${result.jobs.map(({ id, outcome }) => `${id} ${outcome.type}`).join(', ')}.`,
          exitStatus: last.type === 'done' ? 0 : 130,
        };
      }),
    );
}
