import { type Command, Option } from 'commander';
import { usageError } from '../../errors.js';
import type { DataPaths } from '../../node/dataset/openDatasets.js';
import { formatBytes, formatCount } from '../../node/machine/formatQuantity.js';
import { type CheckpointName, checkpointNames } from '../../node/run/checkpointFile.js';
import { exportStep } from '../../node/steps/export.js';
import { type ExportInt8StepResult, exportInt8Step } from '../../node/steps/exportInt8.js';
import { act, type CommandResult } from '../commandContext.js';
import { movedDataOption } from '../dataOptions.js';
import { formatShare } from '../formatShare.js';
import { formatTable } from '../formatTable.js';

interface Options {
  readonly checkpoint: CheckpointName;
  readonly gradCamLayer?: boolean;
  readonly int8?: boolean;
  readonly data?: DataPaths;
}

export function register(command: Command): void {
  command
    .argument('<run>', 'run folder')
    .addOption(
      new Option('--checkpoint <name>', 'best on validation, or last').choices(checkpointNames).default('best'),
    )
    .option('--grad-cam-layer', "also give out the last convolution's activations, and heat maps of each class")
    .option('--int8', 'write model.int8.onnx instead: 8-bit integers, calibrated on validation images')
    .addOption(movedDataOption())
    .addHelpText(
      'after',
      `
The file is run on validation images and compared with the checkpoint before it is written.
Input: images [batch, 3, S, S], RGB, normalised as the file's metadata says. Outputs:
probabilities and logits [batch, classes]; where the run was evaluated on the test split also
out_of_distribution [batch], which is above the metadata's threshold for images unlike those trained on;
with --grad-cam-layer also activations [batch, C, H, W] and heat_maps [batch, classes, H, W]: where in
the image evidence for each class was found (Grad-CAM), which the studio shows.

With --int8 the network computes in 8-bit integers: a quarter of the size, and faster for the ResNets and
MobileNetV2 (not for LeNet). It is run on the whole validation split, beside the floats, and
what that costs in accuracy is printed.

Examples:
  $ lesionlab export runs/first
  $ lesionlab export runs/first --int8
  $ lesionlab predict runs/first/model.onnx photo.jpg`,
    )
    .action(
      act(async (context, run: string, options: Options) => {
        if (context.device !== 'cpu')
          throw usageError('no-device', 'export checks the model on the CPU: --device is not for it.', {
            hint: 'Leave --device out; the exported model runs on any device.',
          });
        if (options.int8) {
          if (options.gradCamLayer)
            throw usageError('conflicting-options', '--grad-cam-layer gives out floats, --int8 has none in between.', {
              hint: 'Export two files: one with --grad-cam-layer, one with --int8.',
            });
          const { checkpoint, data } = options;
          return formatInt8(await exportInt8Step(context, { run, checkpoint, data }));
        }
        const result = await exportStep(context, { run, ...options });
        const { path, bytes, check, metadata } = result;
        const licence = metadata.dataLicence ? ` The data's licence: ${metadata.dataLicence}.` : '';
        const text = [
          `Wrote ${path} (${formatBytes(bytes)}).`,
          `Checked on ${check.images} ${check.source}: ${check.maxDifference === 0 ? 'the same probabilities to the last digit' : `probabilities differ by ${check.maxDifference.toExponential(1)} at most`}.${licence}`,
        ].join('\n');
        return { json: result, text };
      }),
    );
}

/** A loss of balanced accuracy that is worth a word. */
const worthSaying = 0.02;

function formatInt8(result: ExportInt8StepResult): CommandResult {
  const { path, calibration, validation, metadata } = result;
  const { float32, int8, loss, images, changed, maxDifference } = validation;
  const points = (difference: number) => `${(100 * difference).toFixed(2)} points`;
  const table = formatTable(
    ['', 'accuracy', 'balanced accuracy', 'file', 'time'],
    [
      ...Object.entries({ float32, int8 }).map(([name, row]) => [
        name,
        formatShare(row.accuracy),
        formatShare(row.balancedAccuracy),
        formatBytes(row.bytes),
        `${row.seconds.toFixed(1)} s`,
      ]),
      ['loss', points(loss.accuracy), points(loss.balancedAccuracy), '', ''],
    ],
  );
  const lines = [
    `Wrote ${path} (${formatBytes(int8.bytes)}), calibrated on ${formatCount(calibration.images)} validation images.`,
    '',
    `On the ${formatCount(images)} validation images:`,
    '',
    table,
    '',
    `${formatCount(changed)} images get another class than in float32; probabilities differ by ${maxDifference.toFixed(3)} at most.`,
  ];
  if (loss.balancedAccuracy > worthSaying)
    lines.push('This loss is large: model.onnx, in float32, is the better choice unless speed matters more.');
  if (metadata.dataLicence) lines.push(`The data's licence: ${metadata.dataLicence}.`);
  return { json: result, text: lines.join('\n') };
}
