import { z } from 'zod';
import { counts, each, interval, number, numberOrNull, text, texts } from './numbers.js';

const bounded = z.looseObject(each(['scored', 'worst', 'best'], numberOrNull));
const missing = z.looseObject({
  missing: number,
  byClass: counts,
  ...each(['accuracy', 'balancedAccuracy', 'macroAuroc'], bounded),
  perClass: z.array(z.looseObject({ dx: text, recall: bounded, auroc: bounded })),
});

const overlap = z.looseObject({
  source: text,
  ...each(['listed', 'images', 'sameLesion', 'samePatient'], number),
  withoutThem: z
    .looseObject({ ...each(['images', 'accuracy', 'balancedAccuracy'], number), macroAuroc: numberOrNull })
    .nullable(),
});

const fitted = z.looseObject({
  on: text,
  ...each(['images', 'lesions', 'resamples'], number),
  temperature: interval,
  coverage: z.array(z.looseObject({ level: number, interval })),
});

// Shares of nothing are no numbers, which JSON writes as null.
const pair = z.tuple([numberOrNull, numberOrNull]);
const predictiveValues = z.looseObject({
  prevalence: number,
  ...each(['positive', 'negative'], numberOrNull),
  ...each(['positiveInterval', 'negativeInterval'], pair),
  adjusted: z.boolean(),
});
const point = z.looseObject({
  kind: z.enum(['answer', 'given', 'fitted', 'descriptive']),
  target: z.looseObject({ reach: z.enum(['sensitivity', 'specificity']), value: number }).nullable(),
  ...each(['threshold', 'sensitivity', 'specificity'], numberOrNull),
  intervals: z.looseObject(each(['sensitivity', 'specificity'], interval)).nullable(),
  observed: predictiveValues.nullable(),
  stated: predictiveValues.extend(each(['netBenefit', 'netBenefitOfAll'], numberOrNull)).nullable(),
});
const question = z.looseObject({
  id: text,
  title: text,
  classes: texts,
  positives: number,
  images: number,
  points: z.array(point),
});

const calibrationNumbers = ['intercept', 'slope', 'observedOverExpected'] as const;
const calibration = z.looseObject({
  id: text,
  title: text,
  scaled: z.boolean(),
  ...each(calibrationNumbers, numberOrNull),
  intervals: z.looseObject(each(calibrationNumbers, interval)).nullable(),
  curve: z.array(z.looseObject({ probability: number, observed: number, interval: interval.optional() })),
  // Not written by earlier versions.
  histogram: z.looseObject({ yes: z.array(number), all: z.array(number) }).optional(),
  stated: z.looseObject({ ...each(calibrationNumbers, numberOrNull), prevalence: number }).nullable(),
});

const labelNumber = z.looseObject({ value: numberOrNull, interval });
const bound = z.looseObject(each(['value', 'lowest', 'highest'], numberOrNull));
const labels = z.looseObject({
  counts: z.record(text, counts),
  histologyAlone: z
    .looseObject({
      images: number,
      classes: texts,
      ...each(['accuracy', 'balancedAccuracy', 'macroAuroc'], labelNumber),
      questions: z.array(z.looseObject({ id: text, title: text, auroc: labelNumber })),
    })
    .nullable(),
  bounds: z
    .looseObject({
      ...each(['share', 'wrong', 'unconfirmed'], number),
      accuracy: bound,
      questions: z.array(z.looseObject({ id: text, title: text, sensitivity: bound, specificity: bound })),
    })
    .nullable(),
});

/** What evaluation.json holds of somebody else's classifier. */
export const judgementFile = z.looseObject({
  unit: z.looseObject({
    of: text,
    join: text.nullable(),
    clusters: text,
    clusterCount: number,
    largestCluster: number,
    words: text,
  }),
  flow: z.looseObject(each(['images', 'missing', 'setAside', 'scoredImages', 'scoredUnits'], number)),
  missing: missing.nullable(),
  overlap: overlap.nullable(),
  fitted: fitted.nullable(),
  questions: z.array(question),
  calibration: z.array(calibration),
  prevalence: numberOrNull,
  labels: labels.nullable(),
  orderOnly: z.boolean(),
  words: texts,
});
