import { dirname } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type SplitName, splitNames } from '../../data/dataset.js';
import { parseClassMap } from '../../evaluation/outside/classMap.js';
import type { BeforeAndAfter } from '../../explain/shortcuts/compareChanged.js';
import { type FillMethod, fillMethods } from '../../explain/shortcuts/fillRegion.js';
import { type ChangeId, changeIds, pictureChanges } from '../../explain/shortcuts/registry.js';
import type { DataPaths } from '../../node/dataset/openDatasets.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { type CheckpointName, checkpointNames } from '../../node/run/checkpointFile.js';
import { type ShortcutsStepResult, shortcutsStep } from '../../node/steps/shortcuts.js';
import { formatCountOf } from '../../report/format.js';
import { act } from '../commandContext.js';
import { masksOption, movedDataOption } from '../dataOptions.js';
import { formatDecimal } from '../formatEvaluation.js';
import { formatInterval, formatShare, signed } from '../formatShare.js';
import { formatFoldedTable } from '../formatTable.js';
import { parseInteger } from '../globalOptions.js';
import {
  addPreprocessingOptions,
  givenPreprocessing,
  type PreprocessingCommandOptions,
} from '../preprocessingOptions.js';
import { terminalWidth } from '../terminalWidth.js';
import { wrapWords } from '../wrapWords.js';

interface Options extends PreprocessingCommandOptions {
  readonly data?: DataPaths;
  readonly masks?: string;
  readonly split?: SplitName;
  readonly checkpoint?: CheckpointName;
  readonly images: number;
  readonly changes?: readonly ChangeId[];
  readonly fill: FillMethod;
  readonly resamples: number;
  readonly map?: string;
  readonly run?: string;
  readonly out?: string;
  readonly output?: string;
  readonly excludeUnusable?: boolean;
}

export function register(command: Command): void {
  command
    .argument('<model>', 'run folder, or an ONNX classifier: of `export`, or of anybody')
    .addOption(
      movedDataOption(
        'of a run: where its data lies now (once for each dataset that was joined); of an ONNX file: the images to ask it about',
      ),
    )
    .addOption(masksOption())
    .addOption(new Option('--split <name>', 'of a run: which images (default: "validation")').choices(splitNames))
    .addOption(
      new Option('--checkpoint <name>', 'of a run: best on validation, or last (default: "best")').choices(
        checkpointNames,
      ),
    )
    .option('--images <count>', 'most images, drawn by lesion', parseInteger(1), 500)
    .option('--changes <name,...>', `only these: ${changeIds.join(', ')}`, parseChanges)
    .addOption(
      new Option('--fill <how>', 'what takes the place of what is erased').choices(fillMethods).default('inpaint'),
    )
    .option('--resamples <count>', 'bootstrap resamples behind the intervals, 0 for none', parseInteger(0), 2000)
    .option(
      '--map <theirs=ours,...>',
      'of an ONNX file: which class an output is of; x= leaves a class of the data out',
    )
    .option('--run <folder>', 'of an ONNX file: the run that `evaluate` made of it, which takes the result')
    .option('--out <folder>', 'of an ONNX file: where to write (default: "shortcuts-<name>")')
    .option('--exclude-unusable', 'of an ONNX file: go on without images that can’t be read')
    .option('--output <name>', "of another's network: output with the classes, where it has several");
  addPreprocessingOptions(command)
    .addHelpText(
      'after',
      `
Needs lesion masks. Each picture is changed and asked about again:
${changeIds
  .map((id) => `  ${id.padEnd(15)}${pictureChanges[id].summary}`)
  .map((line) => wrapWords(line, 96).replaceAll('\n', `\n${' '.repeat(17)}`))
  .join('\n')}

What is erased is filled with the colours around it, carried inwards smoothly (--fill inpaint), or with the
mean colour of the skin beside the lesion (--fill mean). Neither has the skin's texture, and the outline of a
mask stays visible: box-erased hides the lesion's shape, too. Differences are paired, with 95% intervals
that resample patients or lesions.

Writes shortcuts.json, shortcuts.csv and shortcuts.png into evaluation/<split>/ of the run, for its report; a
look at the test split is counted in evaluation/test/log.jsonl.

Examples:
  $ lesionlab shortcuts runs/first
  $ lesionlab shortcuts runs/first --changes box-erased,ruler --fill mean --images 200
  $ lesionlab shortcuts net.onnx --data clinic --masks clinic-masks --map 0=mel,1=nv`,
    )
    .action(
      act(async (context, source: string, options: Options) => {
        const { output, images, changes, fill, resamples, map, ...given } = options;
        const network = Object.fromEntries(
          Object.entries({ output, ...(await givenPreprocessing(options)) }).filter(([, value]) => value !== undefined),
        );
        const { data, masks, split, checkpoint, run, out, excludeUnusable } = given;
        const result = await shortcutsStep(context, {
          ...{ source, data, masks, split, checkpoint, run, out, excludeUnusable },
          ...{ images, changes, fill, resamples },
          map: map === undefined ? undefined : Object.fromEntries(parseClassMap(map)),
          network: Object.keys(network).length > 0 ? network : undefined,
        });
        return { json: { ...result.result, files: result.files }, text: describe(result) };
      }),
    );
}

function parseChanges(text: string, earlier: readonly ChangeId[] = []): readonly ChangeId[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(changeIds as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no change "${unknown}"; there are ${changeIds.join(', ')}.`);
  return [...new Set([...earlier, ...(names as ChangeId[])])];
}

/** What people want to see first. */
export function describe({ result, files }: ShortcutsStepResult, width = terminalWidth()): string {
  const { images, count, lesions, comparisons, words, leftOut, cluster } = result;
  const left = ({ after, afterInterval }: BeforeAndAfter, show: (value: number | null) => string) =>
    `${show(after)}${afterInterval ? ` (${formatInterval(afterInterval, show)})` : ''}`;
  const points = (value: number | null) => (value === null ? '–' : signed(100 * value, 1));
  const table = formatFoldedTable(
    [
      'change',
      'images',
      'AUROC after',
      'difference',
      '95% interval',
      'balanced accuracy',
      'points',
      '95% interval',
      'same answer',
    ],
    comparisons.map(({ change, macroAuroc, balancedAccuracy, sameAnswer, ...rest }) => [
      change,
      formatCount(rest.images),
      left(macroAuroc, formatDecimal),
      macroAuroc.difference === null ? '–' : signed(macroAuroc.difference),
      formatInterval(macroAuroc.interval, (value) => signed(value)),
      formatShare(balancedAccuracy.after),
      points(balancedAccuracy.difference),
      formatInterval(balancedAccuracy.interval, points),
      formatShare(sameAnswer.share),
    ]),
    { width, keep: 2 },
  );
  return [
    wrapWords(
      `${formatCountOf(count, 'image')} of ${formatCountOf(lesions, 'lesion')} (${images}), changed and asked about again; intervals by ${cluster}`,
      width,
    ),
    '',
    table,
    '',
    ...words.map((sentence) => wrapWords(sentence, width)),
    ...(leftOut.length > 0
      ? [`Left out: ${formatCountOf(leftOut.length, 'image')}, ${leftOut[0].imageId} first: ${leftOut[0].reason}`]
      : []),
    '',
    `Wrote ${files.length} files into ${dirname(files[0])}.`,
  ].join('\n');
}
