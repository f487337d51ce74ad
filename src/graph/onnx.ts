import { requireLength, requireOneOf, requireSome } from '../checks.js';
import { storedShape } from './blocked/layout.js';
import type { AttributeValue, ElementType, Graph, Node, Shape } from './graph.js';
import { attributeTypes, dataTypes } from './onnxSchema.js';
import { encodeMessage, type Message } from './protobuf.js';

/** Operator set and IR version of every graph that lesionlab writes. Read by onnxruntime 1.17 and later, and by PyTorch's tools. */
export const operatorSetVersion = 17;
export const irVersion = 8;

/** What an ONNX file says besides the graph. */
export interface OnnxOptions {
  readonly name?: string;
  readonly producerVersion?: string;
  readonly description?: string;
  /** Key-value pairs that travel in the file (class names, preprocessing). */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Names of symbolic dimensions by input or output name: `{ images: ['batch', 3, 96, 96] }`. */
  readonly symbolicShapes?: Readonly<Record<string, readonly (number | string)[]>>;
}

/**
 * The graph as the bytes of an ONNX model file.
 * @throws LesionlabError kind `usage` where it has no output, or a symbolic shape is of no input or output or has another number of axes
 */
export function toOnnx(graph: Graph, options: OnnxOptions = {}): Uint8Array<ArrayBuffer> {
  requireSome('Graph, outputs', [...graph.outputs], 'output');
  requireSymbolicShapes(graph, options.symbolicShapes ?? {});
  // Outputs get their public names by renaming the values themselves: no copies at run time.
  const renamed = new Map<string, string>();
  const nodes: Message[] = [];
  const inputNames = new Set([...graph.inputs, ...graph.initializers].map((value) => value.name));
  const copies: Message[] = [];
  for (const [name, value] of graph.outputs) {
    if (inputNames.has(value.name) || renamed.has(value.name)) {
      copies.push({
        operator: 'Identity',
        inputs: [renamed.get(value.name) ?? value.name],
        outputs: [name],
        attributes: [],
      });
    } else renamed.set(value.name, name);
  }
  const publicName = (name: string) => renamed.get(name) ?? name;
  for (const [i, node] of endsLast(neededNodes(graph)).entries()) {
    nodes.push({
      name: `${node.operator}_${i}`,
      operator: node.operator,
      domain: node.domain || undefined,
      inputs: node.inputs.map(publicName),
      outputs: node.outputs.map(publicName),
      attributes: Object.entries(node.attributes).map(([name, value]) => attribute(name, value)),
    });
  }
  const domains = new Set(graph.nodes.map((node) => node.domain).filter(Boolean));
  const info = (name: string, shape: Shape, type: ElementType) =>
    valueInfo(name, options.symbolicShapes?.[name] ?? shape, type);
  return encodeMessage('Model', {
    irVersion,
    producerName: 'lesionlab',
    producerVersion: options.producerVersion,
    docString: options.description,
    graph: {
      name: options.name ?? 'lesionlab',
      nodes: [...nodes, ...copies],
      initializers: graph.initializers.map(({ name, shape, type, data }) => ({
        name,
        dimensions: shape,
        dataType: dataTypes[type],
        rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      })),
      inputs: graph.inputs.map(({ name, shape, type, layout }) => info(name, storedShape(shape, layout), type)),
      outputs: [...graph.outputs].map(([name, { shape, type, layout }]) =>
        info(name, storedShape(shape, layout), type),
      ),
    },
    opsetImport: [
      { domain: '', version: operatorSetVersion },
      ...[...domains].map((domain) => ({ domain, version: 1 })),
    ],
    metadata: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
  });
}

/** Nodes that an output depends on; the runtime would compute the others, too. */
function neededNodes({ nodes, outputs }: Graph): Node[] {
  const needed = new Set([...outputs.values()].map(({ name }) => name));
  const found = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => needed.has(name))) return false;
    for (const name of node.inputs) needed.add(name);
    return true;
  });
  return found.reverse();
}

/**
 * Nodes with those that nobody takes from at the end, the first of them last. onnxruntime begins with the last node of a file and what that needs,
 * then takes the one before: so each weight's gradient is computed while what it is made of is at hand, and that is given back before the next.
 * Were the first layer's gradient last, every layer's output would be kept until the gradients of all are through: a training step of DenseNet-121
 * with 8 images takes 1345 MiB so, and 2125 the other way about.
 */
function endsLast(nodes: readonly Node[]): Node[] {
  const taken = new Set(nodes.flatMap(({ inputs }) => inputs));
  const isTaken = ({ outputs }: Node) => outputs.some((name) => taken.has(name));
  return [...nodes.filter(isTaken), ...nodes.filter((node) => !isTaken(node)).reverse()];
}

function requireSymbolicShapes({ inputs, outputs }: Graph, shapes: NonNullable<OnnxOptions['symbolicShapes']>): void {
  const known = new Map([...inputs.map((value) => [value.name, value] as const), ...outputs]);
  for (const [name, sides] of Object.entries(shapes)) {
    requireOneOf('symbolicShapes', name, [...known.keys()]);
    requireLength(`symbolicShapes, ${name}`, sides, known.get(name)!.shape.length, 'one an axis');
  }
}

function valueInfo(name: string, shape: readonly (number | string)[], type: ElementType): Message {
  return {
    name,
    type: {
      tensorType: {
        elementType: dataTypes[type],
        shape: {
          dimensions: shape.map((side) => (typeof side === 'number' ? { value: side } : { parameter: side })),
        },
      },
    },
  };
}

function attribute(name: string, value: AttributeValue): Message {
  if (typeof value === 'number') return { name, int: value, type: attributeTypes.int };
  if (typeof value === 'string') {
    return { name, string: Uint8Array.from(value, (c) => c.charCodeAt(0)), type: attributeTypes.string };
  }
  if ('floats' in value) return { name, floats: value.floats, type: attributeTypes.floats };
  if ('float' in value) return { name, float: value.float, type: attributeTypes.float };
  return { name, ints: value, type: attributeTypes.ints };
}
