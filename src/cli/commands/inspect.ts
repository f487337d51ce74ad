import type { Command } from 'commander';
import { Option } from 'commander';
import type { Ability } from '../../models/foreign/ability.js';
import type { NetworkUse } from '../../models/model.js';
import { formatBytes, formatCount } from '../../node/machine/formatQuantity.js';
import { type Inspection, inspectStep } from '../../node/steps/inspect.js';
import { act } from '../commandContext.js';
import { formatTable } from '../formatTable.js';
import {
  addPreprocessingOptions,
  givenPreprocessing,
  type PreprocessingCommandOptions,
} from '../preprocessingOptions.js';

interface Options extends PreprocessingCommandOptions {
  readonly layers?: boolean;
  readonly cut?: string;
  readonly pooling?: NetworkUse['pooling'];
  readonly output?: string;
}

export function register(command: Command): void {
  command
    .argument('<model.onnx>', "anybody's classifier of images")
    .option('--layers', 'list every layer with its shape and parameters')
    .option('--cut <tensor>', 'where it stops to describe an image (default: before its last layer)')
    .addOption(new Option('--pooling <how>', 'of a cut at tokens: the first, or their mean').choices(['token', 'mean']))
    .option('--output <name>', 'output with the classes, where it has several');
  addPreprocessingOptions(command)
    .addHelpText(
      'after',
      `
preprocessor_config.json (Hugging Face) and config.json (timm, Hugging Face) beside the file are read.

Examples:
  $ lesionlab inspect net.onnx
  $ lesionlab inspect net.onnx --layers
  $ lesionlab inspect net.onnx --json > net.json`,
    )
    .action(
      act(async (context, file: string, options: Options) => {
        const { cut, pooling, output } = options;
        const given = await givenPreprocessing(options);
        const result = await inspectStep(context, { file, cut, pooling, output, ...given });
        return { json: result, text: describe(result, options.layers ?? false) };
      }),
    );
}

function describe(found: Inspection, withLayers: boolean): string {
  const { file, bytes, producer, opset, irVersion, operators, parameters, cut, stages } = found;
  const ports = (list: Inspection['inputs']) =>
    list
      .map(
        ({ name, type, shape }) => `${name}, ${type} [${shape?.map((side) => side ?? '?').join(', ') ?? 'any shape'}]`,
      )
      .join('; ');
  const facts: [string, string][] = [
    ['file', `${file}, ${formatBytes(bytes)}`],
    ['written by', `${producer || 'not said'}; opset ${opset}, IR version ${irVersion}`],
    ['takes', ports(found.inputs)],
    ['gives', ports(found.outputs)],
    ['classes', describeClasses(found.classes)],
    ...(parameters === null ? [] : ([['parameters', formatCount(parameters)]] as [string, string][])),
    ...(cut ? ([['describes an image', `${cut.features} numbers, at ${cut.tensor}`]] as [string, string][]) : []),
    ...(found.gradCamLayer ? ([['Grad-CAM at', found.gradCamLayer]] as [string, string][]) : []),
    ...(stages.length > 0 ? ([['stages', stages.join(' ')]] as [string, string][]) : []),
    [
      'operators',
      operators.map(({ operator, domain, count }) => `${domain ? `${domain}.` : ''}${operator} ${count}`).join(', '),
    ],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const { predict, explain, trainHead, fineTune } = found.abilities;
  const lines = [
    ...facts.map(([name, text]) => `${name.padEnd(width)}  ${text}`),
    '',
    'How it wants its images:',
    ...(found.preprocessing.length === 0 && found.missing.length === 0 ? ['  nothing is said'] : []),
    ...found.preprocessing.map(
      ({ field, value, source }) => `  ${field}: ${Array.isArray(value) ? value.join(', ') : value} (${source})`,
    ),
    ...found.missing.map((field) => `  ${field}: not said`),
    '',
    'What lesionlab can do with it:',
    ...describeAbility('predict', predict),
    ...describeAbility('explain', explain),
    ...describeAbility('train a head on its features', trainHead),
    ...describeAbility('train all of it', fineTune),
  ];
  if (withLayers)
    lines.push(
      '',
      formatTable(
        ['layer', 'kind', 'output shape', 'parameters'],
        found.layers.map((layer) => [
          layer.name,
          layer.type,
          layer.outputShape.join(' x '),
          formatCount(layer.parameters),
        ]),
      ),
    );
  return lines.join('\n');
}

function describeClasses({ count, names, source }: Inspection['classes']): string {
  if (count === null) return 'not said';
  if (names === null) return String(count);
  const shown = names.slice(0, 8).join(', ');
  return `${count}: ${shown}${names.length > 8 ? ', ...' : ''} (${source})`;
}

function describeAbility(name: string, { possible, reason, details = [] }: Ability): string[] {
  const shown = details.slice(0, 12).map((detail) => `      - ${detail}`);
  return [`  ${possible ? 'yes' : 'no '}  ${name}${reason ? `: ${reason}` : ''}`, ...shown];
}
