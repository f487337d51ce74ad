import { missingNames } from '../../data/preparation/foreignPreprocessing.js';
import type { ForeignField } from '../../data/preparation/preprocessingClaims.js';
import { LesionlabError } from '../../errors.js';
import type { Ability } from '../../models/foreign/ability.js';
import { openModelOfFile } from '../../models/foreign/frozenModel.js';
import type { NetworkChoices } from '../../models/foreign/networkToTrain.js';
import type { OnnxPort, OperatorRefusal } from '../../onnx/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { StepContext } from '../machine/stepContext.js';
import { openNetworkFile } from '../run/networkFile.js';
import { layerTable } from '../training/layerTable.js';

/** Which file is looked at, and what is said of it. */
export interface InspectStepOptions extends NetworkChoices {
  /** Path of an ONNX file. */
  readonly file: string;
}

/** What an ONNX file holds, and what lesionlab can do with it. */
export interface Inspection {
  readonly file: string;
  readonly bytes: number;
  /** SHA-256, in hexadecimal. */
  readonly sha256: string;
  readonly producer: string;
  readonly opset: number;
  readonly irVersion: number;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly operators: readonly { readonly operator: string; readonly domain: string; readonly count: number }[];
  /** How it wants its images, each value with where it is from. */
  readonly preprocessing: readonly { readonly field: string; readonly value: unknown; readonly source: string }[];
  /** What nothing says, and predicting needs. */
  readonly missing: readonly string[];
  readonly classes: {
    readonly count: number | null;
    readonly names: readonly string[] | null;
    readonly source: string | null;
  };
  /** Where it stops to describe an image; null where that isn't found. */
  readonly cut: { readonly tensor: string; readonly features: number } | null;
  readonly gradCamLayer: string | null;
  readonly stages: readonly string[];
  readonly parameters: number | null;
  readonly layers: ReturnType<typeof layerTable>['layers'];
  readonly refusals: readonly OperatorRefusal[];
  readonly abilities: {
    readonly predict: Ability;
    readonly explain: Ability;
    readonly trainHead: Ability;
    readonly fineTune: Ability;
  };
}

/**
 * Looks into somebody's ONNX file: what it takes and gives, its layers, and what lesionlab can do with it.
 * @throws LesionlabError kind `run` where it is no classifier of images
 */
export async function inspectStep(
  ctx: StepContext,
  { file: path, cut, pooling, ...choices }: InspectStepOptions,
): Promise<Inspection> {
  const read = await openNetworkFile(path, choices);
  const { network, input, output, bytes, sha256, classCount = null, preprocessing: said } = read;
  const { producer } = network;
  const side = input.side ?? said.preprocessing.imageSize;
  const predict = await tryOpening(ctx, bytes, path);
  const shape = side === undefined ? undefined : input.layout === 'nhwc' ? [2, side, side, 3] : [2, 3, side, side];
  const refusals = shape ? network.refusals({ inputs: { [input.name]: shape }, outputs: [output] }) : [];
  const shared = {
    file: path,
    bytes: bytes.byteLength,
    sha256,
    producer: [producer.name, producer.version].filter(Boolean).join(' '),
    opset: network.opset,
    irVersion: network.irVersion,
    inputs: network.inputs,
    outputs: network.outputs,
    metadata: network.metadata,
    operators: network.operators,
    preprocessing: Object.entries(said.preprocessing).map(([field, value]) => ({
      field,
      value,
      source: said.sources[field as ForeignField] ?? '',
    })),
    missing: missingNames(said),
    classes: { count: classCount, names: said.classNames?.names ?? null, source: said.classNames?.source ?? null },
    refusals,
  };
  const unbuilt = { cut: null, gradCamLayer: null, stages: [], parameters: null, layers: [] };
  const noSize = 'nothing says the side of its images: give --image-size';
  const complete: Ability =
    said.missing.length === 0
      ? predict
      : {
          possible: predict.possible,
          reason: predict.reason ?? `needs to be told its ${missingNames(said).join(', ')}`,
        };
  if (side === undefined) {
    const later = { possible: false, reason: noSize };
    return {
      ...shared,
      ...unbuilt,
      abilities: { predict: complete, explain: later, trainHead: later, fineTune: later },
    };
  }
  try {
    const use = { imageSize: side, layout: input.layout, output, ...(cut && { cut }), ...(pooling && { pooling }) };
    const model = await openModelOfFile(nodeRuntime, { name: network.name, bytes, sha256, use });
    const table = layerTable(model, classCount ?? 2, side);
    const able = { possible: true };
    const why = model.onlyFeatures && {
      possible: false,
      reason: 'it has operators without gradient',
      details: model.onlyFeatures.why,
    };
    const noMap = { possible: true, reason: 'by integrated gradients and occlusion: no layer of it has places left' };
    return {
      ...shared,
      cut: { tensor: model.cut, features: model.featureCount },
      gradCamLayer: model.gradCamLayer || null,
      stages: model.stages,
      parameters: table.layers.reduce((sum, layer) => sum + layer.parameters, 0),
      layers: table.layers,
      abilities: {
        predict: complete,
        explain: why ? { possible: true, reason: 'by occlusion only' } : model.gradCamLayer ? able : noMap,
        trainHead: able,
        fineTune: why ?? able,
      },
    };
  } catch (error) {
    if (!(error instanceof LesionlabError)) throw error;
    const refused: Ability = { possible: false, reason: error.message.replace(/\.$/, ''), details: error.details };
    return {
      ...shared,
      ...unbuilt,
      abilities: { predict: complete, explain: refused, trainHead: refused, fineTune: refused },
    };
  }
}

async function tryOpening({ threads }: StepContext, bytes: Uint8Array, file: string): Promise<Ability> {
  try {
    await (await nodeRuntime.open(bytes, { threads, file })).close();
    return { possible: true };
  } catch (error) {
    if (!(error instanceof LesionlabError)) throw error;
    return { possible: false, reason: error.message.replace(/\.$/, ''), details: error.details };
  }
}
