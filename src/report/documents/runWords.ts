import type { Exploration, MissingValues } from '../../data/audit/exploration.js';
import { type SplitName, splitNames } from '../../data/dataset.js';
import type { SplitsSummary } from '../../data/groups/splitsJson.js';
import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import type { ExternalEvaluation } from '../../evaluation/outside/externalEvaluation.js';
import type { Recipe, RunConfig } from '../../training/recipe/config.js';
import { replacedLooks } from '../countTestLooks.js';
import { describeFitting } from '../describeFitting.js';
import { describeVariation } from '../describeVariation.js';
import { formatCount, formatCountOf, formatList, formatPercent } from '../format.js';
import { fileName } from '../html.js';
import type { ReportInput } from '../reportInput.js';

/** What documents are written from: what a report is, less its pictures. */
export type DocumentInput = Pick<
  ReportInput,
  | 'config'
  | 'runFolder'
  | 'exploration'
  | 'splits'
  | 'records'
  | 'evaluation'
  | 'subgroups'
  | 'skinTones'
  | 'externals'
  | 'testLooks'
  | 'explanations'
  | 'writtenBy'
>;

export const splitTitles: Readonly<Record<SplitName, string>> = {
  train: 'Training',
  validation: 'Validation',
  test: 'Test',
};

/** What temperature and prediction sets were fitted on. */
export const fittedOn = (evaluation: Evaluation): string =>
  isJudgedEvaluation(evaluation) ? (evaluation.judgement.fitted?.on ?? 'nothing') : 'the validation images';

/** `train: 6,409 images of 4,780 lesions`, for each split. */
export function splitSizes({ images, lesions, hasLesionIds }: SplitsSummary): string[] {
  return splitNames.map(
    (name) =>
      `${splitTitles[name]}: ${formatCountOf(images[name], 'image')}${hasLesionIds ? ` of ${formatCountOf(lesions[name], 'lesion')}` : ''}.`,
  );
}

/** By which rule the data were divided, a sentence; empty for runs of earlier versions, which don't say. */
export function describeSplitRule({ split }: Pick<RunConfig, 'split'>): string {
  if (!split) return '';
  const { rule, groupedBy, stratified } = split;
  const units = { patient: 'by whole patients and lesions', lesion: 'by whole lesions', image: 'image by image' };
  const unit = units[groupedBy];
  const near = split.nearDuplicates ? ' Images that are nearly the same were looked for and kept together.' : '';
  if (rule.kind === 'official' || rule.kind === 'test-on') {
    const whose =
      rule.kind === 'official' ? "As the data's makers divided them" : `All images of ${rule.source} are the test part`;
    const mended =
      rule.mend === 'keep'
        ? ', whatever belongs together'
        : ', less images of the earlier parts whose patient, lesion or copy is in a later one';
    return `${whose}${rule.kind === 'official' && rule.mend === undefined ? '' : mended}; what is missing was drawn ${unit}.${near}`;
  }
  if (rule.kind === 'file') {
    const mended =
      rule.mend === 'drop-from-train'
        ? ', less images of the earlier parts that belong together with images of a later one'
        : '';
    return `Divided as the split file ${rule.file} (SHA-256 ${rule.sha256}) says${mended}.${near}`;
  }
  const mix = stratified ? ', each diagnosis in about the same proportion in every part' : '';
  const fold = rule.kind === 'fold' ? ` Fold ${rule.fold + 1} of ${rule.folds} is the test part.` : '';
  return `Divided ${unit}${mix}.${fold}${near}`;
}

/** How the data were divided, and what was counted on both sides. */
export function describeSplit({
  leakage,
  hasLesionIds,
  seed,
  ratios,
  shares: got,
  linked,
  rule,
}: SplitsSummary): string {
  // Of a division that others made, what was asked for says nothing.
  const given = rule !== undefined && ['official', 'test-on', 'file'].includes(rule.kind);
  const shares = splitNames.map(
    (name) => `${formatPercent((given ? got : ratios)[name], 0)} ${splitTitles[name].toLowerCase()}`,
  );
  const clean = leakage.lesions === 0 && leakage.images === 0;
  const copies =
    linked.length > 0 ? ` ${formatCountOf(linked.length, 'group')} of identical files were kept together.` : '';
  return `${given ? 'That is' : `Divided with seed ${seed} into`} ${formatList(shares)}. Counted afterwards: ${
    hasLesionIds ? `${formatCountOf(leakage.lesions, 'lesion')} and ` : ''
  }${formatCountOf(leakage.images, 'image')} in more than one part${
    clean ? '' : ', so results on the test images are too good'
  }.${copies}${hasLesionIds ? '' : ' The data have no lesion ids, so the same lesion may be in more than one part.'}`;
}

/** Which diagnoses of data from elsewhere were taken for which of the run's, a sentence or two. */
export function describeMapping({ external: { map, leftOut } }: ExternalEvaluation): string {
  const renamed = Object.entries(map).filter(([theirs, ours]) => ours !== null && ours !== theirs);
  const parts = [
    renamed.length > 0
      ? `Diagnoses taken as: ${renamed.map(([theirs, ours]) => `${theirs} as ${ours}`).join(', ')}; others by the same names.`
      : 'Diagnoses have the same names there.',
    leftOut.length > 0
      ? `Left out: ${leftOut.map(({ id, images }) => `${id} (${formatCountOf(images, 'image')})`).join(', ')}.`
      : '',
  ];
  return parts.filter(Boolean).join(' ');
}

/** What is done to every image before the network sees it. */
export function describePreprocessing({ preprocessing: p }: Pick<RunConfig, 'preprocessing'>): string {
  const triple = (values: readonly number[]) => values.map((value) => value.toFixed(4)).join(', ');
  const order = p.channelOrder === 'bgr' ? ' (blue first)' : '';
  return `Resized to ${p.imageSize} × ${p.imageSize} pixels (${describeFitting(p)}; ${p.resize.replace(
    '-',
    ', ',
  )}); channels${order} less ${triple(p.mean)}, divided by ${triple(p.std)} (${p.statistics}).`;
}

/** How training images are varied, a sentence. */
export function describeAugmentation({ augmentation }: Recipe): string {
  const ways = describeVariation(augmentation);
  return ways.length > 0
    ? `Training images are ${formatList(ways)}, at random.`
    : 'Training images are shown as they are, without variation.';
}

/** Counts of each column's missing values; empty where the data were not explored. */
export function describeMissing(exploration: Exploration | null): string[] {
  return (exploration?.missingValues ?? [])
    .filter(({ missing, unknown }) => missing + unknown > 0)
    .map(
      ({ column, missing, unknown, share }: MissingValues) =>
        `${column}: ${formatCount(missing)} missing, ${formatCount(unknown)} unknown (${formatPercent(share)} of rows).`,
    );
}

/** Which weights were evaluated on the test split, how often, and whether that invites choosing by it. */
export function describeLooks({ testLooks, explanations, evaluation }: DocumentInput): string[] {
  if (!testLooks || testLooks.times === (testLooks.replaced ?? 0))
    return [
      evaluation
        ? 'How often the test images were evaluated is not on record.'
        : `The test images have not been evaluated in this run.${testLooks?.replaced ? ` They were evaluated by runs that the folder held before (${formatCount(testLooks.replaced)} times; evaluation/test/log.jsonl).` : ''}`,
    ];
  const { times, weights, checkpoint, epoch, sha256 } = testLooks;
  const lines = [
    times === 1
      ? `Once (evaluation/test/log.jsonl)${checkpoint === 'judged' ? ' in this folder; looks elsewhere are not on record' : ''}.`
      : `${formatCount(times)} times (evaluation/test/log.jsonl)${replacedLooks(testLooks)}, ${
          weights > 1
            ? `with ${formatCount(weights)} different sets of ${checkpoint === 'judged' ? 'answers' : 'weights'}: choosing among these by their results on the test images would make the results too good`
            : `always with the same ${checkpoint === 'judged' ? 'answers' : 'weights'}`
        }. The latest results are given here.`,
    checkpoint === 'judged'
      ? `Answers judged: those of the file with the SHA-256 ${sha256 ?? 'not on record'}.`
      : `Weights evaluated: ${checkpoint ?? 'not on record'}${epoch === null ? '' : `, epoch ${epoch}`}${sha256 ? `; SHA-256 of their file ${sha256}` : ''}.`,
  ];
  if (explanations && explanations.images.length > 0)
    lines.push('Explaining the model looked at test images too, which is not counted as an evaluation.');
  return lines;
}

/** The input of documents of a run that was trained. */
export type TrainedDocumentInput = DocumentInput & { readonly config: RunConfig };

/** The file that a training's weights began as, and its SHA-256 where it is on record; null where they were random. */
export function beginningFile({
  weightsFile,
  weightsSha256,
  network,
}: RunConfig['model']): { readonly name: string; readonly sha256: string | null } | null {
  if (weightsFile) return { name: fileName(weightsFile), sha256: weightsSha256 ?? null };
  return network ? { name: network.file, sha256: network.sha256 } : null;
}
