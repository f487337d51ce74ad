import { runError } from '../../errors.js';
import { type ExternalFiles, external, externalFileMissing, listExternalFiles } from '../../graph/externalData.js';
import { decodeMessage, type Message } from '../../graph/protobuf.js';
import { Attributes } from './attributes.js';
import { decodeTensor, type OnnxTensor, type TensorSource } from './decodeTensor.js';
import { inlineFunctions, versionsOf } from './inlineFunctions.js';
import type { OnnxModel, OnnxPort } from './model.js';
import { recogniseOther } from './otherFormats.js';
import { nameOfCode } from './tensorTypes.js';

/** Versions of ONNX that are read: the newest is what onnxruntime 1.30 takes. */
export const readVersions = { opset: { oldest: 6, newest: 26 }, ir: { oldest: 3, newest: 13 } } as const;

/**
 * Reads an ONNX file as it is: graph, constants, versions, metadata; functions of its own are written out.
 * @param file its name, for messages
 * @param files contents of the files that its weights lie in, where they don't lie in the model itself
 * @throws LesionlabError kind `run` where the bytes are no ONNX model, are cut off, are of a version that isn't read, or a file is missing
 */
export function readModel(bytes: Uint8Array, file: string, files: ExternalFiles = new Map()): OnnxModel {
  const damaged = (found: string) =>
    runError('model-damaged', `${file} can't be read: ${found}.`, {
      hint: 'The file may have been cut off or changed: copy or export it again.',
    });
  const message = decodeModel(bytes, file);
  requireVersions(message, file);
  requireFiles(bytes, message, file, files);
  const source: TensorSource = { file, files, damaged };
  const { graph } = message;
  if (graph.sparseInitializers.length > 0)
    throw runError(
      'model-sparse',
      `${file} keeps ${graph.sparseInitializers.length} of its weights as sparse tensors.`,
      {
        hint: 'Export it with dense weights.',
      },
    );
  const initializers = new Map<string, OnnxTensor>(
    graph.initializers.map((tensor: Message) => [tensor.name ?? '', decodeTensor(tensor, source)]),
  );
  const nodes = inlineFunctions(message, damaged).map(({ message: node, versions }) => {
    const domain = node.domain === 'ai.onnx' ? '' : (node.domain ?? '');
    return {
      operator: node.operator ?? '',
      domain,
      version: versions.get(domain) ?? (domain === '' ? readVersions.opset.oldest : 1),
      name: node.name ?? '',
      inputs: node.inputs,
      outputs: node.outputs,
      attributes: new Attributes(node.attributes, source),
    };
  });
  const domains = versionsOf(message.opsetImport);
  return {
    file,
    irVersion: message.irVersion ?? 0,
    opset: domains.get('') ?? 0,
    domains,
    producer: { name: message.producerName ?? '', version: message.producerVersion ?? '' },
    metadata: Object.fromEntries(message.metadata.map(({ key, value }: Message) => [key ?? '', value ?? ''])),
    graph: {
      name: graph.name ?? '',
      nodes,
      initializers,
      inputs: graph.inputs.filter(({ name }: Message) => !initializers.has(name)).map(portOf),
      outputs: graph.outputs.map(portOf),
    },
  };
}

function decodeModel(bytes: Uint8Array, file: string): Message {
  const refuse = (cause?: unknown) => {
    const other = recogniseOther(bytes);
    if (other) return runError('model-foreign', `${file} is no ONNX model: it is ${other.what}.`, { hint: other.hint });
    if (bytes.length === 0)
      return runError('model-empty', `${file} is empty.`, { hint: 'Copy or download it again.', cause });
    return runError(
      'model-damaged',
      `${file} is no complete ONNX model (${bytes.length.toLocaleString('en')} bytes).`,
      {
        hint: 'The file may have been cut off, or is of another kind: copy or download it again.',
        details: cause ? [(cause as Error).message] : [],
        cause,
      },
    );
  };
  let message: Message;
  try {
    message = decodeMessage('Model', bytes);
  } catch (cause) {
    throw refuse(cause);
  }
  if (!message.graph || message.opsetImport.length === 0) throw refuse();
  return message;
}

function requireVersions(message: Message, file: string): void {
  const { opset, ir } = readVersions;
  const found = versionsOf(message.opsetImport).get('');
  const refuse = (what: string, version: number, { oldest, newest }: { oldest: number; newest: number }) => {
    const age = version > newest ? 'newer' : 'older';
    throw runError(
      'model-version',
      `${file} is written in version ${version} of ${what}, which is ${age} than what lesionlab reads: versions ${oldest} to ${newest}.`,
      { hint: `Export it again with opset ${Math.min(21, newest)}, or convert it with onnx.version_converter.` },
    );
  };
  const irVersion: number = message.irVersion ?? 0;
  if (irVersion > ir.newest || irVersion < ir.oldest) refuse("ONNX's file format (IR)", irVersion, ir);
  if (found !== undefined && (found > opset.newest || found < opset.oldest))
    refuse("ONNX's operators (opset)", found, opset);
}

/** All that are missing at once. */
function requireFiles(bytes: Uint8Array, message: Message, file: string, files: ExternalFiles): void {
  if (!message.graph.initializers.some(({ dataLocation }: Message) => dataLocation === external)) return;
  const missing = listExternalFiles(bytes, file).filter(
    (name) => !files.has(name) && !files.has(name.slice(name.lastIndexOf('/') + 1)),
  );
  if (missing.length > 0) throw externalFileMissing(file, missing);
}

function portOf({ name, type }: Message): OnnxPort {
  const tensor = type?.tensorType;
  if (!tensor) {
    const kinds = {
      sequenceType: 'sequence',
      mapType: 'map',
      optionalType: 'optional',
      sparseTensorType: 'sparse tensor',
    };
    const kind = Object.entries(kinds).find(([key]) => type?.[key]);
    return { name: name ?? '', type: kind?.[1] ?? 'unknown', shape: undefined };
  }
  const shape = tensor.shape?.dimensions.map(({ value, parameter }: Message) =>
    value >= 0 ? value : parameter || undefined,
  );
  return { name: name ?? '', type: nameOfCode(tensor.elementType ?? 0), shape };
}
