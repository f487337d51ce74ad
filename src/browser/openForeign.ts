import { requireComplete } from '../data/preparation/foreignPreprocessing.js';
import { LesionlabError, usageError } from '../errors.js';
import { type EncodedForeign, encodeForeign } from '../explain/encodeForeign.js';
import type { Ability } from '../models/foreign/ability.js';
import { findClassifier } from '../models/foreign/findClassifier.js';
import { foreignModel } from '../models/foreign/foreignModel.js';
import { openForeignClassifier } from '../models/foreign/openForeignClassifier.js';
import type { ForeignClassifier } from '../models/foreign/readForeign.js';
import type { OpenOptions, Runtime } from '../runtime/runtime.js';
import { type ForeignAnswers, readWithAnswers } from './foreignAnswers.js';
import type { ReadSource } from './modelSource.js';
import { type DeviceChoice, type OpenedOnDevice, openOnDevice } from './openOnDevice.js';
import { classifierNetwork, graphNetwork, type OpenedNetwork } from './pageNetwork.js';

/**
 * Opens somebody else's classifier with its own classes: as a graph with heat maps where lesionlab can differentiate it, else on the runtime
 * alone.
 * @throws LesionlabError kind `usage` where nothing says how it wants its images; kind `run` where it is no classifier of images or can't be run
 */
export async function openForeign(
  read: ReadSource,
  options: ForeignAnswers & DeviceChoice,
): Promise<OpenedOnDevice<OpenedNetwork>> {
  const { name, bytes } = read;
  const foreign = readWithAnswers(read, options);
  const { sources, classNames } = foreign.preprocessing;
  // Whatever layout the file takes: everything here gives it [N, 3, S, S].
  const { layout: _, ...preprocessing } = requireComplete(foreign.preprocessing);
  const { imageSize } = preprocessing;
  const openAlone = (runtime: Runtime, open: OpenOptions) =>
    openForeignClassifier(runtime, foreign, bytes, { imageSize, batchSize: 1, source: name }, open);
  const classCount = foreign.classCount ?? (await countClasses(openAlone, options));
  const names = classNames?.names ?? Array.from({ length: classCount }, (_, i) => `class ${i}`);
  if (names.length !== classCount)
    throw usageError('class-names', `${name} has ${classCount} classes; ${names.length} names were given.`, {
      hint: 'Give one name for each class, in the order of its outputs.',
    });
  const { encoded, heatMaps } = tryEncoding(foreign, { imageSize, classCount });
  const known: OpenedNetwork['known'] = {
    id: name,
    classes: names.map((own) => ({ id: own, name: own })),
    preprocessing,
    testTimeAugmentation: 'none',
    synthetic: false,
    heatMapLayer: encoded?.heatMapLayer,
    certainty: null,
    threshold: null,
    foreign: {
      sources,
      classNames: classNames?.source ?? 'nothing says them: they are numbered',
      output: foreign.output,
      abilities: { heatMaps, ...tryTraining(foreign, imageSize) },
    },
  };
  return openOnDevice(async (runtime, open) => {
    if (!encoded) return { network: classifierNetwork(await openAlone(runtime, open)), known };
    const session = await runtime.open(encoded.bytes, { ...open, file: name });
    const outputs = { classCount, preprocessing, scores: false, heat: true };
    return { network: graphNetwork(session, outputs), known };
  }, options);
}

type OpenAlone = (runtime: Runtime, open: OpenOptions) => ReturnType<typeof openForeignClassifier>;

/** Where the file doesn't say it, only a run of the network tells. */
async function countClasses(openAlone: OpenAlone, { onnxFiles }: DeviceChoice): Promise<number> {
  const { opened } = await openOnDevice(openAlone, { device: 'cpu', onnxFiles });
  await opened.close();
  return opened.classCount;
}

function tryEncoding(
  foreign: ForeignClassifier,
  size: { readonly imageSize: number; readonly classCount: number },
): { encoded?: EncodedForeign; heatMaps: Ability } {
  try {
    return { encoded: encodeForeign(foreign, size), heatMaps: { possible: true } };
  } catch (error) {
    return { heatMaps: refused(error) };
  }
}

/** A head can be trained on any file whose last layer is found: the runtime computes the features. */
function tryTraining(
  { network, input, output }: ForeignClassifier,
  imageSize: number,
): { trainHead: Ability; fineTune: Ability } {
  try {
    foreignModel(network, { id: network.name, input, imageSize, output, head: 'new' });
    return { trainHead: { possible: true }, fineTune: { possible: true } };
  } catch (error) {
    const fineTune = refused(error);
    if ((error as LesionlabError).code !== 'network-unsupported') return { trainHead: fineTune, fineTune };
    try {
      findClassifier({ name: network.name, nodes: network.nodes, initializers: network.initializerNames }, output);
      return { trainHead: { possible: true }, fineTune };
    } catch (other) {
      return { trainHead: refused(other), fineTune };
    }
  }
}

/** @throws whatever is no finding about the file */
function refused(error: unknown): Ability {
  if (!(error instanceof LesionlabError)) throw error;
  return { possible: false, reason: error.message, details: error.details };
}
