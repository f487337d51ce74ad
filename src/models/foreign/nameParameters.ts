import type { Shape } from '../../graph/index.js';
import { mapOrder } from './mapOrder.js';

/** A weight of a file, in the order in which the network first uses it. */
export interface FileParameter {
  /** The file's. */
  readonly name: string;
  readonly shape: Shape;
  /** The node that first computes with it: `/layer1/layer1.0/conv1/Conv`. */
  readonly node: string;
  /** What it is to that node: its `weight` or `bias`; undefined where its place doesn't tell. */
  readonly role: 'weight' | 'bias' | undefined;
  /** Shape of what is computed with it, without the batch. */
  readonly outputShape: Shape;
}

/** Weights by the names that lesionlab has for them, and the stages that these begin with. */
export interface NamedParameters {
  /** By the file's names. */
  readonly names: ReadonlyMap<string, string>;
  /** Beginnings of names, from the input to the output. */
  readonly stages: readonly string[];
}

/** `layers.0.norm1.bias`, as PyTorch names what it trains. */
export const dotted = /^[A-Za-z_]\w*(\.\w+)+$/;
/** More stages than this help nobody to freeze a part. */
const mostStages = 24;

/**
 * Names a file's weights so that stages of the network can be told by them, for freezing and for factors of the learning rate. Names as
 * PyTorch gives them stay as they are. Others (`onnx::Conv_497`, after batch norm was folded into a convolution) get the name of the
 * module that their node was exported from, where its name says it, else that of the weight before: `layer1.0.conv1.weight`. A stage is a beginning of names with no
 * more than half of all weights behind it: `layer1`, `features.3`, `encoder.layers.2`. Where names tell no stages, these
 * are counted by how often the map has become smaller, and stand in front: `stage2.onnx::Conv_497`.
 */
export function nameParameters(parameters: readonly FileParameter[]): NamedParameters {
  const byModule = nameByModule(parameters);
  if (byModule) {
    const prefixes = splitPrefixes([...byModule.values()], parameters.length / 2);
    if (prefixes.length > 1 && prefixes.length <= mostStages) {
      const used = parameters.map(({ name }) => {
        const own = byModule.get(name)!;
        return prefixes.find((prefix) => own.startsWith(`${prefix}.`)) ?? own;
      });
      return { names: byModule, stages: [...new Set(used)] };
    }
  }
  return nameByPlaces(parameters);
}

/** @returns undefined where a weight's name can't be told */
function nameByModule(parameters: readonly FileParameter[]): ReadonlyMap<string, string> | undefined {
  const names = new Map<string, string>();
  const taken = new Set(parameters.map(({ name }) => name));
  let module = '';
  for (const { name, node, role } of parameters) {
    if (dotted.test(name)) {
      names.set(name, name);
      module = name.slice(0, name.lastIndexOf('.'));
      continue;
    }
    // Where a node doesn't tell its module, it is most likely that of the weight before.
    const scope = moduleOf(node) || module;
    if (!scope) return undefined;
    module = scope;
    const plain = role && `${scope}.${role}`;
    const own = plain && !taken.has(plain) ? plain : `${scope}.${name}`;
    taken.add(own);
    names.set(name, own);
  }
  return names;
}

/** `/layer1/layer1.0/conv1/Conv` was exported from the module `layer1.0.conv1`: each part that repeats the one before goes on with it. */
export function moduleOf(node: string): string {
  const scopes = node.split('/').filter(Boolean).slice(0, -1);
  const parts: string[] = [];
  for (const scope of scopes) {
    if (parts.length > 0 && scope.startsWith(`${parts.at(-1)}.`)) parts.pop();
    parts.push(scope);
  }
  return parts.join('.');
}

function nameByPlaces(parameters: readonly FileParameter[]): NamedParameters {
  const names = new Map<string, string>();
  let stage = 1;
  let places = Number.POSITIVE_INFINITY;
  for (const { name, outputShape } of parameters) {
    const here = placesOf(outputShape);
    // A layer that pools on the way (squeeze-and-excitation) leaves the map as it is for those behind it.
    if (here > 1 && here < places) {
      if (places !== Number.POSITIVE_INFINITY) stage += 1;
      places = here;
    }
    names.set(name, `stage${stage}.${name}`);
  }
  return { names, stages: Array.from({ length: stage }, (_, i) => `stage${i + 1}`) };
}

/** Places of a map [C, H, W] or [H, W, C], or of tokens [T, D]; 1 where there are none. */
function placesOf(shape: Shape): number {
  if (shape.length === 2) return shape[0];
  if (shape.length !== 3) return 1;
  const [a, b, c] = shape;
  return mapOrder([1, a, b, c]) === 'channels-last' ? a * b : b * c;
}

/** Beginnings of names, made longer wherever one has more than `most` names behind it; longer ones first. */
function splitPrefixes(names: readonly string[], most: number): string[] {
  const split = (group: readonly string[], depth: number): string[] => {
    const groups = new Map<string, string[]>();
    for (const name of group) {
      const parts = name.split('.');
      // The last part is the parameter itself.
      const prefix = parts.slice(0, Math.min(depth, parts.length - 1)).join('.');
      groups.set(prefix, [...(groups.get(prefix) ?? []), name]);
    }
    return [...groups].flatMap(([prefix, members]) => {
      const deeper = members.some((name) => name.split('.').length - 1 > depth);
      return members.length > most && deeper ? split(members, depth + 1) : [prefix];
    });
  };
  return split(names, 1).sort((a, b) => b.split('.').length - a.split('.').length);
}
