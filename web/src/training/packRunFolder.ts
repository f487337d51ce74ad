import { type Evaluation, formatPredictionsCsv, type Predictions } from '../../../src/evaluation/index.js';
import { toUtf8 } from '../../../src/models/weights/utf8.js';
import type { EpochRecord, StepRecord } from '../../../src/training/events.js';
import type { RunConfig } from '../../../src/training/recipe/config.js';
import type { CallContext } from '../browser/workerCalls.js';
import type { SplitFiles } from '../dataset/divideData.js';
import { writeZip } from '../dataset/writeZip.js';
import { runFolderName } from './runFolderName.js';

export interface RunContents {
  readonly config: RunConfig;
  readonly splits: SplitFiles;
  readonly steps: readonly StepRecord[];
  readonly epochs: readonly EpochRecord[];
  /** Checkpoints. */
  readonly best: Uint8Array;
  readonly last: Uint8Array;
  /** What the training began with, where that came from a file. */
  readonly begun: Uint8Array | null;
  readonly certainty: unknown;
  /** Of the validation images. */
  readonly evaluation: Evaluation;
  readonly predictions: Predictions;
  /** Null where its network can't be written with its new head as one file. */
  readonly model: Uint8Array | null;
  /** The file that the network is out of; undefined for lesionlab's own. */
  readonly network?: Uint8Array;
}

/** A zip of a run folder: the names and contents are those that the command line reads and writes. */
export function packRunFolder(run: RunContents, context: Pick<CallContext, 'progress' | 'signal'>): Promise<Blob> {
  const files: Record<string, string | Uint8Array> = {
    'config.json': json(run.config),
    'splits.csv': run.splits.csv,
    'splits.json': json(run.splits.summary),
    'steps.jsonl': jsonLines(run.steps),
    'metrics.jsonl': jsonLines(run.epochs),
    'checkpoints/best.safetensors': run.best,
    'checkpoints/last.safetensors': run.last,
    ...(run.begun && { 'checkpoints/initial.safetensors': run.begun }),
    'calibration.json': json(run.certainty),
    'evaluation/validation/predictions.csv': formatPredictionsCsv(run.predictions),
    'evaluation/validation/evaluation.json': json(run.evaluation),
    ...(run.model && { 'model.onnx': run.model }),
    ...(run.network && { 'network.onnx': run.network }),
  };
  return writeZip(
    Object.entries(files).map(([path, content]) => ({
      path: `${runFolderName}/${path}`,
      read: () => (typeof content === 'string' ? toUtf8(content) : content),
    })),
    context,
  );
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const jsonLines = (records: readonly unknown[]): string => records.map((each) => `${JSON.stringify(each)}\n`).join('');
