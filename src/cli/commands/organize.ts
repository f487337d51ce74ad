import { type Command, Option } from 'commander';
import { usageError } from '../../errors.js';
import { openDataset } from '../../node/dataset/openDataset.js';
import { type LinkKind, linkKinds, undoOrganize } from '../../node/dataset/organize.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { organizeStep } from '../../node/steps/organize.js';
import { act } from '../commandContext.js';
import { allowMissingOption, type DataCommandOptions, dataOptions, imageTypeOption } from '../dataOptions.js';

interface Options extends DataCommandOptions {
  readonly out?: string;
  readonly link: LinkKind;
  readonly excludeUnusable?: boolean;
  readonly undo?: string;
}

export function register(command: Command): void {
  command
    .argument('[data]', 'folder or zip with the images and their table, or the table itself')
    .option('--out <folder>', 'where to make one folder a class')
    .addOption(
      new Option('--link <kind>', 'how to put images there; those in zips are always copied')
        .choices(linkKinds)
        .default('symbolic'),
    )
    .option('--exclude-unusable', 'leave out images that have no file')
    .option('--undo <folder>', 'remove what an earlier call made there, as far as it is unchanged')
    .addOption(imageTypeOption())
    .addOption(allowMissingOption())
    .addHelpText(
      'after',
      `
Examples:
  $ lesionlab organize HAM10000 --out by-class
  $ lesionlab organize HAM10000 --out by-class --link copy
  $ lesionlab organize --undo by-class`,
    )
    .action(
      act(async (context, data: string | undefined, options: Options) => {
        if (options.undo !== undefined) {
          if (data !== undefined || options.out !== undefined)
            throw usageError('undo-alone', '--undo takes only the folder to undo.', {
              hint: `Call \`lesionlab organize --undo ${options.undo}\`.`,
            });
          const undone = await undoOrganize(options.undo, context.progress);
          return { json: undone, text: `Removed ${formatCount(undone.removed)} files from ${undone.folder}.` };
        }
        if (data === undefined || options.out === undefined)
          throw usageError('missing-argument', 'organize needs the dataset and --out <folder>, or --undo <folder>.', {
            hint: 'See `lesionlab organize --help`.',
          });
        const dataset = await openDataset(data, dataOptions(options));
        try {
          const summary = await organizeStep(context, dataset, options.out, options);
          const classes = Object.entries(summary.perClass).map(
            ([id, count]) => `  ${id.padEnd(8)}${formatCount(count)}`,
          );
          const text = [
            `${formatCount(summary.images)} images in ${summary.folder}:`,
            ...classes,
            ...(summary.excluded.length > 0 ? [`${summary.excluded.length} images without a file were left out.`] : []),
            `Undo with: lesionlab organize --undo ${options.out}`,
          ].join('\n');
          return { json: summary, text };
        } finally {
          await dataset.images.close();
        }
      }),
    );
}
