import { join } from 'node:path';
import type { Command } from 'commander';
import { auditDataset } from '../../data/audit/auditDataset.js';
import { linksOf, requireUsable, unusableImages } from '../../data/audit/requireUsable.js';
import { splitNames } from '../../data/dataset.js';
import { doubtfulPairs } from '../../data/groups/nearDuplicates.js';
import type { GroupProof, IdProof } from '../../data/groups/splitProof.js';
import type { SplitsSummary } from '../../data/groups/splitsJson.js';
import { describeJoin } from '../../data/joining/describeJoin.js';
import { isJoined } from '../../data/joining/joinDatasets.js';
import { findNearInDataset } from '../../node/dataset/nearDuplicates.js';
import { openDatasets } from '../../node/dataset/openDatasets.js';
import { openSplitRule } from '../../node/dataset/readSplitFile.js';
import { auditImages } from '../../node/dataset/trainingData.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { splitStep } from '../../node/steps/split.js';
import { act } from '../commandContext.js';
import { allowMissingOption, type DataCommandOptions, dataOptions, imageTypeOption } from '../dataOptions.js';
import { formatTable } from '../formatTable.js';
import { parseInteger } from '../globalOptions.js';
import { listExcluded } from '../listExcluded.js';
import { parseRatios } from '../parseRatios.js';
import { dataHelp } from '../recipeOptions.js';
import { addSplitOptions, type SplitCommandOptions, splitRuleOf } from '../splitOptions.js';

interface Options extends DataCommandOptions, SplitCommandOptions {
  readonly out: string;
  readonly ratios?: readonly [number, number, number];
  readonly folds?: number;
  readonly excludeUnusable?: boolean;
  readonly audit?: boolean;
}

export function register(command: Command): void {
  command
    .argument('<data...>', dataHelp)
    .option('--out <folder>', 'where to write', join('runs', 'splits'))
    .option('--ratios <train/validation/test>', 'shares of the images (default: 64/16/20)', parseRatios)
    .option('--folds <count>', 'also write folds.csv for cross-validation', parseInteger(2, 1000));
  addSplitOptions(command)
    .option('--exclude-unusable', 'go on without images that cannot be used')
    .addOption(imageTypeOption())
    .addOption(allowMissingOption())
    .option(
      '--audit',
      'decode every image first, to find those that are damaged (default: missing and empty files only)',
    )
    .addHelpText(
      'after',
      `
Writes splits.csv and splits.json, which counts for each reason why images belong together those on two sides: patients, lesions, the
dataset's lists of duplicates, identical files, near-duplicates. No image is decoded for it unless --audit or --near-duplicates asks
for that; what trains decodes all of them anyway and refuses damaged ones.

Examples:
  $ lesionlab split HAM10000 --out runs/splits --seed 1
  $ lesionlab split HAM10000 --ratios 70/10/20 --folds 5 --audit
  $ lesionlab split ISIC2018 --split official --mend drop-from-train
  $ lesionlab split HAM10000 --split HAM10000.split.csv
  $ lesionlab split HAM10000 ISIC2017 --test-on isic2017 --near-duplicates`,
    )
    .action(
      act(async (context, data: string[], options: Options) => {
        const asked = splitRuleOf(options);
        const opened = asked && (await openSplitRule(asked));
        const dataset = await openDatasets(data, dataOptions(options));
        try {
          const { progress, signal } = context;
          const audit = options.audit
            ? (await auditImages(context, dataset)).audit
            : await auditDataset(dataset, { decode: false, progress, signal });
          const usable = requireUsable(dataset, audit, { excludeUnusable: options.excludeUnusable ?? false });
          const { ratios, folds, out } = options;
          const excluded = unusableImages(audit);
          const near = options.nearDuplicates ? await findNearInDataset(context, usable) : undefined;
          const { summary, files } = await splitStep(context, usable, out, {
            ratios,
            folds,
            ...opened,
            links: linksOf(usable, audit),
            near,
          });
          const joined = isJoined(dataset) ? dataset.joined : undefined;
          return {
            json: { folder: out, files, ...summary, excluded, ...(joined && { joined }) },
            text: [
              ...(joined ? [...describeJoin(joined), ''] : []),
              formatCounts(summary),
              '',
              ...listExcluded(excluded),
              ...describeProof(summary),
              `Wrote ${files.join(', ')}.`,
            ].join('\n'),
          };
        } finally {
          await dataset.images.close();
        }
      }),
    );
}

const formatCounts = (summary: SplitsSummary): string =>
  formatTable(
    ['split', 'images', 'share', ...(summary.hasLesionIds ? ['lesions'] : []), ...Object.keys(summary.counts.train)],
    splitNames.map((name) => [
      name,
      formatCount(summary.images[name]),
      `${(100 * summary.shares[name]).toFixed(2)}%`,
      ...(summary.hasLesionIds ? [formatCount(summary.lesions[name])] : []),
      ...Object.values(summary.counts[name]).map(formatCount),
    ]),
  );

const leftOutWords: Readonly<Record<string, string>> = {
  official: 'that are also on a later side or do not count in the official score',
  file: 'that the split file does not name, or that are also on a later side',
};

/** Near-duplicates that are printed; splits.json has all of them. */
const shownNear = 20;

function describeProof({ proof, leakage, near = [], leftOut = [], rule, hasLesionIds }: SplitsSummary): string[] {
  const { lesions, images } = leakage;
  const ids = ({ groups, onTwoSides, imagesWithout }: IdProof) =>
    groups === 0
      ? 'not known'
      : `${formatCount(onTwoSides)} of ${formatCount(groups)}${imagesWithout > 0 ? `; ${formatCount(imagesWithout)} images have no id` : ''}`;
  const sets = (found: GroupProof | string) =>
    typeof found === 'string' ? found : `${formatCount(found.onTwoSides)} of ${formatCount(found.groups)}`;
  const doubtful = doubtfulPairs(near);
  const otherDiagnosis = doubtful.filter(({ differ }) => differ.includes('diagnosis')).length;
  return [
    ...(leftOut.length > 0
      ? [
          `Left out of the split: ${formatCount(leftOut.length)} images ${leftOutWords[rule?.kind ?? ''] ?? 'whose patient, lesion or copy is tested'}.`,
        ]
      : []),
    hasLesionIds
      ? `Leakage: ${lesions} lesions and ${images} identical images on two sides.`
      : `Leakage: ${images} identical images on two sides; the dataset has no lesion ids to look at.`,
    ...(proof
      ? [
          'On two sides:',
          `  patients          ${ids(proof.patients)}`,
          `  lesions           ${ids(proof.lesions)}`,
          `  listed duplicates ${sets(proof.listed)}`,
          `  identical files   ${sets(proof.identical)}`,
          `  near-duplicates   ${sets(proof.near)}`,
        ]
      : []),
    ...(doubtful.length > 0
      ? [
          `${formatCount(doubtful.length)} pairs of near-duplicates that the table tells apart, ${otherDiagnosis === 0 ? 'none' : formatCount(otherDiagnosis)} of them by another diagnosis (kept on one side, changed in nothing):`,
          ...doubtful
            .slice(0, shownNear)
            .map(
              ({ imageIds, because, differ }) => `  ${imageIds.join(' and ')}: other ${differ.join(', ')}; ${because}`,
            ),
          ...(doubtful.length > shownNear
            ? [`  and ${formatCount(doubtful.length - shownNear)} more in splits.json`]
            : []),
        ]
      : []),
  ];
}
