/** A command that writes, on the stage that killTrials.ts sets. */
export interface WritingCommand {
  readonly name: string;
  /** What stands on the stage: painted images and tables, or with them two trained runs. */
  readonly from: 'data' | 'runs';
  readonly words: readonly string[];
  /** What goes on with it, or does it again, after a kill; the same where left out. */
  readonly again?: readonly string[];
  /**
   * The code of the message with which it then refuses to do again what is done, or to write over what may be somebody's work; and what that message
   * says to do, where it says something.
   */
  readonly refused?: { readonly code: string; readonly words?: readonly string[] };
  /** Trains, so that there is something to interrupt more than once. */
  readonly long?: boolean;
}

const training = ['--preset', 'demo', '--image-size', '24', '--batch-size', '8', '--ratios', '60/20/20'];
const epochs = (count: number) => ['--epochs', String(count)];
const replace = (words: readonly string[]) => ({ code: 'run-exists', words: [...words, '--overwrite'] });

const resumed = (name: string, words: readonly string[]): WritingCommand => ({
  name,
  from: 'data',
  words,
  again: [...words, '--resume'],
  long: true,
});
const replaced = (name: string, words: readonly string[]): WritingCommand => ({
  name,
  from: 'runs',
  words,
  refused: replace(words),
});
const repeated = (name: string, from: 'data' | 'runs', ...words: string[]): WritingCommand => ({ name, from, words });
/** Once it is done, it is refused: by its files, before it is reported. */
const once = (code: string, command: WritingCommand): WritingCommand => ({ ...command, refused: { code } });

/** Every way in which a command writes. A test holds this against the table of commands. */
export const writingCommands: readonly WritingCommand[] = [
  { name: 'demo', from: 'data', words: ['demo', '--images', '140'], long: true },
  resumed('run', ['run', 'data', '--run', 'new', ...training, ...epochs(2)]),
  resumed('train', ['train', 'data', '--run', 'new', ...training, ...epochs(4), '--tensorboard']),
  {
    ...resumed('train of a head', [
      ...['train', 'data', '--run', 'new', ...training, ...epochs(3), '--freeze', 'backbone'],
      ...['--weights', 'runs/a/checkpoints/best.safetensors'],
    ]),
    from: 'runs',
  },
  {
    ...resumed('train from a teacher', [
      ...['train', 'data', '--run', 'new', ...training, ...epochs(2), '--teacher', 'runs/a', '--distillation', '0.5'],
    ]),
    from: 'runs',
  },
  {
    name: 'train --overwrite',
    from: 'runs',
    words: ['train', 'data', '--run', 'runs/b', ...training, ...epochs(1), '--seed', '8', '--overwrite'],
    long: true,
  },
  resumed('cross-validate', [
    'cross-validate',
    'data',
    '--run',
    'new',
    '--folds',
    '3',
    ...training.slice(0, -2),
    ...epochs(1),
  ]),
  resumed('train --seeds', ['train', 'data', '--run', 'new', '--seeds', '2', ...training, ...epochs(1)]),
  resumed('ablate', ['ablate', 'ablation.yaml', 'data', '--run', 'new', ...epochs(1)]),
  { name: 'jobs', from: 'data', words: ['jobs', 'jobs.yaml', '--run', 'new', '--resume'], long: true },
  resumed('leak', ['leak', 'data', '--run', 'new', ...training, ...epochs(1)]),
  repeated('preview', 'data', 'preview', 'data', '--preset', 'demo', '--out', 'new'),
  repeated('find-lr', 'data', 'find-lr', 'data', '--out', 'new', ...training.slice(0, -2), '--steps', '20'),
  repeated('explore', 'data', 'explore', 'data', '--out', 'new'),
  repeated('explore --run', 'runs', 'explore', 'data', '--run', 'runs/a'),
  repeated('split', 'data', 'split', 'data', '--out', 'new', '--folds', '3', '--audit'),
  repeated('split --near-duplicates', 'data', 'split', 'data', '--out', 'new', '--near-duplicates'),
  once('already-organized', repeated('organize', 'data', 'organize', 'data', '--out', 'new')),
  once(
    'already-organized',
    repeated('organize --link copy', 'data', 'organize', 'data', '--out', 'new', '--link', 'copy'),
  ),
  once('missing-file', repeated('organize --undo', 'data', 'organize', '--undo', 'sorted')),
  once('description-exists', repeated('describe --write', 'data', 'describe', 'clinic', '--write')),
  replaced('ensemble', ['ensemble', 'runs/a', 'runs/b', '--run', 'new']),
  repeated('evaluate', 'runs', 'evaluate', 'runs/b', '--submission', '--resamples', '50'),
  repeated('evaluate --data', 'runs', 'evaluate', 'runs/b', '--data', 'other', '--resamples', '50'),
  replaced('evaluate a table', ['evaluate', 'answers.csv', '--truth', 'data', '--run', 'new', '--resamples', '50']),
  repeated('explain', 'runs', 'explain', 'runs/b'),
  repeated('explain images', 'runs', 'explain', 'runs/b', 'other', '--out', 'new'),
  repeated('report', 'runs', 'report', 'runs/a'),
  repeated('paper', 'runs', 'paper', 'runs/a', '--to', 'new'),
  repeated('export', 'runs', 'export', 'runs/b', '--grad-cam-layer'),
  repeated('export --int8', 'runs', 'export', 'runs/b', '--int8'),
  repeated('predict', 'runs', 'predict', 'runs/b', 'other', '--out', 'answers.json'),
  repeated(
    'official-score',
    'runs',
    'official-score',
    'answers.csv',
    '--challenge',
    'isic2018',
    '--submission',
    'mine.csv',
  ),
  repeated('readers', 'data', 'readers', 'readers.csv', '--out', 'new', '--resamples', '50'),
  once('already-sealed', repeated('seal', 'runs', 'seal', 'plan.yaml')),
  once('already-opened', repeated('evaluate --sealed', 'runs', 'evaluate', 'sealed.yaml', '--sealed')),
  repeated('seal --check', 'runs', 'seal', 'opened.yaml', '--check'),
  repeated('cache --prune', 'runs', 'cache', '--prune'),
  { name: 'studio', from: 'runs', words: ['studio', 'runs', '--no-open'] },
];

/** Commands that write nothing but what they print, and why that is so. */
export const readingCommands: Readonly<Record<string, string>> = {
  recipe: 'prints',
  compare: 'prints',
  'plan-study': 'prints',
  inspect: 'prints',
  bench: 'measures, in a temporary folder',
  doctor: 'looks at the machine',
};

/** Commands that write and need what the stage has not, a server or lesion masks, and where they are tried. */
export const triedElsewhere: Readonly<Record<string, string>> = {
  download: 'test/node/download: interrupted, cut off, killed servers',
  shortcuts: 'test/node/steps/shortcutsStep.test.ts: whole files alone',
  worker: 'test/node/jobs/queue.slow.test.ts, and test/cluster/queueTrial.sh: killed, cut off, its server restarted',
  task: 'does what `jobs` does, as one process: test/cluster/slurmTrial.sh interrupts it',
};
