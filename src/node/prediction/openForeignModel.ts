import { requireComplete } from '../../data/preparation/foreignPreprocessing.js';
import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import { usageError } from '../../errors.js';
import { foreignModel } from '../../models/foreign/foreignModel.js';
import { openForeignClassifier } from '../../models/foreign/openForeignClassifier.js';
import { type ForeignChoices, type ForeignClassifier, readForeign } from '../../models/foreign/readForeign.js';
import { initialWeights } from '../../models/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { StepContext } from '../machine/stepContext.js';
import { openNetworkFile } from '../run/networkFile.js';
import type { ExplainedNetwork } from './explainedNetwork.js';

/** Somebody else's network as it is, with its own classes. */
export async function openForeignModel(
  source: string,
  choices: ForeignChoices,
  batchSize: number,
  open: Pick<StepContext, 'device' | 'threads'>,
) {
  const file = await openNetworkFile(source, choices);
  const preprocessing = requireComplete(file.preprocessing);
  const classifier = await openForeignClassifier(
    nodeRuntime,
    file,
    file.bytes,
    { imageSize: preprocessing.imageSize, batchSize, source },
    open,
  );
  const names =
    file.preprocessing.classNames?.names ?? Array.from({ length: classifier.classCount }, (_, i) => `class ${i}`);
  if (names.length !== classifier.classCount) {
    await classifier.close();
    throw usageError(
      'class-names',
      `${source} has ${classifier.classCount} classes; ${names.length} names were given.`,
    );
  }
  const networks = [{ preprocessing, testTimeAugmentation: 'none' as const, classifier, weight: 1 }];
  return {
    id: file.network.name,
    classes: names.map((name) => ({ id: name, name })),
    synthetic: false,
    certainty: null,
    threshold: null,
    networks,
    folder: null,
    runModel: null,
    explainable: async () => [networkOfFile(file, preprocessing)],
    close: () => classifier.close(),
  };
}

/** A file's network with its own classes. */
function networkOfFile({ network, input, output }: ForeignClassifier, preprocessing: Preprocessing): ExplainedNetwork {
  const { imageSize } = preprocessing;
  const model = foreignModel(network, { id: network.name, input, imageSize, output, head: 'own' });
  const { classCount } = model;
  const weights = initialWeights({ model, classCount, imageSize }, 0);
  return { name: network.name, model, weights, classCount, preprocessing, weight: 1 };
}

/** The network of a file that `export` wrote. @throws LesionlabError kind `run` where it can't be read back */
export const networkOfExported = (source: string, bytes: Uint8Array, preprocessing: Preprocessing): ExplainedNetwork =>
  networkOfFile(readForeign({ name: source, bytes }, { output: 'logits' }), preprocessing);
