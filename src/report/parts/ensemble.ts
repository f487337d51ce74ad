import type { SeedSpread } from '../../evaluation/comparison/seedSpread.js';
import { describePlatform } from '../describePlatform.js';
import {
  countNetworks,
  describeGain,
  describeMember,
  describeWeighting,
  ensembleCommand,
  memberScores,
} from '../ensembleWords.js';
import { formatCount, formatCountOf, formatNumber, formatPercent } from '../format.js';
import { term } from '../glossary.js';
import { escapeText, fileName } from '../html.js';
import { macroAurocName } from '../metricNames.js';
import { absent, dataTable, settings } from '../pageParts.js';
import { type EnsembleReportInput, modelName } from '../reportInput.js';

/** Whose answers are put together, and with which weights. */
export function renderEnsemble(input: EnsembleReportInput): string {
  const { config, evaluation } = input;
  const { members } = config.ensemble;
  const gain = describeGain(input);
  const best = evaluation?.ensemble?.bestMember.run;
  return [
    config.ensemble.folds
      ? `<p>Nothing was trained here. Each member is the network of one fold of a cross-validation; its curves and settings stand in that run’s report. Every member sees the image as it was trained to, and the answer is the mean of their probabilities.</p>`
      : '<p>Nothing was trained here. Each member was trained in a run of its own, on the same training images; its curves and settings stand in that run’s report. Every member sees the image as it was trained to, and the answer is the weighted mean of their probabilities.</p>',
    dataTable(
      `Members, with their ${term('Balanced accuracy')} on ${config.ensemble.folds ? 'the test images of their own fold' : 'the validation images'}.`,
      [
        { title: 'Run' },
        { title: 'Network' },
        { title: 'Weight', number: true },
        { title: 'Balanced accuracy', number: true },
        { title: 'Loss', number: true },
        { title: 'How it sees an image' },
      ],
      members.map((member) => [
        escapeText(member.run),
        escapeText(modelName(member.model)),
        member.weight > 0 ? formatNumber(member.weight) : 'not used',
        formatPercent(memberScores(member)?.balancedAccuracy),
        formatNumber(memberScores(member)?.loss),
        escapeText(describeMember(member)),
      ]),
    ),
    `<p>${escapeText(describeWeighting(config))}</p>`,
    ...gain.map((text) => `<p>${escapeText(text)}</p>`),
    ...(gain.length === 0 && best !== undefined
      ? [
          absent(
            'The best member has not been evaluated on the test images, so there is nothing to compare with',
            'evaluate',
            fileName(best),
          ),
        ]
      : []),
    ...(evaluation?.ensemble?.seeds ? [renderSeeds(evaluation.ensemble.seeds, evaluation.perClass.length)] : []),
    '<p class="small muted">Heat maps are the members’, each scaled to its own maximum, weighted alike and scaled again. Whether an image resembles those trained on is judged by the member with the largest weight.</p>',
  ].join('\n');
}

/** How seeds of one training did, each alone. */
function renderSeeds(spread: SeedSpread, classes: number): string {
  const rows = [
    [term('Accuracy'), spread.accuracy, formatPercent],
    [term('Balanced accuracy'), spread.balancedAccuracy, formatPercent],
    [term('AUROC', macroAurocName(classes)), spread.macroAuroc, formatNumber],
  ] as const;
  return dataTable(
    `Each of the ${spread.seeds.length} networks alone on the test images: they differ in their seed and in nothing else. The interval is of their mean, over seeds and lesions (${spread.resamples.toLocaleString('en')} resamples).`,
    [
      { title: '' },
      { title: 'Mean', number: true },
      { title: 'Standard deviation', number: true },
      { title: `${Math.round(100 * spread.level)}% interval`, number: true },
    ],
    rows.map(([name, { mean, deviation, interval }, format]) => [
      name,
      format(mean),
      format(deviation),
      interval ? `${format(interval[0])} to ${format(interval[1])}` : '–',
    ]),
  );
}

/** The first paragraph of the report. */
export function describeEnsemble({ config }: EnsembleReportInput): string {
  const { data, model, ensemble } = config;
  return `<p>This run is an <strong>ensemble</strong>: the ${
    ensemble.weighting === 'equal' ? 'mean' : 'weighted mean'
  } of the answers of ${escapeText(countNetworks(config))} with ${formatCount(model.parameters)} adjustable numbers together, each trained to tell ${formatCountOf(
    data.classes.length,
    'diagnosis',
    'diagnoses',
  )} apart in ${term('Dermatoscope', 'dermatoscopic')} images of ${escapeText(data.name)}.</p>`;
}

/** Everything needed to make the ensemble again. */
export function renderEnsembleConfiguration({
  config,
  writtenBy,
}: Pick<EnsembleReportInput, 'config' | 'writtenBy'>): string {
  const { data, ensemble, versions } = config;
  const pairs: [string, string][] = [
    ['Again', `<code>${escapeText(ensembleCommand(config))}</code>`],
    ['Weights', escapeText(ensemble.method)],
    ...ensemble.members.map(({ run, sha256 }): [string, string] => [
      escapeText(run),
      `${term('SHA-256', 'SHA-256')} of its checkpoint <code>${escapeText(sha256)}</code>`,
    ]),
    ['Split', `${term('SHA-256', 'SHA-256')} of splits.csv <code>${escapeText(ensemble.splits)}</code>`],
    [
      'Data',
      `${escapeText(fileName(data.folder))}; ${term('SHA-256', 'SHA-256')} <code>${escapeText(data.sha256)}</code>`,
    ],
    [
      'Machine',
      `${escapeText(config.device)}, ${config.threads} threads; ${escapeText(describePlatform(versions))}, ONNX Runtime ${escapeText(versions.onnxruntime)}`,
    ],
    ['Made', escapeText(config.created)],
    ['Written by', escapeText(writtenBy)],
  ];
  return `${settings(pairs)}
<details><summary>The whole configuration (config.json)</summary><div class="scroll" role="region" tabindex="0" aria-label="config.json"><pre>${escapeText(JSON.stringify(config, null, 2))}</pre></div></details>`;
}
