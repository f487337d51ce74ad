import { parseDocument } from 'yaml';
import { z } from 'zod';
import { usageError } from '../../errors.js';
import { joinRules, units } from '../judging/units.js';

/** Numbers that a plan may be about. */
export const plannedMetrics = ['sensitivity', 'specificity', 'accuracy', 'auroc', 'balancedAccuracy'] as const;
/** A number that a plan is about. */
export type PlannedMetric = (typeof plannedMetrics)[number];

const share = z.number().min(0).max(1);
const openShare = z.number().gt(0).lt(1);

const endpoint = z
  .strictObject({
    id: z.string().min(1),
    metric: z.enum(plannedMetrics),
    /** Better than what it is compared with, or not worse by more than the margin. */
    hypothesis: z.enum(['non-inferiority', 'superiority']),
    margin: openShare.optional(),
    /** The reference's predictions, or a value. */
    against: z.union([z.literal('reference'), share]),
    /** All primary endpoints must succeed; secondary ones are held together by Holm's rule. */
    role: z.enum(['primary', 'secondary']).default('primary'),
  })
  .refine(({ hypothesis, margin }) => (hypothesis === 'non-inferiority') === (margin !== undefined), {
    message: 'non-inferiority takes a margin, and superiority none',
  });

/** A plan of an analysis, written before the truth is opened: what `lesionlab seal` seals. */
export const analysisPlan = z
  .strictObject({
    name: z.string().min(1),
    /** A dataset, or a table of ids and labels; paths are relative to the plan. */
    truth: z.string(),
    /** A table of predictions, or an ONNX file. */
    predictions: z.string(),
    /** The same of what it is compared with. */
    reference: z.string().optional(),
    expected: z.string().optional(),
    unit: z.enum(units).default('image'),
    join: z.enum(joinRules).default('mean'),
    /** Classes of the truth that mean yes. */
    positive: z.array(z.string()).min(1).optional(),
    /** Yes from this probability on; the classifier's own answer where left out. */
    threshold: openShare.optional(),
    referenceThreshold: openShare.optional(),
    map: z.record(z.string(), z.string()).optional(),
    /** One-sided. */
    alpha: openShare.default(0.025),
    seed: z.int().default(0),
    resamples: z.int().min(200).default(2000),
    endpoints: z.array(endpoint).min(1),
    /** Groups in which one number is compared with that of all others, held together by the bootstrap's max-T. */
    subgroups: z
      .strictObject({
        fields: z.array(z.enum(['age', 'sex', 'localization', 'dxType'])).min(1),
        metric: z.enum(plannedMetrics),
      })
      .optional(),
  })
  .refine(({ endpoints }) => new Set(endpoints.map(({ id }) => id)).size === endpoints.length, {
    message: 'two endpoints have one id',
  })
  .refine(({ endpoints }) => endpoints.some(({ role }) => role === 'primary'), {
    message: 'one endpoint has to be primary',
  })
  .refine(
    ({ endpoints, reference }) => reference !== undefined || endpoints.every(({ against }) => against !== 'reference'),
    {
      message: 'an endpoint is against the reference, and there is none',
    },
  );
/** A plan of an analysis. */
export type AnalysisPlan = z.infer<typeof analysisPlan>;
/** One thing that a plan wants to show. */
export type PlannedEndpoint = AnalysisPlan['endpoints'][number];

/**
 * Reads a plan: YAML, of which JSON is a part.
 * @param name of the file, for messages
 * @throws LesionlabError kind `usage` that lists everything wrong with it
 */
export function readAnalysisPlan(text: string, name = 'analysis.yaml'): AnalysisPlan {
  const document = parseDocument(text, { maxAliasCount: 0 } as object);
  const refuse = (details: readonly string[]) =>
    usageError('bad-plan', `${name} is no plan of an analysis: ${details[0]}`, {
      details,
      hint: 'docs/judge.md has an example with everything that a plan may say.',
    });
  if (document.errors.length > 0) throw refuse(document.errors.map(({ message }) => message.split('\n')[0]));
  const parsed = analysisPlan.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw refuse(
    parsed.error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)),
  );
}
