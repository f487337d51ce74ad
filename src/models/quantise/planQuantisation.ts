import { usageError } from '../../errors.js';
import type { Application, Graph, Value } from '../../graph/index.js';

/** A layer of a float graph with what becomes of it in integers. */
export interface QuantisedLayer {
  readonly application: Application;
  /**
   * The float value whose range is that of the layer's output: the layer's own, or the activation's that is folded into it. Undefined for
   * layers whose output has the range of their input.
   */
  readonly observed?: Value;
}

export interface QuantisationPlan {
  readonly input: Value;
  readonly logits: Value;
  /** In the order of the forward pass, without the activations that are folded. */
  readonly layers: readonly QuantisedLayer[];
  /** Results of folded activations, by name: each is the value of that name, already clipped. */
  readonly aliases: ReadonlyMap<string, Value>;
}

/** Layers that compute something new. */
const computing = new Set(['conv', 'linear', 'add', 'globalAveragePool']);
/** Layers that only choose or rearrange. */
const passing = new Set(['maxPool', 'flatten']);
const activations = new Set(['relu', 'relu6']);

/**
 * Finds out how a float evaluation graph goes into integers. ReLU and ReLU6 cost nothing there: the layer before is given the range that they
 * leave, and saturates at its ends (Jacob et al. 2018, section 2.4). Max pooling in between changes nothing about that.
 * @param graph of `buildEvaluationGraph`, with outputs `logits`
 * @throws LesionlabError kind `usage` for an operator that has no integer form, and for an activation that can't be folded
 */
export function planQuantisation(graph: Graph): QuantisationPlan {
  const consumers = new Map<string, Application[]>();
  for (const application of graph.applications) {
    for (const { name } of application.inputs) consumers.set(name, [...(consumers.get(name) ?? []), application]);
  }
  const outputs = new Set([...graph.outputs.values()].map(({ name }) => name));
  const aliases = new Map<string, Value>();
  const layers = graph.applications.flatMap((application): QuantisedLayer[] => {
    const { operator, inputs, output } = application;
    if (activations.has(operator.name)) {
      if (!aliases.has(output.name)) throw noIntegers(`${operator.name} of ${inputs[0].name} stands alone`);
      return [];
    }
    if (passing.has(operator.name)) return [{ application }];
    if (!computing.has(operator.name)) throw noIntegers(`${operator.name} has no integer form`);
    const activation = findActivation(output, consumers, outputs);
    if (activation) aliases.set(activation.output.name, activation.inputs[0]);
    return [{ application, observed: activation?.output ?? output }];
  });
  return { input: graph.inputs[0], logits: graph.outputs.get('logits')!, layers, aliases };
}

const noIntegers = (reason: string) =>
  usageError('no-int8', `This network can't be put into 8-bit integers: ${reason}.`, {
    hint: {
      terminal: 'Export it in floats, without --int8; or train a ResNet, MobileNetV2, EfficientNet-Lite or LeNet.',
      page: 'Export it in floats; or train a ResNet, MobileNetV2, EfficientNet-Lite or LeNet.',
    },
  });

/** The activation that all numbers of a value go through, with at most pooling before it. */
function findActivation(
  value: Value,
  consumers: ReadonlyMap<string, readonly Application[]>,
  outputs: ReadonlySet<string>,
): Application | undefined {
  const next = consumers.get(value.name) ?? [];
  if (next.length !== 1 || outputs.has(value.name)) return undefined;
  const [{ operator, output }] = next;
  if (operator.name === 'maxPool') return findActivation(output, consumers, outputs);
  return activations.has(operator.name) ? next[0] : undefined;
}

/** The values that calibration must look at, the network's input first: those that are given a range, and what layers with weights get. */
export function valuesToObserve({ input, logits, layers }: QuantisationPlan): Value[] {
  const values = layers.flatMap(({ application: { inputs }, observed }) => [
    ...(inputs.length > 1 ? [inputs[0]] : []),
    ...(observed ? [observed] : []),
  ]);
  const byName = new Map([input, ...values].map((value) => [value.name, value]));
  byName.delete(logits.name);
  return [...byName.values()];
}
