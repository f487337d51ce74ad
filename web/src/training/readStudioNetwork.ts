import { readModelSource } from '../../../src/browser/modelSource.js';
import { openModelOfFile } from '../../../src/models/foreign/frozenModel.js';
import { networkToTrain } from '../../../src/models/foreign/networkToTrain.js';
import { readForeign } from '../../../src/models/foreign/readForeign.js';
import { addModel, describeNetwork } from '../../../src/models/index.js';
import type { Runtime } from '../../../src/runtime/index.js';
import { sha256 } from '../dataset/sha256.js';
import type { NetworkJob, NetworkRequest, StudioNetwork } from './studioNetwork.js';

/**
 * Reads somebody's network for a training, as the command line's `--model net.onnx` does.
 * @throws LesionlabError where it is no classifier of images, or more has to be said of it
 */
export async function readStudioNetwork(
  { file, data, texts, said, recipe }: NetworkRequest,
  runtime: Runtime,
): Promise<StudioNetwork> {
  const dataFiles = Object.fromEntries(data.map((one) => [one.name, one]));
  const { name, bytes } = await readModelSource(file, { dataFiles });
  const { cut, pooling, ...choices } = said;
  const read = readForeign({ name, bytes, texts: new Map(Object.entries(texts)) }, choices);
  const whole = { bytes, sha256: await sha256(bytes) };
  const { file: used, preprocessing, note } = networkToTrain(read, whole, { cut, pooling }, recipe);
  const model = await openModelOfFile(runtime, used, preprocessing);
  const size = { model, classCount: 2, imageSize: used.use.imageSize };
  const { id, title, source, gradCamLayer, smallestImageSize, onlyImageSize } = model;
  const { defaultNormalisation, stages, classifier, onlyFeatures } = model;
  return {
    job: {
      name,
      content: new Blob([bytes as Uint8Array<ArrayBuffer>]),
      sha256: whole.sha256,
      use: used.use,
      preprocessing,
    },
    outline: {
      id,
      title,
      source,
      gradCamLayer,
      smallestImageSize,
      onlyImageSize,
      defaultNormalisation,
      stages,
      classifier,
      preprocessing,
      why: onlyFeatures?.why,
      parameters: describeNetwork(size).parameters.map((parameter) => ({
        name: parameter.name,
        shape: parameter.shape,
      })),
    },
    note,
  };
}

/** Makes a network that was read known to this thread. @returns its file's bytes */
export async function addStudioNetwork(
  { name, content, sha256: hash, use, preprocessing }: NetworkJob,
  runtime: Runtime,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(await content.arrayBuffer());
  addModel(await openModelOfFile(runtime, { name, bytes, sha256: hash, use }, preprocessing));
  return bytes;
}
