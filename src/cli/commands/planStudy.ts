import { readFile } from 'node:fs/promises';
import { Argument, type Command } from 'commander';
import { dataError, usageError } from '../../errors.js';
import { sizeForAurocWidth } from '../../evaluation/planning/aurocSize.js';
import { sizeForCalibration } from '../../evaluation/planning/calibrationSize.js';
import {
  componentsOfPilot,
  conjecturedComponents,
  lesionsForReaders,
  type ReaderComponents,
  readerPower,
} from '../../evaluation/planning/readerPower.js';
import {
  simulateAurocWidth,
  simulateCalibrationWidths,
  simulateDifferencePower,
  simulateReaderPower,
  simulateShareWidth,
} from '../../evaluation/planning/simulateStudies.js';
import {
  type StudySize,
  sizeForDifference,
  sizeForNonInferiority,
  sizeForShareWidth,
} from '../../evaluation/planning/studySize.js';
import type { EqualityTest } from '../../evaluation/readers/equalityTest.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { act, type CommandResult } from '../commandContext.js';
import { formatShare } from '../formatShare.js';
import { parseInteger, parseNumber } from '../globalOptions.js';
import { optionName } from '../optionName.js';

const aims = ['sensitivity', 'specificity', 'difference', 'auroc', 'readers', 'calibration'] as const;
type Aim = (typeof aims)[number];

interface Options {
  readonly expected?: number;
  readonly other?: number;
  readonly margin?: number;
  readonly width?: number;
  readonly prevalence: number;
  readonly imagesPerLesion: number;
  readonly correlation: number;
  readonly paired: number;
  readonly difference?: number;
  readonly readers?: number;
  readonly pilot?: string;
  readonly range: number;
  readonly power: number;
  readonly level: number;
  readonly simulate: number;
  readonly seed: number;
}

const shares: readonly Aim[] = ['sensitivity', 'specificity', 'auroc'];
/** Options that aren't of every plan, and whose they are. */
const belongs: Readonly<Record<string, readonly Aim[]>> = {
  width: [...shares, 'calibration'],
  other: ['difference'],
  margin: ['difference'],
  paired: ['difference'],
  imagesPerLesion: [...shares, 'difference'],
  correlation: [...shares, 'difference'],
  readers: ['readers'],
  difference: ['readers'],
  pilot: ['readers'],
  range: ['readers'],
  power: ['difference', 'readers'],
};

export function register(command: Command): void {
  command
    .addArgument(new Argument('<aim>', 'what the study is for').choices(aims))
    .option('--expected <share>', 'the sensitivity, specificity or AUROC that is expected', parseNumber(0, 1))
    .option('--width <share>', 'width of its 95% interval (calibration: of the slope’s, default 0.4)', parseNumber(0))
    .option('--other <share>', 'difference: what the other model reaches', parseNumber(0, 1))
    .option('--margin <share>', 'difference: show that it is not worse by more than this', parseNumber(0, 1))
    .option('--paired <correlation>', 'difference: of the two answers about an image', parseNumber(-1, 1), 0.3)
    .option('--prevalence <share>', 'share of lesions that are positive', parseNumber(0, 1), 0.2)
    .option('--images-per-lesion <mean>', 'images a lesion', parseNumber(1), 1)
    .option('--correlation <share>', 'of two images of one lesion', parseNumber(0, 1), 0.5)
    .option('--readers <count>', 'readers: how many there are', parseInteger(2))
    .option('--difference <AUROC>', 'readers: between conditions, to be found', parseNumber(0, 1))
    .option('--pilot <readers.json>', 'readers: variances of an earlier study, of `lesionlab readers --out`')
    .option('--range <AUROC>', 'readers: within which conditions move 95% of them apart', parseNumber(0, 1), 0.05)
    .option('--power <share>', 'chance to find what is there', parseNumber(0, 1), 0.8)
    .option('--level <share>', 'of intervals', parseNumber(0, 1), 0.95)
    .option('--simulate <studies>', 'to check the formula by; 0: none', parseInteger(0, 100_000), 500)
    .addHelpText(
      'after',
      `
docs/reader-studies.md has the formulas and their sources.

Examples:
  $ lesionlab plan-study sensitivity --expected 0.85 --width 0.1 --prevalence 0.1 --images-per-lesion 2
  $ lesionlab plan-study difference --expected 0.85 --other 0.75 --prevalence 0.1
  $ lesionlab plan-study difference --expected 0.85 --other 0.85 --margin 0.05
  $ lesionlab plan-study readers --expected 0.85 --difference 0.05 --readers 6
  $ lesionlab plan-study calibration --expected 0.8 --prevalence 0.1`,
    )
    .action(
      act(async (context, aim: Aim, options: Options) => {
        const strange = Object.entries(belongs).find(([name, aims]) => context.given(name) && !aims.includes(aim));
        if (strange) {
          throw usageError('plan-option', `${optionName(strange[0])} has nothing to do with ${aim}.`, {
            hint: `It belongs to ${strange[1].join(', ')}.`,
          });
        }
        const all = { ...options, seed: context.seed };
        if (aim === 'readers') return await planReaders(all);
        if (aim === 'calibration') return planCalibration(all);
        if (aim === 'difference') return planDifference(all);
        return planWidth(aim, all);
      }),
    );
}

function need(value: number | undefined, option: string, what: string): number {
  if (value !== undefined) return value;
  throw usageError('plan-needs', `This plan needs ${what}.`, { hint: `Give it with ${option}.` });
}

/** What the numbers rest on and nobody has measured yet: said with them, since another guess gives another study. */
function assumed({ level, imagesPerLesion, correlation }: Options, ...own: readonly string[]): string[] {
  return [
    ...own,
    imagesPerLesion === 1
      ? 'one image a lesion, lesions independent of each other'
      : `${imagesPerLesion} images a lesion on average, answers about two of one lesion correlated by ${correlation}; lesions independent of each other`,
    `intervals at ${formatShare(level)}`,
  ];
}

const simulation = ({ simulate, seed }: Options) => ({ studies: simulate, seed });
const decimal = (value: number) => value.toFixed(3);

function describeSize(size: StudySize, kind: string, { prevalence }: Options): string {
  const effect =
    size.designEffect > 1
      ? ` in ${formatCount(size.images)} images (design effect ${size.designEffect.toFixed(2)})`
      : '';
  return `${formatCount(size.lesions)} ${kind} lesions${effect}: ${formatCount(size.allLesions)} lesions in all, where ${formatShare(prevalence)} are positive.`;
}

function planWidth(aim: Exclude<Aim, 'readers' | 'calibration' | 'difference'>, options: Options): CommandResult {
  const { imagesPerLesion, correlation, level, prevalence, simulate } = options;
  const expected = need(options.expected, '--expected', `the ${aim} that is expected`);
  const width = need(options.width, '--width', 'the width of the interval that is wanted');
  const clustering = { imagesPerLesion, correlation, level };
  if (aim === 'auroc') {
    const of = { auroc: expected, prevalence, ...clustering };
    const size = sizeForAurocWidth(width, of);
    const simulated = simulate > 0 ? simulateAurocWidth(size.allLesions, of, simulation(options)) : null;
    return result(
      aim,
      size,
      { simulatedWidth: simulated },
      [
        describeSize(size, 'positive', options),
        ...(simulated === null
          ? []
          : [`In ${formatCount(simulate)} simulated studies the interval is ${decimal(simulated)} wide on average.`]),
      ],
      assumed(
        options,
        `a true AUROC of ${expected}`,
        `${formatShare(prevalence)} of lesions positive`,
        'scores of both kinds normally distributed with the same spread',
      ),
    );
  }
  const share = aim === 'sensitivity' ? prevalence : 1 - prevalence;
  const of = { share: expected, prevalence: share, ...clustering };
  const size = sizeForShareWidth(width, of);
  const simulated = simulate > 0 ? simulateShareWidth(size.lesions, of, simulation(options)) : null;
  return result(
    aim,
    size,
    { simulatedWidth: simulated },
    [
      describeSize(size, aim === 'sensitivity' ? 'positive' : 'negative', options),
      ...(simulated === null
        ? []
        : [`In ${formatCount(simulate)} simulated studies the interval is ${decimal(simulated)} wide on average.`]),
    ],
    assumed(options, `a true ${aim} of ${expected}`, `${formatShare(prevalence)} of lesions positive`),
  );
}

function planDifference(options: Options): CommandResult {
  const { imagesPerLesion, correlation, level, prevalence, paired, power, margin, simulate } = options;
  const share = need(options.expected, '--expected', 'the sensitivity that is expected');
  const other = need(options.other, '--other', 'the sensitivity that it is compared with');
  const of = { share, other, paired, power, prevalence, imagesPerLesion, correlation, level };
  const size = margin === undefined ? sizeForDifference(of) : sizeForNonInferiority(margin, of);
  const simulated = simulate > 0 ? simulateDifferencePower(size.lesions, of, { ...simulation(options), margin }) : null;
  const found = margin === undefined ? 'the difference is found' : `it is shown that it is not worse by ${margin}`;
  return result(
    'difference',
    size,
    { simulatedPower: simulated },
    [
      describeSize(size, 'positive', options),
      ...(simulated === null
        ? []
        : [`In ${formatCount(simulate)} simulated studies ${found} in ${formatShare(simulated)}.`]),
    ],
    assumed(
      options,
      `true sensitivities of ${share} and ${other}`,
      `both models’ answers about an image correlated by ${paired}`,
      `${formatShare(prevalence)} of lesions positive`,
      `a power of ${formatShare(power)}`,
      margin === undefined
        ? `a two-sided test at ${formatShare(1 - level)}`
        : `a one-sided test at ${formatShare((1 - level) / 2)}`,
    ),
  );
}

async function planReaders(options: Options): Promise<CommandResult> {
  const { prevalence, power, level, range, simulate } = options;
  const difference = need(options.difference, '--difference', 'the difference that is to be found');
  const components =
    options.pilot === undefined
      ? conjecturedComponents(
          need(options.expected, '--expected', 'the AUROC that is expected, or a pilot study (--pilot)'),
          prevalence,
          { range },
        )
      : await readPilot(options.pilot);
  const aim = { ...components, difference, power, level };
  const counts = options.readers === undefined ? [3, 4, 5, 6, 8, 10, 15, 20] : [options.readers];
  const rows = counts.map((readers) => {
    const lesions = lesionsForReaders(readers, aim);
    const enough = Number.isFinite(lesions);
    return {
      readers,
      lesions: enough ? lesions : null,
      power: enough ? readerPower(readers, lesions, aim) : null,
      simulatedPower: enough && simulate > 0 ? simulateReaderPower(readers, lesions, aim, simulation(options)) : null,
    };
  });
  const lines = rows.map(({ readers, lesions, simulatedPower }) =>
    lesions === null
      ? `${readers} readers: too few, however many lesions they read.`
      : `${readers} readers: ${formatCount(lesions)} lesions, read by all under both conditions${simulatedPower === null ? '' : `; found in ${formatShare(simulatedPower)} of ${formatCount(simulate)} simulated studies`}.`,
  );
  return result('readers', { components, studies: rows }, {}, lines, [
    `a true difference of ${difference} in AUROC, a power of ${formatShare(power)}, a two-sided test at ${formatShare(1 - level)}`,
    'every reader reads every lesion under both conditions, one image a lesion, readers and lesions drawn at random',
    options.pilot === undefined
      ? `an AUROC of ${options.expected}, ${formatShare(prevalence)} of lesions positive, correlations of readings as in Van Dyke’s study, conditions move 95% of readers within ${range} of each other`
      : `variances as in ${options.pilot}, with its share of positive lesions`,
  ]);
}

/** The AUROC's test of a study that `readers --out` wrote. */
async function readPilot(path: string): Promise<ReaderComponents> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw dataError('no-pilot', `Cannot read ${path}: ${cause.message}.`, {
      hint: 'Give the readers.json of an earlier study.',
      cause,
    });
  });
  let analysis: { lesions?: number; figures?: { figure: string; test: EqualityTest | null }[] } | undefined;
  try {
    analysis = JSON.parse(text)?.analysis;
  } catch {
    analysis = undefined;
  }
  const found = analysis?.figures?.find(({ figure, test }) => figure === 'auroc' && test !== null)?.test;
  if (!found || typeof analysis?.lesions !== 'number')
    throw dataError('no-pilot', `${path} has no comparison of AUROCs between conditions.`, {
      hint: 'It takes a study with confidences and two conditions: lesionlab readers <table> --out <folder>.',
    });
  return componentsOfPilot(found, analysis.lesions);
}

function planCalibration(options: Options): CommandResult {
  const { prevalence, level, simulate } = options;
  const auroc = need(options.expected, '--expected', 'the AUROC that is expected');
  const size = sizeForCalibration({ prevalence, auroc, slopeWidth: options.width, level });
  const widths =
    simulate > 0
      ? simulateCalibrationWidths(size.lesions, size.predictor, {
          ...simulation(options),
          studies: Math.min(simulate, 200),
          level,
        })
      : null;
  return result(
    'calibration',
    size,
    { simulatedWidths: widths },
    [
      `${formatCount(size.lesions)} lesions, ${formatCount(size.positives)} of them positive: ${formatCount(size.forRatio)} for observed over expected, ${formatCount(size.forSlope)} for the slope.`,
      ...(widths === null
        ? []
        : [
            `In simulated studies of that size the intervals are ${decimal(widths.ratio)} and ${decimal(widths.slope)} wide on average.`,
          ]),
    ],
    [
      `a true AUROC of ${auroc}, ${formatShare(prevalence)} of lesions positive`,
      'probabilities that are well calibrated, their logits normally distributed; one image a lesion, lesions independent of each other',
      `intervals at ${formatShare(level)}`,
    ],
  );
}

const result = (
  aim: Aim,
  size: object,
  more: object,
  lines: readonly string[],
  assumptions: readonly string[],
): CommandResult => ({
  json: { aim, ...size, ...more, assumptions },
  text: [...lines, 'Assumed:', ...assumptions.map((one) => `- ${one}`)].join('\n'),
});
