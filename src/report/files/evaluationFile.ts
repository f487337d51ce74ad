import { z } from 'zod';
import type { Evaluation } from '../../evaluation/evaluate.js';
import type { SkinToneSummary } from '../../evaluation/metrics/skinTones.js';
import type { SubgroupEvaluation } from '../../evaluation/metrics/subgroups.js';
import { judgementFile } from './judgementFile.js';
import { count, each, imagesAndLesions, interval, number, numberOrNull, text, texts } from './numbers.js';

const classNumbers = ['recall', 'precision', 'specificity', 'f1', 'auroc'] as const;
const laterClassNumbers = ['negativePredictiveValue', 'averagePrecision'] as const;
const questionNumbers = [
  'auroc',
  'averagePrecision',
  'sensitivityAt90Specificity',
  'sensitivityAt95Specificity',
] as const;
const mainNumbers = [
  'accuracy',
  'balancedAccuracy',
  'macroF1',
  'loss',
  'matthewsCorrelation',
  'brierScore',
  'calibrationError',
] as const;

const intervals = z.looseObject({
  method: text,
  level: number,
  resamples: number,
  seed: number,
  ...each(mainNumbers, interval),
  auroc: z.looseObject({ macro: interval, perClass: z.record(text, interval) }),
  averagePrecision: z.looseObject({ macro: interval }),
  perClass: z.array(z.looseObject({ dx: text, ...each([...classNumbers, ...laterClassNumbers], interval) })),
  questions: z.array(z.looseObject({ id: text, ...each(questionNumbers, interval) })),
  notes: texts,
});

const spread = z.looseObject({
  values: z.array(numberOrNull),
  mean: numberOrNull,
  deviation: numberOrNull,
  interval,
});
const seedSpread = z.looseObject({
  method: text,
  seeds: z.array(number),
  ...each(['accuracy', 'balancedAccuracy', 'macroF1', 'macroAuroc', 'loss'], spread),
});

const quality = z.looseObject({
  ...each(['loss', 'brierScore', 'calibrationError'], number),
  intervals: z.looseObject(each(['loss', 'brierScore', 'calibrationError'], interval)).nullable(),
  bins: z.array(
    z.looseObject({ low: number, high: number, images: number, confidence: numberOrNull, accuracy: numberOrNull }),
  ),
});
const calibration = z.looseObject({
  temperature: number,
  before: quality,
  after: quality,
  priorShift: z
    .looseObject({ factors: z.array(number), accuracy: number, balancedAccuracy: number, quality })
    .optional(),
  conformal: z.array(
    z.looseObject({
      ...each(['level', 'coverage', 'meanSize', 'single', 'empty'], number),
      perClass: z.array(numberOrNull),
      rules: z
        .looseObject({
          level: number,
          imagesNeeded: number,
          classes: z.array(z.looseObject({ id: text, images: number, threshold: numberOrNull })),
        })
        .optional(),
    }),
  ),
});
const outOfDistribution = z.looseObject({
  threshold: number,
  trainingImages: number,
  falseAlarms: z.looseObject({ images: number, rate: number, interval }),
  hits: z.array(z.looseObject({ kind: text, images: number, rate: number })),
});

/** Paired differences of two models on the same images. */
const comparison = imagesAndLesions.extend({
  level: number,
  resamples: number,
  metrics: z.array(z.looseObject({ metric: text, first: number, second: number, difference: number, interval })),
  mcNemar: z.looseObject({ onlyFirst: number, onlySecond: number, pValue: number }),
});

export const evaluationShape = z
  .looseObject({
    split: text,
    images: count,
    lesions: count,
    classes: texts,
    ...each(mainNumbers, number),
    auroc: z.looseObject({ macro: numberOrNull, perClass: z.record(text, numberOrNull) }),
    perClass: z
      .array(
        z.looseObject({
          dx: text,
          name: text,
          support: count,
          lesions: count,
          ...each([...classNumbers, ...laterClassNumbers], numberOrNull),
        }),
      )
      .min(1),
    averagePrecision: z.looseObject({ macro: numberOrNull }),
    absentClasses: texts.optional(),
    notes: texts.optional(),
    questions: z.array(
      z.looseObject({
        id: text,
        title: text,
        classes: texts,
        support: count,
        lesions: count,
        ...each(questionNumbers, numberOrNull),
      }),
    ),
    confusionMatrix: z.array(z.array(number)),
    calibration: calibration.nullable(),
    outOfDistribution: outOfDistribution.nullable(),
    ensemble: z
      .looseObject({
        bestMember: z.looseObject({ run: text, validationBalancedAccuracy: number }),
        comparison: comparison.nullable(),
        seeds: seedSpread.optional(),
      })
      .optional(),
    testTimeAugmentation: z.looseObject({ views: text, comparison }).optional(),
    metadata: z.looseObject({ comparison, columns: z.array(z.looseObject({ name: text, comparison })) }).optional(),
    intervals: intervals.nullable(),
    judgement: judgementFile.optional(),
  })
  .superRefine(
    ({ classes, perClass, confusionMatrix, auroc, intervals: own, questions, calibration: sets }, context) => {
      const ids = classes.join(' ');
      const require = (holds: boolean, path: string, message: string) => {
        if (!holds) context.addIssue({ code: 'custom', path: [path], message });
      };
      require(perClass.map(({ dx }) => dx).join(' ') === ids, 'perClass', `expected one for each of ${ids}`);
      const square = confusionMatrix.every((row) => row.length === classes.length);
      require(square &&
        confusionMatrix.length === classes.length, 'confusionMatrix', `expected ${classes.length} rows and columns`);
      require(classes.every((id) => id in auroc.perClass), 'auroc', `expected one for each of ${ids}`);
      if (sets)
        require(sets.conformal.every(
          (set) => set.perClass.length === classes.length,
        ), 'calibration', `expected ${classes.length} classes`);
      if (!own) return;
      require(own.perClass.map(({ dx }) => dx).join(' ') === ids, 'intervals', `expected one for each of ${ids}`);
      require(classes.every((id) => id in own.auroc.perClass), 'intervals', `expected AUROCs for each of ${ids}`);
      require(own.questions.map(({ id }) => id).join(' ') ===
        questions.map(({ id }) => id).join(' '), 'intervals', 'expected those of the same questions');
    },
  );

/** evaluation.json, of whatever was evaluated. */
export const evaluationFile = evaluationShape as unknown as z.ZodType<Evaluation>;

/** skin-tone.json. */
export const skinToneFile = z.looseObject({
  images: count,
  lesions: count,
  bands: z.array(z.looseObject({ name: text, images: count, lesions: count })),
  without: z.record(z.string(), count),
}) as unknown as z.ZodType<SkinToneSummary>;

/** subgroups.json. */
export const subgroupsFile = z.array(
  z.looseObject({
    field: text,
    value: text,
    images: count,
    lesions: count,
    accuracy: number,
    balancedAccuracy: number,
    classes: count,
    melanoma: z.looseObject({ recall: number, lesions: number, interval }).nullable(),
    intervals: z.looseObject({ accuracy: interval, balancedAccuracy: interval }).nullable(),
    warning: text.nullable(),
  }),
) as unknown as z.ZodType<SubgroupEvaluation[]>;
