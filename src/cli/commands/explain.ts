import { type Command, Option } from 'commander';
import { usageError } from '../../errors.js';
import { type Baseline, baselines } from '../../explain/baseline.js';
import type { ExplanationMethod } from '../../explain/explainers/explainer.js';
import { explainers, explanationMethods } from '../../explain/explainers/registry.js';
import type { LocalisationSummary } from '../../explain/localisation.js';
import { purposeNotice } from '../../explain/purposeNotice.js';
import type { DataPaths } from '../../node/dataset/openDatasets.js';
import { type CheckpointName, checkpointNames } from '../../node/run/checkpointFile.js';
import { isNetworkFile } from '../../node/run/networkFile.js';
import { openRunFolder, readConfig } from '../../node/run/runFolder.js';
import { type ExplainStepResult, explainStep } from '../../node/steps/explain.js';
import { type ExplainFilesOptions, type ExplainFilesResult, explainFilesStep } from '../../node/steps/explainFiles.js';
import { act, type CommandContext } from '../commandContext.js';
import { masksOption, movedDataOption } from '../dataOptions.js';
import { formatInterval, formatShare } from '../formatShare.js';
import { formatTable } from '../formatTable.js';
import { parseInteger } from '../globalOptions.js';
import { notices } from '../notices.js';
import { optionName } from '../optionName.js';
import {
  addPreprocessingOptions,
  givenPreprocessing,
  type PreprocessingCommandOptions,
} from '../preprocessingOptions.js';
import { wrapWords } from '../wrapWords.js';

interface Options extends PreprocessingCommandOptions {
  readonly output?: string;
  readonly out?: string;
  readonly excludeUnusable?: boolean;
  readonly layer?: string;
  readonly method: ExplanationMethod;
  readonly baseline?: Baseline;
  readonly check?: number | true;
  readonly image?: readonly string[];
  readonly class?: string;
  readonly checkpoint: CheckpointName;
  readonly data?: DataPaths;
  readonly masks?: string;
}

/** Images of `--check` without a number. */
const checkedImages = 30;

export function register(command: Command): void {
  command
    .argument('<model>', 'run folder, or an ONNX classifier: of `export`, or of anybody')
    .argument(
      '[images...]',
      'image files, folders and zips to explain; of a run, its own test images where none are named',
    )
    .option('--image <ids...>', 'images to explain besides one test image a class')
    .option('--layer <name>', "layer that grad-cam and hirescam look at (default: the model's last map)")
    .addOption(
      new Option('--method <name>', 'how the network is asked').choices(explanationMethods).default('grad-cam'),
    )
    .addOption(
      new Option(
        '--baseline <name>',
        'what integrated-gradients and occlusion put in the place of evidence (default: mean)',
      ).choices(baselines),
    )
    .option(
      '--check [images]',
      `check over so many test images whether the maps are worth anything (${checkedImages} where no number is given)`,
      parseInteger(1),
    )
    .option('--class <id>', "class to explain (default: each image's own answer)")
    .addOption(
      new Option('--checkpoint <name>', 'best on validation, or last').choices(checkpointNames).default('best'),
    )
    .addOption(movedDataOption())
    .addOption(masksOption())
    .option('--out <folder>', 'with images: where to write (default: explanations)')
    .option('--exclude-unusable', 'with images: go on without files that are no readable images')
    .option('--output <name>', "of another's network: output with the classes, where it has several");
  addPreprocessingOptions(command)
    .addHelpText(
      'after',
      `
Without images, it writes explanations/ into the run folder. The test image of each class is the right answer that
the model was most sure of (where none was right, the one that came nearest): examples at their
best, not typical ones. Test images used here are not counted as an evaluation. Where the data has
lesion masks, it also measures how much of the heat lies inside the lesion, compared with the
lesion's share of the image.

Methods:
${explanationMethods.map((id) => `  ${id.padEnd(21)} ${explainers[id].summary} (${explainers[id].source.replace(/, doi.*/, '')})`).join('\n')}

--check deletes the hottest places of test images step by step, and inserts them into a blurred
image, following the answer beside that of random maps and of rings around the middle; and it
compares the maps with those of the same network with randomised weights.

Examples:
  $ lesionlab explain runs/first
  $ lesionlab explain runs/first --layer conv1 --image ISIC_0024310 ISIC_0024311
  $ lesionlab explain runs/first --method occlusion --check 20
  $ lesionlab explain net.onnx photos --out heat --method integrated-gradients`,
    )
    .action(
      act(async (context, run: string, inputs: string[], given: Options) => {
        if (inputs.length > 0 || isNetworkFile(run)) {
          const result = await explainFilesStep(context, await filesOptions(context, run, inputs, given));
          context.progress.note(purposeNotice);
          return { json: result, text: describeFiles(result) };
        }
        refuseFileOptions(given);
        const { image: images, class: explainClass, check, layer, method, baseline, checkpoint, data, masks } = given;
        const options = { layer, method, baseline, checkpoint, data, masks };
        const asked = { ...options, check: check === true ? checkedImages : check };
        const result = await explainStep(context, { run, images, explainClass, ...asked });
        for (const line of notices(await readConfig(await openRunFolder(run)))) context.progress.note(line);
        return { json: result, text: describe(result) };
      }),
    );
}

async function filesOptions(
  { given: isGiven }: CommandContext,
  source: string,
  inputs: readonly string[],
  options: Options,
): Promise<ExplainFilesOptions> {
  const {
    layer,
    method,
    baseline,
    class: explainClass,
    checkpoint,
    output,
    out = 'explanations',
    excludeUnusable,
  } = options;
  const [idle] = (['check', 'image', 'data', 'masks'] as const).filter((name) => options[name] !== undefined);
  if (idle !== undefined)
    throw usageError('idle-option', `--${idle} is about the test images of a run, and images were named.`, {
      hint: 'Leave it out, or name a run folder alone.',
    });
  return {
    ...{ source, inputs, out, layer, method, baseline, explainClass, excludeUnusable },
    checkpoint: isGiven('checkpoint') ? checkpoint : undefined,
    network: { output, ...(await givenPreprocessing(options)) },
  };
}

/** @throws LesionlabError kind `usage` for options that only images of somebody's own have a use for */
function refuseFileOptions(options: Options): void {
  const names = [
    'out',
    'excludeUnusable',
    'output',
    'imageSize',
    'fit',
    'crop',
    'interpolation',
    'mean',
    'std',
    'channelOrder',
    'layout',
    'classNames',
  ] as const;
  const idle = names.find((name) => options[name] !== undefined);
  if (idle === undefined) return;
  throw usageError(
    'idle-option',
    `${optionName(idle)} is about images that are named, or about another's network, and there is neither.`,
    {
      hint: 'Name images behind the run folder, or leave it out.',
    },
  );
}

function describeFiles({ method, layer, images, unusable, folder }: ExplainFilesResult): string {
  const table = formatTable(
    ['image', 'answer', 'probability', 'explained', 'pictures'],
    images.map(({ file, predicted, probability, explained, empty, pictures }) => [
      file,
      predicted,
      formatShare(probability),
      empty ? `${explained} (no heat)` : explained,
      pictures.heat,
    ]),
  );
  return [
    `${method} at ${layer}`,
    '',
    table,
    '',
    ...unusable.map(({ file, reason }) => `Left out ${file}: ${reason}`),
    `Wrote explanations.json and ${2 * images.length} pictures into ${folder}.`,
  ].join('\n');
}

/** Masks that could not be used and are listed in the terminal. */
const masksShown = 5;

/** @returns what was explained, for the terminal */
export function describe(result: ExplainStepResult): string {
  const { layer, method, baseline, completenessError, images, localisation, masksLeftOut, check, written } = result;
  const table = formatTable(
    ['image', 'truth', 'answer', 'probability', 'explained', 'heat in lesion', 'lesion share'],
    images.map((image) => [
      image.imageId,
      image.dx,
      image.predicted,
      formatShare(image.confidence),
      image.empty.after ? `${image.explained} (no heat)` : image.explained,
      formatShare(image.localisation?.heatInside),
      formatShare(image.localisation?.lesionShare),
    ]),
  );
  const lines = [baseline ? `${method} from the baseline ${baseline}` : `${method} at ${layer}`, '', table, ''];
  if (completenessError !== undefined)
    lines.push(
      `The credit of all places together is off by ${formatShare(completenessError)} of what it had to be.`,
      '',
    );
  if (images.some(({ reason }) => reason === 'class'))
    lines.push(
      'The example of each class is the right answer that the model was most sure of (where none',
      'was right, the one that came nearest): not a typical image. Name others with --image.',
      '',
    );
  if (localisation)
    lines.push(
      `Over ${localisation.after.images} test images with a lesion mask (the lesion covers ${formatShare(localisation.after.lesionShare)}):`,
      describeSummary('  before training', localisation.before),
      describeSummary('  after training', localisation.after),
      '',
    );
  if (check) lines.push(...describeCheck(check));
  if (masksLeftOut.length > 0)
    lines.push(
      `${masksLeftOut.length === 1 ? 'One lesion mask was' : `${masksLeftOut.length} lesion masks were`} left out:`,
      ...masksLeftOut.slice(0, masksShown).map(({ reason }) => `  ${reason}`),
      ...(masksLeftOut.length > masksShown ? ['  (all in explanations.json)'] : []),
      '',
    );
  lines.push(`Wrote ${written.at(-1)} and ${written.length - 1} pictures beside it.`);
  return lines.join('\n');
}

function describeSummary(label: string, { heatInside, hitRate, emptyMaps }: LocalisationSummary): string {
  const empty = emptyMaps > 0 ? `, no heat at all in ${emptyMaps}` : '';
  return `${label}: ${formatShare(heatInside)} of the heat inside, hottest place inside in ${formatShare(hitRate)}${empty}`;
}

function describeCheck({
  faithfulness,
  randomisation,
  images,
  words,
}: NonNullable<ExplainStepResult['check']>): string[] {
  const rows = (['map', 'random', 'rings'] as const).map((order) => {
    const { deletion, insertion } = faithfulness?.[order] ?? {};
    const cells = [deletion, insertion].flatMap((mean) => [formatShare(mean?.mean), formatInterval(mean?.interval)]);
    return [{ map: 'this map', random: 'random map', rings: 'rings around the middle' }[order], ...cells];
  });
  const correlations = randomisation.map(({ share, correlation }) => [
    share === 1 ? 'all weights' : `${Math.round(100 * share)}% of the stages, from the head`,
    correlation.mean === null ? '–' : correlation.mean.toFixed(2),
    formatInterval(correlation.interval, (end) => end.toFixed(2)),
  ]);
  return [
    `Checked over ${images} test images:`,
    '',
    ...(faithfulness
      ? [formatTable(['order', 'deletion', '95% interval', 'insertion', '95% interval'], rows), '']
      : []),
    formatTable(['randomised', 'rank correlation', '95% interval'], correlations),
    '',
    ...words.map((line) => wrapWords(line, 100)),
    '',
  ];
}
