import { join, resolve } from 'node:path';
import { usageError } from '../../errors.js';

/** Files of one evaluation. */
export interface EvaluationPaths {
  readonly folder: string;
  readonly predictions: string;
  readonly evaluation: string;
  /** Whose the images of other data are, where it is known; of a split splits.csv says it. */
  readonly patients: string;
  /** One line for every evaluation of this split. */
  readonly log: string;
}

/** Absolute paths of everything in a run folder; the names are a contract with other programs. */
export interface RunFolder {
  readonly path: string;
  readonly exploration: string;
  readonly config: string;
  readonly splitsCsv: string;
  readonly splitsJson: string;
  readonly steps: string;
  readonly metrics: string;
  readonly trainingBatch: string;
  /** The model's table of layers, as JSON and as text. */
  readonly layersJson: string;
  readonly layersTable: string;
  /** Folder of the training curves, one SVG each. */
  readonly curves: string;
  readonly tensorboard: string;
  readonly checkpoints: string;
  readonly lastCheckpoint: string;
  readonly bestCheckpoint: string;
  /** Optimizer state and position, for resuming. */
  readonly trainingState: string;
  /** What the training began with, where that came from a file. */
  readonly initialWeights: string;
  /** Answers of a teacher about the training images, where the network learned from one. */
  readonly teacher: string;
  /** What the validation split says about how sure the network may be. */
  readonly calibration: string;
  /** Where the best checkpoint's training images lie in its feature space. */
  readonly outOfDistribution: string;
  /** @param name a split (`test`, `validation`) or the name of external data */
  /** Files of the evaluation of a split, or of data from outside by its name. */
  evaluation(name: string): EvaluationPaths;
  readonly explanations: string;
  readonly explanationsJson: string;
  /** The file that the network was out of before it was trained, where it was somebody's ONNX file. */
  readonly network: string;
  readonly model: string;
  /** The model in 8-bit integers. */
  readonly int8Model: string;
  readonly report: string;
  /** Documents beside the report, in Markdown. */
  readonly modelCard: string;
  readonly clearDerm: string;
}

/** The paths of a run folder, whether it exists or not. */
export function runFolderPaths(path: string): RunFolder {
  const root = resolve(path);
  const at = (...names: string[]) => join(root, ...names);
  return {
    path: root,
    exploration: at('exploration'),
    config: at('config.json'),
    splitsCsv: at('splits.csv'),
    splitsJson: at('splits.json'),
    steps: at('steps.jsonl'),
    metrics: at('metrics.jsonl'),
    trainingBatch: at('training-batch.png'),
    layersJson: at('layers.json'),
    layersTable: at('layers.txt'),
    curves: at('curves'),
    tensorboard: at('tensorboard'),
    checkpoints: at('checkpoints'),
    lastCheckpoint: at('checkpoints', 'last.safetensors'),
    bestCheckpoint: at('checkpoints', 'best.safetensors'),
    trainingState: at('checkpoints', 'state.safetensors'),
    initialWeights: at('checkpoints', 'initial.safetensors'),
    teacher: at('teacher.csv'),
    calibration: at('calibration.json'),
    outOfDistribution: at('checkpoints', 'out-of-distribution.safetensors'),
    evaluation(name) {
      if (!/^[\w][\w.-]*$/.test(name))
        throw usageError('bad-name', `"${name}" cannot name an evaluation.`, {
          hint: 'Use letters, digits, dots, underscores and hyphens.',
        });
      return {
        folder: at('evaluation', name),
        predictions: at('evaluation', name, 'predictions.csv'),
        evaluation: at('evaluation', name, 'evaluation.json'),
        patients: at('evaluation', name, 'patients.csv'),
        log: at('evaluation', name, 'log.jsonl'),
      };
    },
    explanations: at('explanations'),
    explanationsJson: at('explanations', 'explanations.json'),
    network: at('network.onnx'),
    model: at('model.onnx'),
    int8Model: at('model.int8.onnx'),
    report: at('report.html'),
    modelCard: at('model-card.md'),
    clearDerm: at('clear-derm.md'),
  };
}
