import { type Command, Option } from 'commander';
import type { ActivationMapMethod, LocalisationSummary } from '../../explain/index.js';
import { type CheckpointName, checkpointNames } from '../../node/run/checkpointFile.js';
import { openRunFolder, readConfig } from '../../node/run/runFolder.js';
import { type ExplainStepResult, explainStep } from '../../node/steps/explain.js';
import { act } from '../commandContext.js';
import { formatShare } from '../formatShare.js';
import { formatTable } from '../formatTable.js';
import { notices } from '../notices.js';

interface Options {
  readonly layer?: string;
  readonly method: ActivationMapMethod;
  readonly image?: readonly string[];
  readonly class?: string;
  readonly checkpoint: CheckpointName;
  readonly data?: string;
}

export function register(program: Command): void {
  program
    .command('explain')
    .helpGroup('Results:')
    .argument('<run>', 'run folder')
    .option('--image <ids...>', 'images to explain besides one test image a class')
    .option('--layer <name>', "convolution to look at (default: the model's last)")
    .addOption(
      new Option('--method <name>', 'grad-cam weighs whole channels, hirescam place by place')
        .choices(['grad-cam', 'hirescam'])
        .default('grad-cam'),
    )
    .option('--class <id>', "class to explain (default: each image's own answer)")
    .addOption(
      new Option('--checkpoint <name>', 'best on validation, or last').choices(checkpointNames).default('best'),
    )
    .option('--data <folder>', 'where the data lies now, if it has been moved')
    .description('Show where the model looks, before and after training, side by side.')
    .addHelpText(
      'after',
      `
Writes explanations/ into the run folder. The test image of each class is the right answer that
the model was most sure of (where none was right, the one that came nearest): examples at their
best, not typical ones. Test images used here are not counted as an evaluation. Where the data has
lesion masks, it also measures how much of the heat lies inside the lesion, compared with the
lesion's share of the image.

Examples:
  $ lesionlab explain runs/first
  $ lesionlab explain runs/first --layer conv1 --image ISIC_0024310 ISIC_0024311`,
    )
    .action(
      act(async (context, run: string, { image: images, class: explainClass, ...options }: Options) => {
        const result = await explainStep(context, { run, images, explainClass, ...options });
        for (const line of notices(await readConfig(await openRunFolder(run)))) context.progress.note(line);
        return { json: result, text: describe(result) };
      }),
    );
}

/** Masks that could not be used and are listed in the terminal. */
const masksShown = 5;

/** @returns what was explained, for the terminal */
export function describe({ layer, method, images, localisation, masksLeftOut, written }: ExplainStepResult): string {
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
  const lines = [`${method} at ${layer}`, '', table, ''];
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
