import { join } from 'node:path';
import type { Command } from 'commander';
import { auditDataset } from '../../data/audit/auditDataset.js';
import { linkedImages, requireUsable, unusableImages } from '../../data/audit/requireUsable.js';
import { splitNames } from '../../data/dataset.js';
import { openDataset } from '../../node/dataset/openDataset.js';
import { auditImages } from '../../node/dataset/trainingData.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { splitStep } from '../../node/steps/split.js';
import { act } from '../commandContext.js';
import { allowMissingOption, type DataCommandOptions, dataOptions, imageTypeOption } from '../dataOptions.js';
import { formatTable } from '../formatTable.js';
import { parseInteger } from '../globalOptions.js';
import { listExcluded } from '../listExcluded.js';
import { parseRatios } from '../parseRatios.js';

interface Options extends DataCommandOptions {
  readonly out: string;
  readonly ratios?: readonly [number, number, number];
  readonly folds?: number;
  readonly excludeUnusable?: boolean;
  readonly audit?: boolean;
}

export function register(program: Command): void {
  program
    .command('split')
    .helpGroup('Data:')
    .argument('<data>', 'folder or zip with the images and their table, or the table itself')
    .option('--out <folder>', 'where to write', join('runs', 'splits'))
    .option('--ratios <train/validation/test>', 'shares of the images (default: 64/16/20)', parseRatios)
    .option('--folds <count>', 'also write folds.csv for cross-validation', parseInteger(2, 1000))
    .option('--exclude-unusable', 'go on without images that cannot be used')
    .addOption(imageTypeOption())
    .addOption(allowMissingOption())
    .option(
      '--audit',
      'decode every image first, to find those that are damaged (default: missing and empty files only)',
    )
    .description('Split into train, validation and test, by class and with all images of a lesion on one side.')
    .addHelpText(
      'after',
      `
Writes splits.csv and splits.json, which counts leakage: lesions on two sides, and identical images. No image is decoded for it unless
--audit asks for that; what trains decodes all of them anyway and refuses damaged ones.

Examples:
  $ lesionlab split HAM10000 --out runs/splits --seed 1
  $ lesionlab split HAM10000 --ratios 70/10/20 --folds 5 --audit`,
    )
    .action(
      act(async (context, data: string, options: Options) => {
        const dataset = await openDataset(data, dataOptions(options));
        try {
          const { progress, signal } = context;
          const audit = options.audit
            ? await auditImages(context, dataset)
            : await auditDataset(dataset, { decode: false, progress, signal });
          const usable = requireUsable(dataset, audit, { excludeUnusable: options.excludeUnusable ?? false });
          const { ratios, folds, out } = options;
          const excluded = unusableImages(audit);
          const { summary, files } = await splitStep(context, usable, out, {
            ratios,
            folds,
            linked: linkedImages(audit),
          });
          const table = formatTable(
            ['split', 'images', 'share', 'lesions', ...Object.keys(summary.counts.train)],
            splitNames.map((name) => [
              name,
              formatCount(summary.images[name]),
              `${(100 * summary.shares[name]).toFixed(2)}%`,
              formatCount(summary.lesions[name]),
              ...Object.values(summary.counts[name]).map(formatCount),
            ]),
          );
          const { lesions, images } = summary.leakage;
          const leakage = usable.hasLesionIds
            ? `Leakage: ${lesions} lesions and ${images} identical images on two sides.`
            : `Leakage: ${images} identical images on two sides; the dataset has no lesion ids to look at.`;
          return {
            json: { folder: out, files, ...summary, excluded },
            text: [table, '', ...listExcluded(excluded), leakage, `Wrote ${files.join(', ')}.`].join('\n'),
          };
        } finally {
          await dataset.images.close();
        }
      }),
    );
}
