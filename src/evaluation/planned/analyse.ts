import { dataError } from '../../errors.js';
import { normalBound } from '../distributions/normal.js';
import { tBound, tTails } from '../distributions/studentT.js';
import { fewLesions } from '../metrics/intervals.js';
import type { Predictions } from '../predictions/predictions.js';
import { takeRows } from '../predictions/takeRows.js';
import type { AnalysisPlan, PlannedEndpoint, PlannedMetric } from './analysisPlan.js';
import { compareGroups, type GroupRecords, type SubgroupResult } from './compareGroups.js';
import { holm } from './multiplicity.js';
import { clustersBehind, jackknife, measure, openSide, testWithoutSpread } from './plannedSide.js';

/** What came of an endpoint. */
export interface EndpointResult extends Pick<PlannedEndpoint, 'id' | 'metric' | 'hypothesis' | 'margin' | 'role'> {
  readonly value: number;
  /** Of the reference, or the value that was set. */
  readonly against: number;
  readonly difference: number;
  /** By leaving out one cluster at a time. */
  readonly standardError: number;
  /** One-sided bound of the difference at 1 - alpha, below it. */
  readonly lowerBound: number;
  /** One-sided, of the difference against minus the margin, or 0. */
  readonly pValue: number;
  /** Holm's, of secondary endpoints; null of primary ones, all of which must succeed. */
  readonly adjusted: number | null;
  readonly success: boolean;
}

/** What came of a plan. */
export interface AnalysisResult {
  readonly name: string;
  readonly units: number;
  readonly clusters: number;
  /** Units that only one side has an answer for: left out. */
  readonly leftOut: number;
  readonly endpoints: readonly EndpointResult[];
  /** Whether every primary endpoint succeeded. */
  readonly success: boolean;
  readonly subgroups: readonly SubgroupResult[];
  /** Sentences for readers. */
  readonly notes: readonly string[];
}

/** Predictions of units with the metadata of each, and of the reference. */
export interface AnalysisInput {
  readonly predictions: Predictions;
  readonly reference: Predictions | null;
  readonly recordOf: GroupRecords;
}

/**
 * Does what a plan says: each endpoint by a one-sided test of its difference, with standard errors that leave out one cluster at a time and Student's t; primary endpoints must all
 * succeed (so that none is adjusted), secondary ones are adjusted by Holm, groups by max-T.
 * @throws LesionlabError kind `usage` where a plan's question can't be asked of the classes; kind `data` where classes differ under a balanced
 *   accuracy, or no unit is on both sides
 */
export function analysePlan(plan: AnalysisPlan, input: AnalysisInput): AnalysisResult {
  const { predictions, reference, leftOut } = pair(input.predictions, input.reference);
  const needs = (metric: PlannedMetric) =>
    plan.endpoints.some((own) => own.metric === metric && own.against === 'reference');
  if (reference && needs('balancedAccuracy')) refuseOtherClasses(predictions, reference);
  const own = openSide(predictions, plan, plan.threshold);
  const other = reference && openSide(reference, plan, plan.referenceThreshold ?? plan.threshold);
  const z = normalBound(1 - 2 * plan.alpha);
  const found = plan.endpoints.map((endpoint) => {
    const against = endpoint.against === 'reference' ? other! : null;
    const value = measure(own, endpoint.metric);
    const compared = against ? measure(against, endpoint.metric) : (endpoint.against as number);
    const difference = value - compared;
    const { standardError, freedom } = jackknife(own, against, endpoint.metric);
    const distance = difference + (endpoint.margin ?? 0);
    const test =
      standardError > 0
        ? {
            pValue: upperTail(distance / standardError, freedom),
            lowerBound: difference - tBound(1 - 2 * plan.alpha, freedom) * standardError,
          }
        : testWithoutSpread({
            value,
            compared,
            paired: against !== null,
            margin: endpoint.margin ?? 0,
            z,
            clusters: clustersBehind(own, endpoint.metric),
          });
    return { endpoint, value, compared, difference, standardError, ...test };
  });
  const secondary = found.filter(({ endpoint }) => endpoint.role === 'secondary');
  const adjusted = holm(secondary.map(({ pValue }) => pValue));
  const endpoints = found.map(
    ({ endpoint: { id, metric, hypothesis, margin, role }, compared, ...rest }): EndpointResult => {
      const place = secondary.findIndex((entry) => entry.endpoint.id === id);
      const held = place < 0 ? null : adjusted[place];
      return {
        id,
        metric,
        hypothesis,
        margin,
        role,
        ...rest,
        against: compared,
        adjusted: held,
        success: (held ?? rest.pValue) < plan.alpha,
      };
    },
  );
  const { subgroups, untested } = plan.subgroups
    ? compareGroups(plan, predictions, input.recordOf)
    : { subgroups: [], untested: 0 };
  const success = endpoints.every((entry) => entry.role !== 'primary' || entry.success);
  return {
    name: plan.name,
    units: own.scored.images,
    clusters: own.scored.clusters,
    leftOut,
    endpoints,
    success,
    subgroups,
    notes: [
      `One-sided tests at ${plan.alpha}; standard errors by leaving out one lesion (or patient) at a time, with Student’s t. Primary endpoints must all succeed, which needs no adjustment; secondary ones are adjusted by Holm and confirm nothing unless the primary ones succeeded.`,
      ...(leftOut > 0 ? [`${leftOut} units with an answer of one side only were left out.`] : []),
      ...(untested > 0
        ? [
            `${untested} of ${subgroups.length} groups have no test: they or all others have fewer than ${fewLesions} lesions (or patients) that ${plan.subgroups!.metric} rests on.`,
          ]
        : []),
      ...(!success && secondary.length > 0 ? ['A primary endpoint failed: secondary ones are exploratory.'] : []),
    ],
  };
}

/** The share of Student's t distribution above t. */
const upperTail = (t: number, freedom: number): number => (t < 0 ? 1 - tTails(t, freedom) / 2 : tTails(t, freedom) / 2);

/** The units that both sides have, in one order. */
function pair(predictions: Predictions, reference: Predictions | null) {
  if (!reference) return { predictions, reference, leftOut: 0 };
  const rowOf = new Map(reference.imageIds.map((id, i) => [id, i]));
  const rows = [...predictions.imageIds.keys()].filter((i) => rowOf.has(predictions.imageIds[i]));
  if (rows.length === 0)
    throw dataError('other-images', 'No image has an answer of both the classifier and its reference.', {
      hint: 'Both tables have to be about the same images.',
    });
  const ids = rows.map((i) => predictions.imageIds[i]);
  return {
    predictions: takeRows(predictions, rows),
    reference: takeRows(
      reference,
      ids.map((id) => rowOf.get(id)!),
    ),
    leftOut: predictions.imageIds.length + reference.imageIds.length - 2 * rows.length,
  };
}

function refuseOtherClasses(a: Predictions, b: Predictions): void {
  const [own, other] = [a, b].map(({ classes }) =>
    classes
      .map(({ id }) => id)
      .sort()
      .join(', '),
  );
  if (own !== other)
    throw dataError('other-classes', `Balanced accuracies over different classes are not compared: ${own}; ${other}.`, {
      hint: 'Plan a question with two answers instead, or map both to the same classes.',
    });
}
