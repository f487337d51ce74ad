import { type Command, Option } from 'commander';
import { type SplitName, splitNames } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import { type ChallengeId, challengeIds } from '../../evaluation/official/challenges.js';
import { parseClassMap } from '../../evaluation/outside/classMap.js';
import { type DataPaths, onePlace } from '../../node/dataset/openDatasets.js';
import { type CheckpointName, checkpointNames } from '../../node/run/checkpointFile.js';
import { type OverlapChoice, overlapChoices } from '../../node/run/overlapWithRun.js';
import { openRunFolder, readConfig } from '../../node/run/runFolder.js';
import { evaluateStep } from '../../node/steps/evaluate.js';
import { openSealedStep } from '../../node/steps/seal.js';
import { act, type CommandContext } from '../commandContext.js';
import {
  allowMissingOption,
  type DataCommandOptions,
  dataOptions,
  imageTypeOption,
  masksOption,
  movedDataOption,
  noSkinToneOption,
} from '../dataOptions.js';
import { describeAnalysis, describeOpenedBefore } from '../describeAnalysis.js';
import { describeEvaluation } from '../describeEvaluation.js';
import { parseInteger } from '../globalOptions.js';
import {
  addJudgeOptions,
  isJudgeable,
  type JudgeCommandOptions,
  judgeFromOptions,
  refuseJudgeOptions,
} from '../judgeOptions.js';
import { notices } from '../notices.js';

interface Options extends JudgeCommandOptions, DataCommandOptions {
  readonly split?: SplitName;
  readonly checkpoint: CheckpointName;
  readonly submission?: boolean;
  readonly challenge?: ChallengeId;
  readonly resamples: number;
  readonly data?: DataPaths;
  readonly name?: string;
  readonly map?: string;
  readonly restrict?: boolean;
  readonly excludeUnusable?: boolean;
  readonly overlap?: OverlapChoice;
  readonly masks?: string;
  readonly skinTone: boolean;
}

export function register(command: Command): void {
  command
    .argument(
      '<run or predictions>',
      'run folder; a table of predictions (.csv, .tsv) or an ONNX file of somebody else; a sealed plan (.yaml)',
    )
    // No default here: with external data there is no split, and one that is asked for is refused.
    .addOption(new Option('--split <name>', 'which images (default: "test")').choices(splitNames))
    .addOption(
      new Option('--checkpoint <name>', 'best on validation, or last').choices(checkpointNames).default('best'),
    )
    .option('--submission', 'also write isic-submission.csv, as an ISIC challenge wants it')
    .addOption(
      new Option('--challenge <year>', 'whose form --submission has (default: "isic2018")').choices(challengeIds),
    )
    .option('--resamples <count>', 'bootstrap resamples behind the intervals, 0 for none', parseInteger(0), 2000)
    .addOption(
      movedDataOption(
        'other data to evaluate, or where the run’s own lies now, if it has been moved (once for each dataset that was joined); of an ONNX file its images',
        '--data <folder or table>',
      ),
    )
    .option(
      '--name <name>',
      'of other data: its folder in evaluation/ (default: after the folder or table); of somebody else’s classifier its name',
    )
    .option(
      '--map <theirs=ours,...>',
      'of other data or a truth: which class of the model each of its classes is, x= leaves x out; of a classifier: which class an output is of',
      (pairs: string, earlier?: string) => (earlier === undefined ? pairs : `${earlier},${pairs}`),
    )
    .option('--restrict', 'of other data: also score as if only the classes that it has could be answered')
    .option(
      '--exclude-unusable',
      'go on without images that cannot be used; of a table, count rows that cannot be read as without an answer',
    )
    .addOption(
      new Option(
        '--overlap <how>',
        'of other data: what to do with images that the network learned from, which are refused otherwise',
      ).choices(overlapChoices),
    )
    .option('--sealed', 'open the truth of a plan that `seal` sealed, once')
    .addOption(masksOption())
    .addOption(noSkinToneOption())
    .addOption(imageTypeOption('of other data: '))
    .addOption(allowMissingOption('of other data: '));
  addJudgeOptions(command)
    .addHelpText(
      'after',
      `
Writes evaluation/<split>/ into the run folder. Each look at the test split is counted in
evaluation/test/log.jsonl: make every choice on validation, and look at test once.

--data with other images than the run's: they are evaluated whole, as evaluation/<name>/, and the
results compared with the test split's, once that has been evaluated. It takes a folder in any layout
that the other commands take, or a table (image_id,dx) whose images lie beside or below it.

A table of predictions of any tool (an id, and one column a class or one score) or an ONNX file is
judged against --truth or --data, and becomes a run folder of its own with report.html. What had to be
guessed is said: docs/judge.md.

Examples:
  $ lesionlab evaluate runs/first
  $ lesionlab evaluate runs/first --split validation --checkpoint last --json
  $ lesionlab evaluate runs/first --data clinic --map melanoma=mel,nevus=nv,scar= --restrict
  $ lesionlab evaluate predictions.csv --truth HAM10000_metadata.csv --trained-on train.csv
  $ lesionlab evaluate scores.csv --truth truth.csv --positive mel --unit lesion --calibrate-on 0.3
  $ lesionlab evaluate net.onnx --data ham10000 --map 0=mel,1=nv,2=bcc`,
    )
    .action(
      act(async (context, run: string, options: Options) => {
        if (isPlan(run)) {
          const { record, file } = await openPlan(context, run, options.sealed);
          return {
            json: { ...record, file },
            text: [
              describeAnalysis(record.result),
              '',
              ...describeOpenedBefore(record.openedBefore ?? []),
              `Wrote ${file}.`,
            ].join('\n'),
          };
        }
        if (options.sealed)
          throw usageError('sealed-of-plan', `--sealed opens a plan (.yaml), and ${run} is none.`, {
            hint: 'Leave it out.',
          });
        if (isJudgeable(run)) return judgeFromOptions(context, run, { ...options, data: onePlace(options.data) });
        refuseJudgeOptions(context, run);
        if (options.challenge !== undefined && !options.submission)
          throw usageError(
            'challenge-alone',
            '--challenge says in which form --submission is written; there is no --submission.',
            {
              hint: 'Add --submission, or score predictions with `lesionlab official-score`.',
            },
          );
        const map = options.map === undefined ? undefined : Object.fromEntries(parseClassMap(options.map));
        const result = await evaluateStep(context, { run, ...options, map, dataOptions: dataOptions(options) });
        for (const line of notices(await readConfig(await openRunFolder(run)))) context.progress.note(line);
        return {
          json: {
            ...result.evaluation,
            checkpoint: result.checkpoint,
            subgroups: result.subgroups,
            files: result.files,
          },
          text: describeEvaluation(result),
        };
      }),
    );
}

/** Whether the first argument is a plan of an analysis. */
const isPlan = (path: string): boolean => /\.(ya?ml)$/i.test(path);

/** @throws LesionlabError kind `usage` where nobody said that the truth is to be opened */
async function openPlan(context: CommandContext, plan: string, sealed = false) {
  if (sealed) return await openSealedStep(context, plan);
  throw usageError('unsealed-plan', `${plan} is a plan: its truth is opened once, after it was sealed.`, {
    hint: `Seal it with \`lesionlab seal ${plan}\`, then say --sealed.`,
  });
}
