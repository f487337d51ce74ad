import { type Command, Option } from 'commander';
import { usageError } from '../../errors.js';
import { formatImageAnswersCsv } from '../../evaluation/answers/imageAnswersCsv.js';
import { describeTooFewImages } from '../../evaluation/certainty/conformal.js';
import { describeLearnedImages } from '../../evaluation/outside/learnedImages.js';
import { purposeNotice } from '../../explain/purposeNotice.js';
import { writeFileWhole } from '../../node/files/writeFile.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { type PredictImagesResult, predictImages } from '../../node/prediction/predictImages.js';
import { type CheckpointName, checkpointNames } from '../../node/run/checkpointFile.js';
import { act } from '../commandContext.js';
import { formatTable } from '../formatTable.js';
import {
  addPreprocessingOptions,
  givenPreprocessing,
  type PreprocessingCommandOptions,
} from '../preprocessingOptions.js';

const formats = ['table', 'csv', 'json'] as const;
type Format = (typeof formats)[number];

interface Options extends PreprocessingCommandOptions {
  readonly output?: string;
  readonly format?: Format;
  readonly out?: string;
  readonly checkpoint: CheckpointName;
  readonly excludeUnusable?: boolean;
  readonly metadata?: string;
}

export function register(command: Command): void {
  command
    .argument('<model>', 'run folder, a model.onnx that export wrote, or an ONNX classifier of anybody')
    .argument('<images...>', 'image files, folders (with all in them) and zips')
    .addOption(new Option('--format <format>', 'default: table, or what the name in --out ends with').choices(formats))
    .option('--out <file>', 'write there instead of to the terminal')
    .addOption(
      new Option('--checkpoint <name>', 'of a run: best on validation, or last')
        .choices(checkpointNames)
        .default('best'),
    )
    .option(
      '--metadata <table>',
      'what is known of the images (age, sex, site), by image id, for a network that is told it',
    )
    .option('--exclude-unusable', 'go on without files that are no readable images')
    .option('--output <name>', "of another's network: output with the classes, where it has several");
  addPreprocessingOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ lesionlab predict runs/first photo.jpg
  $ lesionlab predict runs/first/model.onnx photos --out probabilities.csv
  $ lesionlab predict net.onnx photos --fit crop --crop 0.875 --interpolation bicubic \\
      --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --channel-order rgb`,
    )
    .action(
      act(async (context, source: string, inputs: string[], options: Options) => {
        const format = options.format ?? formatOf(options.out);
        if (context.json && options.out === undefined && options.format !== undefined && options.format !== 'json')
          throw usageError('conflicting-formats', `--json prints JSON, but --format asks for ${options.format}.`, {
            hint: 'Leave one of them out, or write the other to a file with --out.',
          });
        const result = await predictImages(context, {
          source,
          inputs,
          checkpoint: context.given('checkpoint') ? options.checkpoint : undefined,
          excludeUnusable: options.excludeUnusable,
          metadata: options.metadata,
          network: { output: options.output, ...(await givenPreprocessing(options)) },
        });
        context.progress.note(purposeNotice);
        if (result.synthetic)
          context.progress.note(
            'This model was trained on synthetic images: its answers about real skin mean nothing.',
          );
        const learned = describeLearnedImages(result.images.map(({ runSplit }) => runSplit));
        if (learned !== undefined) context.progress.note(learned);
        for (const { file, reason } of result.unusable) context.progress.note(`Left out ${file}: ${reason}`);
        const text = formatResult(result, format);
        if (options.out === undefined) return { json: result, text };
        await writeFileWhole(options.out, `${text}\n`);
        return { json: result, text: `Wrote ${formatCount(result.images.length)} predictions to ${options.out}.` };
      }),
    );
}

function formatOf(out: string | undefined): Format {
  if (out === undefined) return 'table';
  const ending = /\.(csv|json|txt)$/i.exec(out)?.[1].toLowerCase();
  if (ending === undefined)
    throw usageError('unknown-format', `The name ${out} doesn't say which format to write.`, {
      hint: 'Let it end in .csv, .json or .txt, or say --format.',
    });
  return ending === 'txt' ? 'table' : (ending as Format);
}

function formatResult(result: PredictImagesResult, format: Format): string {
  const { classes, images, temperature, setRules } = result;
  const ids = classes.map(({ id }) => id);
  const scored = images.some(({ outOfDistribution }) => outOfDistribution !== null);
  if (format === 'json') return JSON.stringify(result, null, 2);
  if (format === 'csv') return formatImageAnswersCsv(result);
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  const table = formatTable(
    [
      'image',
      'most probable',
      ...ids,
      ...(temperature === null ? [] : [`set of ${formatLevel(shownLevel)}`]),
      ...(scored ? ['known kind'] : []),
    ],
    images.map(({ file, predicted, probabilities, calibrated, sets, outOfDistribution }) => [
      file,
      names.get(predicted) ?? predicted,
      ...(calibrated ?? probabilities).map((probability) => `${(100 * probability).toFixed(1)}%`),
      ...sets.filter(({ level }) => level === shownLevel).map((set) => set.classes.join(' ') || 'none'),
      ...(outOfDistribution ? [outOfDistribution.flagged ? 'NO (!)' : 'yes'] : []),
    ]),
  );
  return [
    table,
    ...(temperature === null ? [] : [explainCertainty(temperature, setRules)]),
    ...(scored ? [explainFlags(images.filter(({ outOfDistribution }) => outOfDistribution?.flagged).length)] : []),
  ].join('\n\n');
}

/** The level of the sets that the table shows. */
const shownLevel = 0.9;
const formatLevel = (level: number) => `${Math.round(100 * level)}%`;

const explainCertainty = (temperature: number, rules: PredictImagesResult['setRules']): string => {
  const tooFew = describeTooFewImages(rules.filter(({ level }) => level === shownLevel));
  return [
    `Probabilities are calibrated on validation images (temperature ${temperature.toFixed(2)}). Of images like those, ${formatLevel(shownLevel)} of the`,
    'sets hold the right diagnosis, in each diagnosis; a set of several says that the network cannot tell them apart.',
    ...(tooFew ? [tooFew] : []),
  ].join('\n');
};

/** @param flagged images that are */
const explainFlags = (flagged: number): string =>
  flagged === 0
    ? 'Known kind: every image resembles those that the network was trained on, as far as the network can tell.'
    : [
        `Known kind: ${flagged === 1 ? '1 image is' : `${formatCount(flagged)} images are`} unlike those that the network was trained on, and probably no dermatoscopic`,
        'image; what it says of such images means nothing. About 1 in 100 dermatoscopic images is flagged too, rare diagnoses more often.',
      ].join('\n');
