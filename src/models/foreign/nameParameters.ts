import type { Shape } from '../../graph/index.js';

/** A weight of a file, in the order in which the network first uses it. */
export interface FileParameter {
  /** The file's. */
  readonly name: string;
  readonly shape: Shape;
  /** Shape of what is computed with it first, without the batch. */
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
const dotted = /^[A-Za-z_]\w*(\.\w+)+$/;

/**
 * Names a file's weights so that stages of the network can be told by them, for freezing and for factors of the learning rate. Names as
 * PyTorch gives them stay as they are; a stage is then a beginning of names with no more than half of all weights behind it
 * (`layer1`, `features.3`, `encoder.layers.2`). Others (`onnx::Conv_497`, after batch norm was folded into a convolution) get the
 * stage in front, counted by how often the map has become smaller: `stage2.onnx::Conv_497`.
 */
export function nameParameters(parameters: readonly FileParameter[]): NamedParameters {
  const own = parameters.filter(({ name }) => dotted.test(name)).map(({ name }) => name);
  const prefixes = splitPrefixes(own, parameters.length / 2);
  const names = new Map<string, string>();
  const stages: string[] = [];
  let stage = 1;
  let places = Number.POSITIVE_INFINITY;
  for (const { name, outputShape } of parameters) {
    const here = placesOf(outputShape);
    // A layer that pools on the way (squeeze-and-excitation) leaves the map as it is for those behind it.
    if (here > 1 && here < places) {
      if (places !== Number.POSITIVE_INFINITY) stage += 1;
      places = here;
    }
    const prefix = prefixes.find((candidate) => name.startsWith(`${candidate}.`)) ?? `stage${stage}`;
    names.set(name, dotted.test(name) ? name : `${prefix}.${name}`);
    if (!stages.includes(prefix)) stages.push(prefix);
  }
  return { names, stages };
}

/** Places of a map [C, H, W] or of tokens [T, D]; 1 where there are none. */
const placesOf = (shape: Shape): number =>
  shape.length === 3 ? Math.min(shape[1] * shape[2], shape[0] * shape[1]) : shape.length === 2 ? shape[0] : 1;

/** Beginnings of names, made longer wherever one has more than `most` names behind it. */
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
  // Longer ones first: a name is found by the longest beginning that it has.
  return split(names, 1).sort((a, b) => b.split('.').length - a.split('.').length);
}
