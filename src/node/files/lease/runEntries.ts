/** Marks a folder as a run from its first moment on, before config.json can be written. */
export const runMarker = '.lesionlab-run.json';

/** A plan's file: its folder holds those of its jobs, and may be a run itself. */
export const planName = 'plan.json';

/** Everything that lesionlab itself writes into a run folder; `--overwrite` removes these, but the log of looks at the test images, and nothing else. */
export const ownEntries = [
  runMarker,
  'exploration',
  'config.json',
  'splits.csv',
  'splits.json',
  'steps.jsonl',
  'metrics.jsonl',
  'training-batch.png',
  'layers.txt',
  'layers.json',
  'curves',
  'tensorboard',
  'checkpoints',
  'calibration.json',
  'evaluation',
  'explanations',
  'network.onnx',
  'teacher.csv',
  'model.onnx',
  'model.int8.onnx',
  'model.json',
  'report.html',
  'model-card.md',
  'clear-derm.md',
] as const;
