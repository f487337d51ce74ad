import type { Shape } from '../../graph/index.js';
import type { Weights } from '../../nn/index.js';

/** A linear layer of a file that stands where the model has its classifier, under another name. */
export interface OtherHead {
  /** The model's layer: `fc`. */
  readonly layer: string;
  /** The file's: `fc.1`, `head.fc`. */
  readonly from: string;
  readonly classCount: number;
  /** Of the model. */
  readonly classCountWanted: number;
  /** Whether its weights are taken. */
  readonly taken: boolean;
}

type Wanted = readonly { readonly name: string; readonly shape: Shape }[];

/** What people call the last layer, in any part of its name. */
const headParts = /^(fc\d*|classifier\d*|heads?|linear|last_linear|logits?|output|out|cls|final)$/;

/**
 * Finds the classifier of a model whose file has it under another name, in a sequence with a dropout (`fc.1`) or in a part of its own
 * (`head.fc`): a linear layer of as many inputs. It is taken where it has as many classes and nothing else lies beside it, so
 * that it must be the whole of the head; another number of classes makes it known, but useless.
 * @param layers the model's classifier layers @param candidates names in the file that no other tensor of the model has taken
 * @returns undefined where the model has more than one such layer, and where the file has none or several
 */
export function findOtherHead(
  wanted: Wanted,
  layers: readonly string[],
  weights: Weights,
  candidates: readonly string[],
): OtherHead | undefined {
  const [layer] = layers;
  const shape = wanted.find(({ name }) => name === `${layer}.weight`)?.shape;
  if (layers.length !== 1 || shape?.length !== 2 || weights.has(`${layer}.weight`)) return undefined;
  const hasBias = wanted.some(({ name }) => name === `${layer}.bias`);
  const free = new Set(candidates);
  const heads = candidates.flatMap((name) => {
    const stored = weights.get(name);
    if (!stored || !name.endsWith('.weight') || stored.shape.length !== 2 || stored.shape[1] !== shape[1]) return [];
    const from = name.slice(0, -'.weight'.length);
    const bias = weights.get(`${from}.bias`);
    if (!from.split('.').some((part) => headParts.test(part))) return [];
    if (hasBias && `${bias?.shape}` !== `${stored.shape[0]}`) return [];
    return [{ from, classCount: stored.shape[0] }];
  });
  if (heads.length !== 1) return undefined;
  const [{ from, classCount }] = heads;
  const top = from.split('.')[0];
  const beside = [...free].filter(
    (name) => name.split('.')[0] === top && ![`${from}.weight`, `${from}.bias`].includes(name),
  );
  return { layer, from, classCount, classCountWanted: shape[0], taken: beside.length === 0 && classCount === shape[0] };
}
