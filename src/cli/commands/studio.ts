import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { runError } from '../../errors.js';
import { openInBrowser } from '../../node/studio/openInBrowser.js';
import { startStudio } from '../../node/studio/startStudio.js';
import { act } from '../commandContext.js';
import { parseInteger } from '../globalOptions.js';

interface Options {
  readonly port: number;
  readonly open: boolean;
  readonly data?: string;
  readonly work?: readonly string[];
}

const defaultFolder = 'runs';

export function register(command: Command): void {
  command
    .argument('[folder]', `folder of runs, or one run (default: ${defaultFolder})`)
    .option('--port <number>', 'port of the page (default: a free one)', parseInteger(0, 65_535), 0)
    .option('--no-open', 'do not open a browser')
    .option('--data <folder>', 'where the data of runs lies now, if it has been moved')
    .option(
      '--work <data...>',
      'let the page begin work on these datasets: train, evaluate, predict, judge (docs/studio.md)',
    )
    .addHelpText(
      'after',
      `
The page is served to this machine alone, and loads nothing from elsewhere. Ctrl-C ends it, with exit status 0: nothing is left undone. Runs
are read, never changed, unless --work names datasets: then the page can begin work on these, and go on with it, into
the folder of runs. It needs the token in the address that is printed, and no other page can. Ctrl-C saves what runs.

Examples:
  $ lesionlab studio
  $ lesionlab studio runs/first --port 8080 --no-open
  $ lesionlab studio runs --work HAM10000 clinic`,
    )
    .action(
      act(async (context, folder: string | undefined, { port, open, data, work }: Options) => {
        // Work begins with no runs.
        const begins = work !== undefined && folder !== undefined && !existsSync(folder);
        for (const named of [begins ? undefined : folder, data]) if (named !== undefined) requireFolder(named);
        for (const named of work ?? []) requireData(named);
        const studio = await startStudio({ port, runs: folder ?? defaultFolder, data, work });
        try {
          context.setInterruptionNotice('The studio has ended.');
          context.print({
            json: { url: studio.url, runs: studio.runs },
            text: `The studio is at ${studio.url}\nIt shows the runs in ${studio.runs}. Press Ctrl-C to end it.`,
          });
          if (open) openInBrowser(studio.url);
          if (!context.signal.aborted) await once(context.signal, 'abort');
        } finally {
          await studio.close();
        }
        return { json: undefined };
      }),
    );
}

function requireData(path: string): void {
  if (!existsSync(path))
    throw runError('no-data', `There is no dataset ${path}.`, { hint: 'Name a folder, a zip or a table with --work.' });
}

function requireFolder(path: string): void {
  if (!existsSync(path) || !statSync(path).isDirectory())
    throw runError('no-run-folder', `There is no folder ${path}.`, {
      hint: 'Name a folder that holds runs, such as the one given to `lesionlab run <data> --run <folder>`, or its parent.',
    });
}
