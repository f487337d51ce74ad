import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation, type JudgedEvaluation } from '../../evaluation/judging/judge.js';
import type { BoundedNumber } from '../../evaluation/judging/missingAnswers.js';
import type { JudgedConfig } from '../../training/recipe/judgedConfig.js';
import { describeOverlap } from '../documents/modelCardJudgement.js';
import { formatCount, formatCountOf, formatNumber, formatPercent } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { aurocName } from '../metricNames.js';
import { classLabel, dataTable, settings } from '../pageParts.js';
import type { ReportInput } from '../reportInput.js';

type JudgedInput = ReportInput & { readonly config: JudgedConfig };

/** What was judged, for the beginning of a report. */
export function describeJudged({ config, evaluation }: JudgedInput): string {
  const { judged, model, data } = config;
  const from =
    judged.kind === 'table'
      ? `the predictions in <code>${escapeText(judged.file)}</code>`
      : `the network in <code>${escapeText(judged.file)}</code>`;
  const unit = evaluation && isJudgedEvaluation(evaluation) ? ` ${escapeText(evaluation.judgement.unit.words)}` : '';
  return `<p>Judged here: <strong>${escapeText(model.id)}</strong>, a classifier of ${formatCountOf(data.classes.length, 'class', 'classes')} that somebody else made, by ${from}, against the truth in ${escapeText(data.name)}.${unit}</p>`;
}

/** The answer to whether it learned from these images, in a few words; empty where nothing was judged. */
export function overlapInShort(evaluation: Evaluation): string {
  if (!isJudgedEvaluation(evaluation)) return '';
  const { overlap } = evaluation.judgement;
  const clean = overlap && overlap.images + overlap.sameLesion + overlap.samePatient === 0;
  const answer = overlap ? (clean ? 'Not by its list.' : 'On some of them: the results are too good.') : 'Unknown.';
  return `<strong>Trained on these images? ${answer}</strong>`;
}

/** Beside the headline: whether it learned from these images. */
export function renderOverlap(evaluation: Evaluation): string {
  if (!isJudgedEvaluation(evaluation)) return '';
  return `<p class="aside">${overlapInShort(evaluation)} ${escapeText(describeOverlap(evaluation))}</p>`;
}

/** What is estimated, of which images, and what is missing. */
export function renderJudgement({ evaluation }: JudgedInput): string {
  if (!evaluation || !isJudgedEvaluation(evaluation)) return '';
  const { judgement } = evaluation;
  return [
    flowDiagram(evaluation),
    `<p>${escapeText(judgement.unit.words)}</p>`,
    `<ul>${judgement.words.map((words) => `<li>${escapeText(words)}</li>`).join('')}</ul>`,
    missingTable(evaluation),
  ].join('\n');
}

/** Boxes from the images of the truth to what was scored, what left on the way beside them. */
function flowDiagram({ judgement: { flow, unit } }: JudgedEvaluation): string {
  const units = unit.of === 'image' ? '' : ` of ${formatCountOf(flow.scoredUnits, unit.of)}`;
  const boxes: [string, string | null][] = [
    [
      flow.partOfTruth
        ? `${formatCountOf(flow.images, 'image')} with a truth and an answer; how many others should have one, nobody said`
        : `${formatCountOf(flow.images, 'image')} with a truth that should have an answer`,
      flow.missing > 0 ? `${formatCountOf(flow.missing, 'image')} without an answer` : null,
    ],
    [
      `${formatCountOf(flow.images - flow.missing, 'image')} answered`,
      flow.setAside > 0 ? `${formatCountOf(flow.setAside, 'image')} set aside to calibrate on` : null,
    ],
    [`<strong>${formatCountOf(flow.scoredImages, 'image')}${units} scored</strong>`, null],
  ];
  return `<ol class="flow" aria-label="Flow diagram of the images">${boxes
    .map(([box, left]) => `<li><div>${box}</div>${left ? `<div class="left">${left}</div>` : ''}</li>`)
    .join('')}</ol>`;
}

function missingTable({ judgement: { missing, unit }, perClass }: JudgedEvaluation): string {
  if (!missing) return '';
  const row = (
    title: string,
    { scored, worst, best }: BoundedNumber,
    show: (x: number | null) => string = formatPercent,
  ) => [title, show(scored), show(worst), show(best)];
  return dataTable(
    `What ${formatCountOf(missing.missing, unit.of)} without an answer may have done: the numbers without them, and with every one of them answered as badly and as well as can be. AUROC as it is.`,
    [{ title: 'Number' }, ...['Without them', 'At worst', 'At best'].map((title) => ({ title, number: true }))],
    [
      row('Balanced accuracy', missing.balancedAccuracy),
      row('Accuracy', missing.accuracy),
      row(aurocName(missing.perClass.length), missing.macroAuroc, formatNumber),
      ...missing.perClass.flatMap(({ dx, recall, auroc }, k) => {
        const label = classLabel(k, perClass[k].name, dx);
        return [
          row(
            `Sensitivity, ${label} <span class="range">${formatCount(missing.byClass[dx])} without an answer</span>`,
            recall,
          ),
          row(`AUROC, ${label}`, auroc, formatNumber),
        ];
      }),
    ],
    { stacked: true },
  );
}

/** What options are called. */
const optionWords: Readonly<Record<string, string>> = {
  idColumn: 'Column of ids',
  classColumns: 'Class of each column or output',
  scoreColumn: 'Column of the score',
  map: 'Classes counted as others',
  positive: 'Classes that mean yes',
  values: 'What the numbers are',
  direction: 'Which way the score points',
  unit: 'What counts once',
  join: 'How images are joined',
  calibrateOn: 'Fitted on',
  trainedOn: 'List of what it learned from',
  expected: 'List of images that should have an answer',
  threshold: 'Threshold given beforehand',
  prevalence: 'Stated prevalence',
  labelErrors: 'Share of other truths taken as wrong',
  resamples: 'Resamples',
  skinTone: 'Skin tones estimated',
  excludeUnusable: 'What can’t be read counts as without an answer',
  network: 'Said of the network',
};

/** Everything needed to judge it again. */
export function renderJudgedConfiguration({ config, writtenBy }: Pick<JudgedInput, 'config' | 'writtenBy'>): string {
  const { judged, data } = config;
  const sha = (value: string) => `${term('SHA-256', 'SHA-256')} <code>${escapeText(value)}</code>`;
  const pairs: [string, string][] = [
    [judged.kind === 'table' ? 'Table of predictions' : 'Network', `${escapeText(judged.file)}; ${sha(judged.sha256)}`],
    [
      'Truth',
      `${escapeText(data.metadataFile.split(/[\\/]/).at(-1)!)}${judged.truthSha256 ? `; ${sha(judged.truthSha256)}` : ''}`,
    ],
    ['Images, lesions and labels scored', sha(data.sha256)],
    ...Object.entries(judged.options).map(([name, value]): [string, string] => [
      optionWords[name] ?? name,
      escapeText(typeof value === 'object' ? JSON.stringify(value) : String(value)),
    ]),
    ['Seed', `${config.seed} (${term('Seed', 'what is a seed?')})`],
    ['Begun', escapeText(config.created)],
    ['Written by', escapeText(writtenBy)],
  ];
  return `${settings(pairs)}
<details><summary>The whole configuration (config.json)</summary><div class="scroll" role="region" tabindex="0" aria-label="config.json"><pre>${escapeText(JSON.stringify(config, null, 2))}</pre></div></details>`;
}
