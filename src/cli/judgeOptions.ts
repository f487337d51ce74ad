import { dirname, relative } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { usageError } from '../errors.js';
import { type Direction, directions } from '../evaluation/judging/assembleAnswers.js';
import { type OutputValues, outputValues } from '../evaluation/judging/outputValues.js';
import { type JoinRule, joinRules, type Unit, units } from '../evaluation/judging/units.js';
import { parseClassMap } from '../evaluation/outside/classMap.js';
import { type JudgeStepOptions, type JudgeStepResult, judgeStep } from '../node/steps/judge.js';
import { describeOverlap } from '../report/documents/modelCardJudgement.js';
import { ownIntervalWords, pointWords } from '../report/tables/judgedTables.js';
import type { CommandContext, CommandResult } from './commandContext.js';
import { type DataCommandOptions, dataOptions } from './dataOptions.js';
import { formatDecimal, formatEvaluation } from './formatEvaluation.js';
import { formatShare, withInterval } from './formatShare.js';
import { describeSkinTone } from './formatSkinTone.js';
import { formatTable } from './formatTable.js';
import { parseNumber } from './globalOptions.js';
import { optionName } from './optionName.js';
import {
  addPreprocessingOptions,
  givenPreprocessing,
  type PreprocessingCommandOptions,
} from './preprocessingOptions.js';
import { wrapWords } from './wrapWords.js';

/** Options of `evaluate` that are for somebody else's classifier. */
export interface JudgeCommandOptions extends PreprocessingCommandOptions {
  readonly truth?: string;
  readonly run?: string;
  readonly overwrite?: boolean;
  readonly idColumn?: string;
  readonly classColumn?: Readonly<Record<string, string>>;
  readonly scoreColumn?: string;
  readonly positive?: readonly string[];
  readonly values?: OutputValues;
  readonly direction?: Direction;
  readonly unit?: Unit;
  readonly join?: JoinRule;
  readonly calibrateOn?: string;
  readonly trainedOn?: string;
  readonly expected?: string;
  readonly threshold?: number;
  readonly prevalence?: number;
  readonly labelErrors?: number;
  readonly output?: string;
  readonly sealed?: boolean;
}

/** Options that `evaluate` has for all that it takes. */
export interface SharedOptions extends DataCommandOptions {
  readonly data?: string;
  readonly name?: string;
  readonly map?: string;
  readonly masks?: string;
  readonly skinTone: boolean;
  readonly excludeUnusable?: boolean;
  readonly resamples: number;
}

/** Camel-case names of the options that `addJudgeOptions` adds. */
const ownNames: string[] = [];
/** Those of them that are about a network's images. */
const networkNames: string[] = [];

/** Whether the first argument of `evaluate` is somebody else's classifier: a table of predictions, or a network's file. */
export const isJudgeable = (source: string): boolean => /\.(csv|tsv|tab|txt|onnx)$/i.test(source);

/** Adds the options by which somebody else's classifier is judged. */
export function addJudgeOptions(command: Command): Command {
  const before = command.options.length;
  command.optionsGroup("Of somebody else's classifier (a table of predictions, an ONNX file):");
  command
    .option(
      '--truth <data>',
      'what is true: a dataset (folder, zip or its table), or any table of id,label[,lesion,patient]',
    )
    .option('--run <folder>', 'folder for the results (default: "runs/judged-<name>")')
    .option('--overwrite', 'replace the run that the folder holds')
    .option('--id-column <name>', 'column of the images’ ids (default: guessed)')
    .option(
      '--class-column <name=class>',
      'which column is of which class; once for each, or with commas',
      collectPairs,
    )
    .option('--score-column <name>', 'column of one score, in place of one column a class')
    .option('--positive <classes>', 'classes for which yes is true, with commas between them', (text: string) =>
      text.split(',').map((id) => id.trim()),
    )
    .addOption(new Option('--values <kind>', 'what the numbers are (default: guessed)').choices(outputValues))
    .addOption(new Option('--direction <way>', 'of a score: high or low where yes is true').choices(directions))
    .addOption(new Option('--unit <unit>', 'what counts once (default: "image")').choices(units))
    .addOption(
      new Option('--join <rule>', 'how images of a lesion or patient are joined (default: "mean")').choices(joinRules),
    )
    .option(
      '--calibrate-on <part>',
      'fit temperature, sets and thresholds on: validation (the truth’s own), a table of other predictions, or a share to set aside, as 0.3',
    )
    .option(
      '--trained-on <list or data>',
      'images that it learned from: a table of ids (a run’s splits.csv: but its test images), or a dataset',
    )
    .option(
      '--expected <list or data>',
      'images that should have an answer (a run’s splits.csv: its test images; default: all of the truth)',
    )
    .option('--threshold <probability>', 'yes from here on; chosen before these images were seen', parseNumber(0, 1))
    .option('--prevalence <share>', 'how often yes is true where it would be used, as 0.02', parseNumber(0, 1))
    .option(
      '--label-errors <share>',
      'of truths not confirmed by histology, for bounds (default: 0.05)',
      parseNumber(0, 1),
    );
  const beforeNetwork = command.options.length;
  command.option('--output <name>', 'of a network: its output with the classes, where it has several');
  addPreprocessingOptions(command);
  const namesFrom = (place: number) => command.options.slice(place).map((option) => option.attributeName());
  ownNames.splice(0, ownNames.length, ...namesFrom(before));
  networkNames.splice(0, networkNames.length, ...namesFrom(beforeNetwork));
  return command;
}

/** @throws LesionlabError kind `usage` where an option for somebody else's classifier is given with a run */
export function refuseJudgeOptions(context: Pick<CommandContext, 'given'>, run: string): void {
  const given = ownNames.find((name) => context.given(name));
  if (given === undefined) return;
  throw usageError('option-of-judged', `${optionName(given)} is for somebody else's classifier, and ${run} is a run.`, {
    hint: 'Leave it out, or give a table of predictions (.csv, .tsv) or an ONNX file in place of the run.',
  });
}

/** Judges somebody else's classifier, as options say. */
export async function judgeFromOptions(
  context: CommandContext,
  source: string,
  options: JudgeCommandOptions & SharedOptions,
): Promise<CommandResult> {
  for (const name of ['split', 'checkpoint', 'submission', 'restrict'])
    if (context.given(name))
      throw usageError('option-of-run', `--${name} is for a run, and ${source} is somebody else's classifier.`, {
        hint: 'Leave it out.',
      });
  const truth = options.truth ?? options.data;
  if (truth === undefined)
    throw usageError('no-truth', `Nothing says what is true of the images that ${source} is about.`, {
      hint: 'Name it with --truth <data>: a dataset, or a table of id,label[,lesion,patient]. The images of an ONNX file are named with --data.',
    });
  if (options.truth !== undefined && options.data !== undefined)
    throw usageError('two-truths', '--truth and --data name the same thing for somebody else’s classifier.', {
      hint: 'Give one of them.',
    });
  const ofNetwork = networkNames.find((name) => context.given(name));
  if (ofNetwork !== undefined && !/\.onnx$/i.test(source))
    throw usageError('option-of-network', `${optionName(ofNetwork)} is about a network, and ${source} is a table.`, {
      hint: 'Leave it out.',
    });
  const { output, classNames, ...rest } = options;
  const images = await givenPreprocessing({ ...rest, classNames });
  const network = Object.fromEntries(Object.entries({ output, ...images }).filter(([, value]) => value !== undefined));
  const { idColumn, scoreColumn, positive, values, direction, unit, join, calibrateOn, trainedOn, expected } = options;
  const { threshold, prevalence, labelErrors, run, overwrite, name, excludeUnusable, resamples, masks } = options;
  const step: JudgeStepOptions = {
    ...{ source, truth, run, overwrite, name, excludeUnusable, resamples },
    ...{ idColumn, scoreColumn, positive, values, direction, unit, join, calibrateOn, trainedOn, expected },
    ...{ threshold, prevalence, labelErrors, masks, skinTone: options.skinTone },
    dataOptions: dataOptions(options),
    classColumns: options.classColumn,
    map: options.map === undefined ? undefined : Object.fromEntries(parseClassMap(options.map)),
    network: Object.keys(network).length > 0 ? network : undefined,
  };
  const result = await judgeStep(context, step);
  for (const words of result.evaluation.judgement.words) context.progress.note(words);
  return {
    json: {
      ...result.evaluation,
      ...{ subgroups: result.subgroups, run: result.run, report: result.report, files: result.files },
    },
    text: describe(result),
  };
}

function collectPairs(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const pairs = { ...earlier };
  for (const part of text.split(',')) {
    const at = part.lastIndexOf('=');
    if (at <= 0) throw new InvalidArgumentError('Expected name=class, as in p1=mel.');
    pairs[part.slice(0, at).trim()] = part.slice(at + 1).trim();
  }
  return pairs;
}

/** What people want to see first. */
function describe({ evaluation, subgroups, files, report }: JudgeStepResult): string {
  const { judgement } = evaluation;
  const { unit, flow, missing, questions } = judgement;
  return [
    wrapWords(unit.words, 80),
    wrapWords(`Trained on these images? ${judgement.overlap ? '' : 'Unknown. '}${describeOverlap(evaluation)}`, 80),
    '',
    formatEvaluation(evaluation),
    '',
    ...(missing
      ? [
          wrapWords(
            `${flow.missing} of ${flow.images} images have no answer. With them all wrong or all right the balanced accuracy is ${formatShare(missing.balancedAccuracy.worst)} to ${formatShare(missing.balancedAccuracy.best)}, the AUROC ${formatDecimal(missing.macroAuroc.worst)} to ${formatDecimal(missing.macroAuroc.best)}.`,
            80,
          ),
          '',
        ]
      : []),
    ...questions.flatMap(({ title, points }) => [
      `${title}${points.some(({ intervals }) => intervals) ? ', with 95% intervals' : ''}`,
      formatTable(
        ['yes where', 'sensitivity', 'specificity'],
        points.map((point) => [
          pointWords(point).replace(/^descriptive: (.*) on these images$/, '$1 *'),
          withInterval(point.sensitivity, point.intervals?.sensitivity),
          withInterval(point.specificity, point.intervals?.specificity),
        ]),
      ),
      ...(points.some(({ kind }) => kind === 'descriptive')
        ? ['* read off these very images: describes them, and promises nothing of others.']
        : []),
      '',
    ]),
    ...(questions.some(({ points }) => points.some(({ intervals }) => intervals))
      ? [wrapWords(`Sensitivities stand twice. ${ownIntervalWords}`, 80), '']
      : []),
    ...describeSkinTone(subgroups),
    `Wrote ${files.length} files into ${dirname(files[0])}, and ${relative(process.cwd(), report) || report}.`,
  ].join('\n');
}
