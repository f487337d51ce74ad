import { runError } from '../../errors.js';
import type { Weights } from '../../nn/index.js';

/** What a file of weights holds. */
export interface WeightFile {
  /** The file's name, for messages. */
  readonly file: string;
  readonly format: 'safetensors' | 'pytorch' | 'pytorch-legacy' | 'onnx';
  /** Every named tensor as float32, whatever its type in the file. */
  readonly weights: Weights;
  /** What the file says about itself: safetensors and ONNX metadata, plain values of a checkpoint (epoch). */
  readonly metadata: Readonly<Record<string, string>>;
  /** What was converted, renamed or skipped, one sentence each. */
  readonly notes: readonly string[];
}

/** The error for bytes that can't be read as the format they claim to be. */
export const unreadable = (file: string, what: string, found: string) =>
  runError('weights-unreadable', `${file} is no readable ${what}: ${found}`, {
    hint: 'The file may be incomplete or damaged; copy or download it again.',
  });

/** A tensor's counters in batch norm, which PyTorch keeps and nobody computes with. */
export const isBatchCounter = (name: string) => name.endsWith('num_batches_tracked');
