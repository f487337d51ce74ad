import { runError } from '../../errors.js';
import type { Shape } from '../../graph/index.js';
import type { Weights } from '../../nn/index.js';

/** What a file of weights holds. */
export interface WeightFile {
  /** The file's name, for messages. */
  readonly file: string;
  readonly format: 'safetensors' | 'pytorch' | 'pytorch-legacy' | 'onnx';
  /** Every named tensor as float32, whatever its type in the file; of a checkpoint that holds several sets, the first of `sets`. */
  readonly weights: Weights;
  /** Where the file is a checkpoint: all sets of tensors in it, those first that hold the model by the usual names. */
  readonly sets?: readonly TensorSet[];
  /** Names of tensors that can't be read, each with what it is instead (a sparse tensor, say). */
  readonly unread?: ReadonlyMap<string, string>;
  /** What the file says about itself: safetensors and ONNX metadata, plain values of a checkpoint (epoch). */
  readonly metadata: Readonly<Record<string, string>>;
  /** What was converted, renamed or skipped, one sentence each. */
  readonly notes: readonly string[];
}

/** Tensors that lie together in a checkpoint: its `state_dict`, the copy with averaged weights, the state of the optimizer. */
export interface TensorSet {
  /** Name of the entry; empty for the whole file. */
  readonly entry: string;
  readonly shapes: ReadonlyMap<string, Shape>;
  /** As in `WeightFile`. */
  readonly unread: ReadonlyMap<string, string>;
  /** The tensors as float32. @throws LesionlabError kind `run` where the file is damaged */
  load(): Weights;
}

/** The error for bytes that can't be read as the format they claim to be. */
export const unreadable = (file: string, what: string, found: string) =>
  runError('weights-unreadable', `${file} is no readable ${what}: ${found}`, {
    hint: 'The file may be incomplete or damaged; copy or download it again.',
  });

/** A tensor's counters in batch norm, which PyTorch keeps and nobody computes with. */
export const isBatchCounter = (name: string) => name.endsWith('num_batches_tracked');

/** Tensors that follow from the architecture: counters, and Swin's tables of which place lies where to which. Nothing is lost without them. */
export const isBookkeeping = (name: string) =>
  isBatchCounter(name) || /(^|\.)(relative_position_index|attn_mask)$/.test(name);
