import { LesionlabError } from '../errors.js';
import type { Graph, Value } from '../graph/index.js';
import { canFold, foldNode } from './folding/index.js';
import type { FixedBatch } from './geometry/nodeCall.js';
import { Refusal } from './geometry/refusal.js';
import type { OnnxModel, OnnxNode } from './mirror/model.js';
import { type Constant, isFloat, type TensorType } from './mirror/tensorTypes.js';
import { findOperator } from './operators/index.js';
import { OperatorCall } from './operators/operatorCall.js';
import { learnedOf } from './operators/parameterRule.js';
import { Tensor, type TensorMaker } from './operators/tensor.js';
import type { NodeRefusal } from './refusals.js';

/** A node as it stands in a graph. */
export interface BuiltNode {
  readonly node: OnnxNode;
  readonly value: Value;
  /** Names of the weights that it computes with. */
  readonly parameters: readonly string[];
}

/** What a network is given: a value of the graph, or numbers that are known. */
export type GivenInput = { readonly value: Value } | { readonly constant: Constant };

/** Operators whose result is still the bare image where their other inputs are constants. */
const keepsRaw = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Neg', 'Cast', 'Clip', 'Identity'],
  ...['Transpose', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Gather', 'Slice', 'Split', 'Concat', 'Pad', 'Resize'],
]);

/**
 * Walks nodes in their order. What depends on no input is computed on the way; the rest goes into the graph, operator by operator. What
 * can't is remembered, so that all of it can be told at once.
 */
export class Evaluation {
  readonly tensors = new Map<string, Tensor>();
  readonly built: BuiltNode[] = [];
  readonly refusals: NodeRefusal[] = [];
  readonly #model: OnnxModel;
  readonly #maker: TensorMaker;
  readonly #declared: { readonly batch: number; readonly evaluation: Evaluation } | undefined;
  readonly #given: ReadonlyMap<string, GivenInput>;
  /** How often each tensor is taken or asked for. */
  #uses: ReadonlyMap<string, number> = new Map();

  /** @param declared the same walk at the batch that the file was exported for, where that is another one */
  constructor(
    model: OnnxModel,
    maker: TensorMaker,
    inputs: ReadonlyMap<string, GivenInput>,
    declared?: { readonly batch: number; readonly evaluation: Evaluation },
  ) {
    this.#declared = declared;
    this.#model = model;
    this.#maker = maker;
    this.#given = inputs;
    for (const [name, given] of inputs) {
      if ('constant' in given) this.#hold(name, given.constant, false);
      else {
        const { value } = given;
        this.#put({ name, type: value.type as TensorType, shape: value.shape, value, raw: isFloat(value.type) });
      }
    }
  }

  get graph(): Graph {
    return this.#maker.graph;
  }

  /** A tensor by its name, undefined for one that isn't known. */
  find(name: string): Tensor | undefined {
    const found = this.tensors.get(name);
    if (found) return found;
    const initializer = this.#model.graph.initializers.get(name);
    return initializer && this.#hold(name, initializer, true);
  }

  /** Takes over what another walk found out to be constant. */
  adopt(constants: ReadonlyMap<string, Constant>): void {
    for (const [name, constant] of constants) this.#hold(name, constant, false);
  }

  /** @param asked tensors that are wanted of them */
  run(nodes: readonly OnnxNode[], asked: readonly string[]): void {
    const uses = new Map<string, number>();
    for (const name of [...asked, ...nodes.flatMap(({ inputs }) => inputs)]) uses.set(name, (uses.get(name) ?? 0) + 1);
    this.#uses = uses;
    for (const node of nodes) {
      try {
        this.#step(node);
      } catch (error) {
        const understood = error instanceof Refusal || (error instanceof LesionlabError && error.kind === 'usage');
        if (!understood) throw error;
        const { reason, wayOut } = error instanceof Refusal ? error : { reason: error.message, wayOut: error.hint };
        this.refusals.push({ node, reason: reason.replace(/\.$/, ''), wayOut });
      }
    }
  }

  #step(node: OnnxNode): void {
    const rule = findOperator(node);
    if (!rule && !canFold(node)) throw new Refusal(unknownReason(node));
    const given = node.inputs.map((name) => (name ? this.find(name) : undefined));
    // What it takes was refused before; it isn't to blame.
    if (node.inputs.some((name, i) => name !== '' && !given[i])) return;
    const call = new OperatorCall(this.graph, node, given, (name) => this.#uses.get(name) ?? 0, this.#fixedBatch(node));
    const inputs = given.filter((tensor) => tensor !== undefined);
    const ofSizes = node.domain === '' && (node.operator === 'Shape' || node.operator === 'Size');
    const isKnown = inputs.every((tensor) => !tensor.isComputed);
    const isLearned = inputs.some((tensor) => tensor.learned === 'anywhere');
    if (canFold(node) && (ofSizes || (isKnown && (!isLearned || !rule)))) {
      foldNode(call).forEach((constant, i) => {
        if (node.outputs[i] && !this.#given.has(node.outputs[i])) this.#hold(node.outputs[i], constant, false);
      });
      return;
    }
    if (!rule) throw new Refusal(dependsReason(node));
    const result = rule.build(call);
    const values: readonly (Value | Constant)[] = Array.isArray(result) ? result : [result as Value];
    const missing = node.outputs.findIndex((_, i) => i >= values.length && call.wants(i));
    if (missing >= 0) throw new Refusal(`is wanted for its output ${missing}, which lesionlab doesn't make`);
    const first = values.find(isValue);
    if (first) this.built.push({ node, value: first, parameters: [...call.parameters] });
    const ofWeights = inputs.length > 0 && inputs.every((tensor) => !tensor.isComputed || tensor.isOfWeights);
    const raw = keepsRaw.has(node.operator) && inputs.every((tensor) => tensor.raw || !tensor.isComputed);
    let folded: readonly Constant[] | undefined;
    values.forEach((value, i) => {
      const name = node.outputs[i];
      if (!name || this.#given.has(name)) return;
      if (!isValue(value)) {
        this.#hold(name, value, false);
        return;
      }
      this.#put({
        name,
        type: value.type as TensorType,
        shape: value.shape,
        value,
        raw: raw && inputs.some((tensor) => tensor.raw),
        ...(ofWeights && {
          parameters: inputs.flatMap((tensor) => tensor.parametersAt('operand')),
          constant: () => {
            if (!canFold(node) || inputs.some((tensor) => !tensor.constant)) return undefined;
            folded ??= foldNode(call);
            return folded[i];
          },
        }),
      });
    });
  }

  #fixedBatch(node: OnnxNode): FixedBatch | undefined {
    if (!this.#declared) return undefined;
    const { batch, evaluation } = this.#declared;
    return {
      batch,
      inputs: node.inputs.map((name) => (name ? evaluation.find(name) : undefined)),
      outputShape: evaluation.find(node.outputs[0])?.shape,
    };
  }

  #hold(name: string, constant: Constant, isInitializer: boolean): Tensor {
    const { type, shape } = constant;
    const learned = learnedOf(constant, name, isInitializer);
    return this.#put({ name, type, shape, learned, constant: () => constant });
  }

  #put(facts: ConstructorParameters<typeof Tensor>[1]): Tensor {
    const tensor = new Tensor(this.#maker, facts);
    this.tensors.set(facts.name, tensor);
    return tensor;
  }
}

const isValue = (found: Value | Constant): found is Value => 'name' in found;

/** Why an operator isn't taken over that lesionlab doesn't know. */
function unknownReason({ operator, domain, attributes }: OnnxNode): string {
  if (attributes.holdsGraph) return 'has a graph of its own, which runs or not, or several times, by what it computes';
  if (/^(LSTM|GRU|RNN)$/.test(operator)) return 'is a recurrent layer, and lesionlab has no gradient of it';
  if (/^(QLinear|ConvInteger|MatMulInteger|QuantizeLinear|DynamicQuantize|QGemm|QLinear)/.test(operator))
    return 'computes with whole numbers of 8 bits, which have no gradient; give the network before it was quantised';
  return domain
    ? `is an operator of "${domain}", which lesionlab doesn't have`
    : "is an operator that lesionlab doesn't have";
}

const dependsReason = ({ operator }: OnnxNode): string =>
  /Scatter|NonZero|Unique|Compress|Range|ConstantOfShape|OneHot/.test(operator)
    ? 'makes sizes or places of what the network computes, so that they differ between images'
    : 'is computed only from constants, and here it takes what the network computes';
