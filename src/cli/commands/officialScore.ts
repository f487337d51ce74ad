import { type Command, Option } from 'commander';
import { usageError } from '../../errors.js';
import { type ChallengeId, challengeIds } from '../../evaluation/official/challenges.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { type OfficialScoreResult, officialScoreStep } from '../../node/steps/officialScore.js';
import { act } from '../commandContext.js';
import { formatTable } from '../formatTable.js';

interface Options {
  readonly challenge: ChallengeId;
  readonly truth?: string;
  readonly submission?: string;
}

export function register(command: Command): void {
  command
    .argument('<predictions>', 'a submission, or predictions.csv of a run')
    .addOption(new Option('--challenge <year>', 'whose score and form').choices(challengeIds).makeOptionMandatory())
    .option('--truth <table>', 'the challenge’s truth, with score_weight and validation_weight where it has them')
    .option('--submission <file>', 'write the predictions in the challenge’s form, checked')
    .addHelpText(
      'after',
      `
isic2016: average precision; isic2017: mean of two AUROCs; isic2018, isic2019: balanced accuracy, a highest
confidence that stands twice being wrong; isic2020: AUROC; isic2024: area above a sensitivity of 0.80.

Examples:
  $ lesionlab official-score answers.csv --challenge isic2019 --truth ISIC_2019_Test_GroundTruth.csv
  $ lesionlab official-score runs/first/evaluation/test/predictions.csv --challenge isic2018 --submission mine.csv`,
    )
    .action(
      act(async (_context, predictions: string, options: Options) => {
        if (options.truth === undefined && options.submission === undefined)
          throw usageError(
            'nothing-to-do',
            'Expected --truth to score against, or --submission to write; found neither.',
            {
              hint: 'Give the challenge’s truth with --truth.',
            },
          );
        const result = await officialScoreStep({ predictions, ...options });
        const { result: score, ...rest } = result;
        return { json: { ...rest, ...score }, text: describe(result) };
      }),
    );
}

function describe({ title, metric, result, files }: OfficialScoreResult): string {
  const digits = (value: number | null) => (value === null ? '–' : value.toFixed(6));
  return [
    ...(result
      ? [
          `${title}: ${metric} ${digits(result.score)} (${formatCount(result.images)} images count)`,
          ...(result.validation === null
            ? []
            : [`While the challenge ran, on its validation images: ${digits(result.validation)}`]),
          ...(result.undecided > 0
            ? [`${formatCount(result.undecided)} images have their highest confidence twice and count as wrong.`]
            : []),
          '',
          formatTable(
            ['column', 'images', 'score'],
            result.columns.map(({ column, images, value }) => [column, formatCount(images), digits(value)]),
          ),
        ]
      : []),
    ...(files.length > 0 ? [`Wrote ${files.join(', ')}, in the form of ${title}.`] : []),
  ].join('\n');
}
