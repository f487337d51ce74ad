import { type Command, Help } from 'commander';

/** What the list of commands says of one, and the file that has its options and its work. */
interface CommandEntry {
  /** Its name and its arguments. */
  readonly usage: string;
  readonly description: string;
  /** Read only where the command is called or asked about, so that help and every command start with what they need. */
  readonly load: () => Promise<{ register(command: Command): void }>;
}

/** Every command, in the groups and in the order in which help lists them. */
const commands: Readonly<Record<string, readonly CommandEntry[]>> = {
  'Begin here:': [
    {
      usage: 'demo',
      description: 'Paint synthetic images and take them through the whole pipeline, in a few minutes.',
      load: () => import('./demo.js'),
    },
    {
      usage: 'run <data...>',
      description:
        'The whole pipeline into one run folder: explore, split, prepare, train, evaluate, explain, export, report.',
      load: () => import('./run.js'),
    },
  ],
  'Data:': [
    {
      usage: 'download [what] [networks...]',
      description: 'Fetch a dataset, or pretrained weights, from where they are published.',
      load: () => import('./download.js'),
    },
    {
      usage: 'describe <data>',
      description: 'Look at tables, files and folders, and say what they seem to mean and why: for data of your own.',
      load: () => import('./describe.js'),
    },
    {
      usage: 'explore <data...>',
      description: 'Look at a dataset: charts, sample images, and an audit that names every unusable image.',
      load: () => import('./explore.js'),
    },
    {
      usage: 'organize [data]',
      description: 'Sort the images into one folder a class. Overwrites nothing and can be undone.',
      load: () => import('./organize.js'),
    },
    {
      usage: 'split <data...>',
      description:
        'Split into train, validation and test, by class and with all images of a patient and lesion on one side.',
      load: () => import('./split.js'),
    },
    {
      usage: 'preview <data...>',
      description:
        'Draw what a recipe makes of your images: as they are in prediction, varied and mixed as in training.',
      load: () => import('./preview.js'),
    },
  ],
  'Pipeline:': [
    {
      usage: 'recipe [what]',
      description: 'Print a recipe as a file to edit and to train with: of a preset, of a recipe file, or of a run.',
      load: () => import('./recipe.js'),
    },
    {
      usage: 'find-lr <data...>',
      description:
        'Suggest a learning rate: train for some steps while it rises, and look where the loss falls steepest.',
      load: () => import('./findLearningRate.js'),
    },
    {
      usage: 'train <data...>',
      description: 'Split, prepare and train: checkpoints and curves in a run folder.',
      load: () => import('./train.js'),
    },
    {
      usage: 'cross-validate <data...>',
      description: 'Train one network a fold, by lesion, and score all of them together: every image is tested once.',
      load: () => import('./crossValidate.js'),
    },
    {
      usage: 'ensemble <runs...>',
      description: 'Put runs together: the answer is the weighted mean of their probabilities.',
      load: () => import('./ensemble.js'),
    },
    {
      usage: 'ablate <ablation> <data...>',
      description: 'Train what differs from a baseline, with several seeds, and show on validation which of it helps.',
      load: () => import('./ablate.js'),
    },
    {
      usage: 'jobs <plan>',
      description: 'Show a plan of trainings and what follows them, or run what is missing of it.',
      load: () => import('./jobs.js'),
    },
    {
      usage: 'task <plan>',
      description:
        'Do one task of a plan, as one of an array on Slurm, Kubernetes or AWS Batch: the jobs of one folder.',
      load: () => import('./task.js'),
    },
    {
      usage: 'worker <address>',
      description: 'Join a queue of trainings on Redis or Valkey, and do what is asked for there until Ctrl-C.',
      load: () => import('./worker.js'),
    },
  ],
  'Results:': [
    {
      usage: 'evaluate <run or predictions>',
      description:
        'Score a trained model, or judge anybody’s: accuracy, recall a class, AUROC, confusion matrix, with 95% intervals.',
      load: () => import('./evaluate.js'),
    },
    {
      usage: 'compare <runs...>',
      description: 'Compare runs on the same images: differences with 95% intervals, and McNemar’s test.',
      load: () => import('./compare.js'),
    },
    {
      usage: 'official-score <predictions>',
      description: 'Score predictions as an ISIC challenge did, to its own rules, or write them in its form.',
      load: () => import('./officialScore.js'),
    },
    {
      usage: 'readers <table>',
      description: 'Judge readers: each one, conditions against each other, a model against them.',
      load: () => import('./readers.js'),
    },
    {
      usage: 'plan-study <aim>',
      description: 'How many lesions, images and readers a study needs, by formula and by simulation.',
      load: () => import('./planStudy.js'),
    },
    {
      usage: 'seal <plan>',
      description: 'Fix a plan, its predictions and its truth before the truth is opened, or check what came of it.',
      load: () => import('./seal.js'),
    },
    {
      usage: 'leak <data...>',
      description:
        'Train the same network with a split by image and with one by lesion, and show how much the first flatters.',
      load: () => import('./leak.js'),
    },
    {
      usage: 'explain <model> [images...]',
      description: 'Show where a model looks: in its test images before and after training, or in any images.',
      load: () => import('./explain.js'),
    },
    {
      usage: 'shortcuts <model>',
      description:
        'See what a model’s answers rest on: erase the lesion, leave only it, draw in a ruler, ink, dark corners.',
      load: () => import('./shortcuts.js'),
    },
    {
      usage: 'report <run>',
      description:
        'Write report.html: data, training, results, errors, heat maps and limits in one self-contained file; and a model card and a checklist beside it.',
      load: () => import('./report.js'),
    },
    {
      usage: 'paper <what...>',
      description:
        'Write what goes into a paper: methods, tables, figures, the flow of images, checklists, and the split as a file to cite.',
      load: () => import('./paper.js'),
    },
    {
      usage: 'export <run>',
      description: 'Write model.onnx: the network with softmax, class names and preprocessing in one file.',
      load: () => import('./export.js'),
    },
    {
      usage: 'inspect <model.onnx>',
      description:
        "Look into somebody's ONNX file: what it takes and gives, its layers, and what lesionlab can do with it.",
      load: () => import('./inspect.js'),
    },
    {
      usage: 'predict <model> <images...>',
      description: 'Give the probability of each class for any images.',
      load: () => import('./predict.js'),
    },
    {
      usage: 'studio [folder]',
      description: 'Show runs in a browser: trainings while they run, results, the images behind every number.',
      load: () => import('./studio.js'),
    },
  ],
  'Machine:': [
    {
      usage: 'cache',
      description: 'List what the cache holds (prepared images, features), and make room in it.',
      load: () => import('./cache.js'),
    },
    {
      usage: 'bench',
      description: 'Measure how fast this machine trains and predicts, and compare with PyTorch where it is installed.',
      load: () => import('./bench.js'),
    },
    {
      usage: 'doctor',
      description: 'Say what this machine has for lesionlab, what works, and what to do about the rest.',
      load: () => import('./doctor.js'),
    },
  ],
};

const unread = new WeakMap<Command, CommandEntry>();

/** Registers every command by its name and description; what else it has is read when it is called. */
export function registerCommands(program: Command): void {
  const usages = new Map<Command, string>();
  for (const [group, entries] of Object.entries(commands))
    for (const entry of entries) {
      const { usage, description } = entry;
      const command = program.command(usage.split(' ', 1)[0]).helpGroup(group).description(description);
      usages.set(command, usage);
      unread.set(command, entry);
    }
  const standard = new Help();
  program.configureHelp({
    ...program.configureHelp(),
    subcommandTerm: (command) => usages.get(command) ?? standard.subcommandTerm(command),
  });
  program.hook('preSubcommand', (_, command) => loadCommand(command));
}

/** Gives a command its arguments, options and action, if it has none yet. */
export async function loadCommand(command: Command): Promise<void> {
  const entry = unread.get(command);
  if (!entry) return;
  unread.delete(command);
  (await entry.load()).register(command);
}
