import {
  type ForeignPreprocessing,
  type GivenPreprocessing,
  readForeignPreprocessing,
} from '../../data/preparation/foreignPreprocessing.js';
import { runError, usageError } from '../../errors.js';
import type { ExternalFiles } from '../../graph/index.js';
import { type ForeignNetwork, type OnnxPort, readNetwork } from '../../onnx/index.js';
import { findImageInput, type ImageInput } from './imageInput.js';

/** An ONNX file of any origin, and what lies beside it. */
export interface ForeignFiles {
  /** Of the file, for messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** In which the file keeps weights, by the names that it has for them. */
  readonly dataFiles?: ExternalFiles;
  /** Texts beside it that may say how it wants its images, by name: preprocessor_config.json, config.json. */
  readonly texts?: ReadonlyMap<string, string>;
}

/** What a reader says of a file that it doesn't say itself. */
export interface ForeignChoices extends GivenPreprocessing {
  /** The output with the classes, where there are several. */
  readonly output?: string;
}

/** A classifier out of a file, read but not built. */
export interface ForeignClassifier {
  readonly network: ForeignNetwork;
  readonly input: ImageInput;
  /** Output that gives the classes. */
  readonly output: string;
  /** Undefined where only a run of the network would tell. */
  readonly classCount: number | undefined;
  readonly preprocessing: ForeignPreprocessing;
}

/**
 * Reads an ONNX file as a classifier of images: where it takes them, where it gives classes, and how it wants its images as far as
 * anything says.
 * @throws LesionlabError kind `run` where it is no ONNX file or no such classifier; kind `usage` for an output that isn't there
 */
export function readForeign(
  { name, bytes, dataFiles, texts = new Map() }: ForeignFiles,
  choices: ForeignChoices = {},
): ForeignClassifier {
  const network = readNetwork(bytes, { name, files: dataFiles });
  const { output: asked, ...given } = choices;
  const input = findImageInput(network, given.layout);
  const output = chooseOutput(network, asked);
  const classCount = countClasses(network, output);
  const preprocessing = readForeignPreprocessing({
    model: name,
    metadata: network.metadata,
    files: texts,
    inputName: input.name,
    inputShape: network.inputs.find((port) => port.name === input.name)?.shape ?? [],
    classCount,
    given,
  });
  return { network, input, output: output.name, classCount, preprocessing };
}

const describe = ({ name, type, shape }: OnnxPort) =>
  `${name}, ${type} [${shape?.map((side) => side ?? '?').join(', ') ?? 'any shape'}]`;

/** [N, K], or with sides of 1 behind. */
const isClasses = ({ type, shape }: OnnxPort) =>
  type === 'float32' && (shape === undefined || (shape.length >= 2 && shape.slice(2).every((side) => side === 1)));

/** Names of a file's outputs that may be its classes. */
export const classOutputs = ({ outputs }: ForeignNetwork): readonly string[] =>
  outputs.filter(isClasses).map(({ name }) => name);

function chooseOutput({ name, outputs }: ForeignNetwork, asked: string | undefined): OnnxPort {
  const details = outputs.map(describe);
  if (asked !== undefined) {
    const found = outputs.find((port) => port.name === asked);
    if (found) return found;
    throw usageError('unknown-output', `${name} has no output "${asked}".`, {
      details,
      hint: `Its outputs are ${outputs.map((port) => port.name).join(', ')}.`,
    });
  }
  const candidates = outputs.filter(isClasses);
  if (candidates.length === 1) return candidates[0];
  const named = candidates.filter((port) => /^(logits?|probabilities|probs|scores?|output|classes)$/i.test(port.name));
  if (named.length === 1) return named[0];
  if (candidates.length > 1)
    throw usageError('several-outputs', `${name} has ${candidates.length} outputs that may be its classes.`, {
      details,
      hint: { terminal: 'Name the right one with --output.', page: 'Choose the right one.' },
    });
  throw runError(
    'no-classes',
    `${name} gives no classes: expected an output [N, classes] of float32, found ${details.join('; ')}.`,
    {
      details,
      hint: 'Detectors, segmenters and language models are none that lesionlab judges; give a classifier of whole images.',
    },
  );
}

function countClasses({ name }: ForeignNetwork, { name: output, shape }: OnnxPort): number | undefined {
  const count = shape?.[1];
  if (typeof count !== 'number') return undefined;
  if (count >= 2) return count;
  throw runError(
    'one-class',
    `${name} gives one number an image in "${output}"; expected one for each of at least two classes.`,
    {
      hint: 'Export a network of two classes with an output each.',
    },
  );
}
