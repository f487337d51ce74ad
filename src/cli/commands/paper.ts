import type { Command } from 'commander';
import { paperStep } from '../../node/steps/paper.js';
import { act } from '../commandContext.js';
import { parseInteger } from '../globalOptions.js';

interface Options {
  readonly to: string;
  readonly on?: string;
  readonly resamples: number;
}

export function register(command: Command): void {
  command
    .argument('<what...>', 'a run folder (others are compared with the first), and a folder that readers --out wrote')
    .option('--to <folder>', 'where to write; a new folder, or one that this command wrote before', 'paper')
    .option('--on <split file>', 'compare runs on the test images of a split file')
    .option(
      '--resamples <count>',
      'bootstrap resamples behind the intervals of comparisons; 0: no intervals',
      parseInteger(0, 100_000),
      2000,
    )
    .addHelpText(
      'after',
      `
From the files of a run (trained, an ensemble, or somebody else's classifier that evaluate judged), of a reader study, or of several
runs that are compared. Every sentence is one that the files bear out; what only the authors know is listed for them. Tables are
Markdown, CSV and LaTeX, figures SVG; checklists are TRIPOD+AI, STARD-AI with STARD 2015, and CLEAR Derm. docs/paper.md says more.

Examples:
  $ lesionlab paper runs/first --to paper
  $ lesionlab paper runs/first runs/judged-theirs study --to paper
  $ lesionlab run HAM10000 --split paper/ham10000.split.csv --run runs/mine`,
    )
    .action(
      act(async (context, sources: string[], options: Options) => {
        const result = await paperStep(context, { sources, ...options });
        const { folder, files, splitFile } = result;
        const count = (start: string) => files.filter((path) => path.startsWith(start)).length;
        return {
          json: result,
          text: [
            `Wrote ${files.length} files into ${folder}: methods.md, ${count('tables/') > 0 ? `${Math.floor(count('tables/') / 3)} tables, ` : ''}${count('figures/')} figures, ${Math.floor(count('checklists/') / 2)} checklists. README.md there says what is what.`,
            ...(splitFile ? [`The split, to be cited: ${splitFile.name}, SHA-256 ${splitFile.sha256}.`] : []),
          ].join('\n'),
        };
      }),
    );
}
