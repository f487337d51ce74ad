import { join } from 'node:path';
import type { Command } from 'commander';
import { describeJoin } from '../../data/joining/describeJoin.js';
import { isJoined } from '../../data/joining/joinDatasets.js';
import { usageError } from '../../errors.js';
import { openDatasets } from '../../node/dataset/openDatasets.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { openRunFolder } from '../../node/run/runFolder.js';
import { type ExploreStepResult, exploreStep } from '../../node/steps/explore.js';
import { act } from '../commandContext.js';
import { allowMissingOption, type DataCommandOptions, dataOptions, imageTypeOption } from '../dataOptions.js';
import { formatTable } from '../formatTable.js';
import { dataHelp } from '../recipeOptions.js';

interface Options extends DataCommandOptions {
  readonly out?: string;
  readonly run?: string;
}

const defaultFolder = join('runs', 'exploration');
/** Findings that are printed; all of them stand in exploration.html and in `--json`. */
const shownFindings = 10;

export function register(command: Command): void {
  command
    .argument('<data...>', dataHelp)
    .option('--out <folder>', `where to write (default: ${defaultFolder})`)
    .option('--run <folder>', "write into this run's exploration/ instead")
    .addOption(imageTypeOption())
    .addOption(allowMissingOption())
    .addHelpText(
      'after',
      `
Writes exploration.html (open it in a browser), exploration.json and one SVG a chart.

Examples:
  $ lesionlab explore HAM10000
  $ lesionlab explore HAM10000 --out runs/look --json > look.json`,
    )
    .action(
      act(async (context, data: string[], options: Options) => {
        if (options.out !== undefined && options.run !== undefined)
          throw usageError('out-and-run', '--out and --run exclude each other.');
        const folder =
          options.run === undefined ? (options.out ?? defaultFolder) : (await openRunFolder(options.run)).exploration;
        const dataset = await openDatasets(data, dataOptions(options));
        try {
          const result = await exploreStep(context, dataset, folder);
          return {
            json: {
              folder,
              files: result.files,
              exploration: result.exploration,
              audit: result.audit,
              ...(isJoined(dataset) && { joined: dataset.joined }),
            },
            text: [...(isJoined(dataset) ? [...describeJoin(dataset.joined), ''] : []), describe(result, folder)].join(
              '\n',
            ),
          };
        } finally {
          await dataset.images.close();
        }
      }),
    );
}

function describe({ exploration, audit }: ExploreStepResult, folder: string): string {
  const { dataset, images, lesions, classes } = exploration;
  // Where the data names no lesions, each image counts as one, which says nothing.
  const { hasLesionIds } = dataset;
  const table = formatTable(
    ['class', 'images', 'share', ...(hasLesionIds ? ['lesions'] : []), 'weight', 'name'],
    classes.map((row) => [
      row.dx,
      formatCount(row.images),
      `${(100 * row.share).toFixed(1)}%`,
      ...(hasLesionIds ? [formatCount(row.lesions)] : []),
      row.weight === null ? '-' : row.weight.toFixed(3),
      row.name,
    ]),
  );
  const lines = [
    `${dataset.name}: ${formatCount(images)} images${hasLesionIds ? ` of ${formatCount(lesions)} lesions` : '; nothing says which show the same lesion'}`,
    '',
    table,
    '',
  ];
  if (audit.unusable > 0) lines.push(`${formatCount(audit.unusable)} images cannot be used.`);
  // What keeps images from being used comes first.
  const findings = [...audit.findings].sort(
    (a, b) => Number(b.severity === 'unusable') - Number(a.severity === 'unusable'),
  );
  for (const { message } of findings.slice(0, shownFindings)) lines.push(`  - ${message}`);
  if (findings.length > shownFindings) lines.push(`  ... and ${findings.length - shownFindings} more findings.`);
  if (findings.length === 0) lines.push('The audit found nothing wrong.');
  lines.push('', `Open ${join(folder, 'exploration.html')} in a browser.`);
  return lines.join('\n');
}
