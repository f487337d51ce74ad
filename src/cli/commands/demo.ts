import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { LesionlabError, runError } from '../../errors.js';
import { type SyntheticSummary, writeSyntheticDataset } from '../../node/dataset/writeSyntheticDataset.js';
import { holdNewRun } from '../../node/run/holdRun.js';
import { createRunFolder, type RunFolder, runFolderPaths } from '../../node/run/runFolder.js';
import { runStep } from '../../node/steps/run.js';
import { act, type CommandContext } from '../commandContext.js';
import { describeRun, summariseRun } from '../describeRun.js';
import { parseInteger } from '../globalOptions.js';

interface Options {
  readonly run: string;
  readonly images: number;
  readonly overwrite?: boolean;
}

const defaultFolder = join('runs', 'demo');

export function register(command: Command): void {
  command
    .option('--run <folder>', 'run folder', defaultFolder)
    .option('--images <count>', 'number of synthetic images', parseInteger(100, 100_000), 600)
    .option('--overwrite', 'replace an earlier run in the folder, whatever it is of')
    .addHelpText(
      'after',
      `
The images are painted by a program: nothing in the results says anything about real skin.
An earlier demo in ${defaultFolder} is replaced; a run on other images only with --overwrite.

Examples:
  $ lesionlab demo
  $ lesionlab demo --images 1200 --run runs/larger-demo`,
    )
    .action(
      act(async (context, options: Options) => {
        const { data, result } = await holdNewRun(context, options.run, 'demo', async () => {
          const { data } = await prepareDemo(context, options);
          const run = { data: data.folder, run: options.run, preset: 'demo', overwrite: true } as const;
          return { data, result: await runStep(context, run) };
        });
        return {
          json: { data, ...summariseRun(result) },
          text: `${describeRun(result, { quiet: context.quiet })}\n\nOpen the report in a browser, or everything at once with: npx lesionlab studio ${options.run}`,
        };
      }),
    );
}

/** Makes the run folder, with the synthetic dataset in its data/; images of the same kind from an earlier demo are kept. */
export async function prepareDemo(
  context: CommandContext,
  options: Options,
): Promise<{ folder: RunFolder; data: SyntheticSummary }> {
  const overwrite = options.overwrite ?? (!context.given('run') && (await isDemo(options.run)));
  const folder = await createRunFolder(options.run, { overwrite }).catch(refuseWithoutResume);
  const { images } = options;
  const { seed, progress, signal } = context;
  return { folder, data: await writeSyntheticDataset(join(options.run, 'data'), { images, seed, progress, signal }) };
}

/** Whether a folder holds a demo's run, or none that was configured: another one may be of images that somebody cares about. */
async function isDemo(path: string): Promise<boolean> {
  try {
    return JSON.parse(await readFile(runFolderPaths(path).config, 'utf8')).data.synthetic === true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function refuseWithoutResume(error: unknown): never {
  if (!(error instanceof LesionlabError) || error.code !== 'run-exists') throw error;
  throw runError(error.code, error.message, {
    hint: 'Use --overwrite to replace it, or name another folder with --run.',
    cause: error,
  });
}
