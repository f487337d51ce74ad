import { type Command, InvalidArgumentError, Option } from 'commander';
import { directions } from '../../evaluation/judging/assembleAnswers.js';
import { outputValues } from '../../evaluation/judging/outputValues.js';
import type { ReaderColumn } from '../../evaluation/readers/readerColumns.js';
import { type ReadersStepOptions, readersStep } from '../../node/steps/readers.js';
import { act } from '../commandContext.js';
import { formatReaders } from '../formatReaders.js';
import { parseInteger, parseNumber } from '../globalOptions.js';

interface Options extends Omit<ReadersStepOptions, 'table'> {
  readonly resamples: number;
}

export function register(command: Command): void {
  command
    .argument('<table>', 'what readers said: reader,image_id,answer[,confidence,condition,session]')
    .option('--truth <data>', 'dataset or table (image_id,dx) with the truth, unless the table has a column truth')
    .option('--model <predictions>', 'predictions.csv of a run, or a table image_id,score, to compare with the readers')
    .option(
      '--positive <classes>',
      'diagnoses that readers were to find (default: the malignant ones)',
      (text: string) => text.split(',').map((id) => id.trim()),
    )
    .option('--columns <pairs>', 'names of columns: reader=doctor,image_id=photo,answer=vote', parseColumns)
    .addOption(new Option('--confidence-in <what>', 'what a confidence is in').choices(['positive', 'answer']))
    .option('--answer-from <confidence>', 'readers gave confidences alone: from which on they mean yes', parseNumber())
    .option(
      '--model-from <probability>',
      'from which on the model says yes (default: its most probable class; of a score 0.5)',
      parseNumber(0, 1),
    )
    .addOption(
      new Option('--values <what>', 'what the model’s numbers are (default: guessed, and said)').choices(outputValues),
    )
    .addOption(new Option('--direction <way>', 'which way a single score of the model points').choices(directions))
    .option('--session <name>', 'which session is analysed, where images were read again (default: the first)')
    .addOption(
      new Option('--random <what>', 'what another study would draw anew (default: readers and cases)').choices([
        'readers-and-cases',
        'cases',
        'readers',
      ]),
    )
    .addOption(
      new Option('--covariance <method>', 'jackknife, or DeLong’s and Obuchowski’s components').choices([
        'jackknife',
        'components',
      ]),
    )
    .addOption(
      new Option(
        '--together <rule>',
        'also simulate reader and model together: yes if either, or if both say so',
      ).choices(['either', 'both']),
    )
    .option(
      '--resamples <count>',
      'of readers and lesions, for the sensitivity analysis; 0: none',
      parseInteger(0, 100_000),
      2000,
    )
    .option('--out <folder>', 'write readers.json, the report readers.html and the picture readers.svg')
    .addHelpText(
      'after',
      `
One row a reader and image. Answers are yes and no or diagnoses; confidences, where readers gave any, make an AUROC.
With a column condition (with and without the model, say) conditions are compared; readers may have seen different
images. docs/reader-studies.md says what is computed and how to read it.

Examples:
  $ lesionlab readers answers.csv --truth HAM10000 --model runs/first/evaluation/test/predictions.csv
  $ lesionlab readers ratings.csv --answer-from 3 --out study`,
    )
    .action(
      act(async (context, table: string, options: Options) => {
        const result = await readersStep(context, { table, ...options });
        const { analysis, ...rest } = result;
        return { json: { ...rest, ...analysis, notes: result.notes }, text: formatReaders(result) };
      }),
    );
}

const known: readonly ReaderColumn[] = [
  'reader',
  'image_id',
  'answer',
  'confidence',
  'condition',
  'session',
  'truth',
  'lesion_id',
];

function parseColumns(text: string): Partial<Record<ReaderColumn, string>> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [column, name, ...more] = pair.split('=').map((part) => part.trim());
      if (!known.includes(column as ReaderColumn) || !name || more.length > 0)
        throw new InvalidArgumentError(`Expected pairs like reader=doctor, of ${known.join(', ')}.`);
      return [column, name];
    }),
  );
}
