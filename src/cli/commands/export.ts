import { type Command, Option } from 'commander';
import { usageError } from '../../errors.js';
import { type CheckpointName, checkpointNames } from '../../node/checkpointFile.js';
import { formatBytes } from '../../node/formatQuantity.js';
import { exportStep } from '../../node/steps/export.js';
import { act } from '../commandContext.js';

interface Options {
  readonly checkpoint: CheckpointName;
  readonly gradCamLayer?: boolean;
  readonly data?: string;
}

export function register(program: Command): void {
  program
    .command('export')
    .helpGroup('Results:')
    .argument('<run>', 'run folder')
    .addOption(
      new Option('--checkpoint <name>', 'best on validation, or last').choices(checkpointNames).default('best'),
    )
    .option('--grad-cam-layer', "also give out the activations of the model's last convolution")
    .option('--data <folder>', 'where the data lies now, if it has been moved')
    .description('Write model.onnx: the network with softmax, class names and preprocessing in one file.')
    .addHelpText(
      'after',
      `
The file is run on validation images and compared with the checkpoint before it is written.
Input: images [batch, 3, S, S], RGB, normalised as the file's metadata says. Outputs:
probabilities and logits [batch, classes].

Examples:
  $ lesionlab export runs/first
  $ lesionlab predict runs/first/model.onnx photo.jpg`,
    )
    .action(
      act(async (context, run: string, options: Options) => {
        if (context.device !== 'cpu')
          throw usageError('no-device', 'export checks the model on the CPU: --device is not for it.', {
            hint: 'Leave --device out; the exported model runs on any device.',
          });
        const result = await exportStep(context, { run, ...options });
        const { path, bytes, check, metadata } = result;
        const licence = metadata.dataLicence ? ` The data's licence: ${metadata.dataLicence}.` : '';
        const text = [
          `Wrote ${path} (${formatBytes(bytes)}).`,
          `Checked on ${check.images} ${check.source}: probabilities differ by ${check.maxDifference.toExponential(1)} at most.${licence}`,
        ].join('\n');
        return { json: result, text };
      }),
    );
}
