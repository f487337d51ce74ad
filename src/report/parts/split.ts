import { type SplitName, splitNames } from '../../data/dataset.js';
import { countFolds } from '../../training/recipe/ensembleConfig.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { describeFolds } from '../foldWords.js';
import { formatCount, formatCountOf, formatPercent } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { absent, classLabel, dataTable } from '../pageParts.js';
import type { ReportInput } from '../reportInput.js';
import { renderLeak } from './leak.js';
import { renderSplitProof, renderSplitRule } from './splitProof.js';

const titles: Record<SplitName, string> = { train: 'Training', validation: 'Validation', test: 'Test' };

/** How the data were divided, and the proof that nothing that belongs together is on two sides. */
export function renderSplit(input: ReportInput, options: ChartOptions): string {
  const { config, splits, runFolder } = input;
  const folds = countFolds(config);
  if (folds !== null) return `<p>${escapeText(describeFolds(folds))}</p>`;
  if (!splits)
    return absent(
      'The division of the data is not on record',
      'train',
      config.data.folder,
      '--run',
      runFolder,
      '--resume',
    );
  const { leakage } = splits;
  const clean = leakage.lesions === 0 && leakage.images === 0;
  const given = renderSplitRule(splits);
  const drawn = splits.hasLesionIds
    ? 'All images of one lesion are in the same part.'
    : 'The dataset has no lesion ids, so the images were divided one by one.';
  const unit = given === '' ? `, each with the same mix of diagnoses. ${drawn}` : '.';
  const proof = clean
    ? `<strong>Checked: ${splits.hasLesionIds ? '0 lesions and ' : ''}0 images are in more than one part</strong>${
        splits.linked.length > 0
          ? `, copies of the same file under different names included (${formatCountOf(splits.linked.length, 'group')} of them, kept together)`
          : ''
      }.`
    : `<strong>There is ${term('Leakage')}: ${formatCountOf(leakage.lesions, 'lesion')} and ${formatCountOf(leakage.images, 'image')} are in more than one part, so the results below are too good.</strong>`;
  const total = splits.images.train + splits.images.validation + splits.images.test;
  const rows = [
    ...config.data.classes.map((c, i) => [
      classLabel(i, c.name, c.id),
      ...splitNames.map((name) => formatCount(splits.counts[name][c.id] ?? 0)),
    ]),
    [
      '<strong>All images</strong>',
      ...splitNames.map(
        (name) =>
          `<strong>${formatCount(splits.images[name])}</strong> <span class="range">${formatPercent(splits.images[name] / total)}</span>`,
      ),
    ],
    ...(splits.hasLesionIds ? [['Lesions', ...splitNames.map((name) => formatCount(splits.lesions[name]))]] : []),
  ];
  return `<p>The data were divided into three parts (${term('Training, validation and test', 'training, validation and test')})${unit} ${proof}</p>
${given}
${dataTable(
  `Images of each diagnosis in each part. Divided with seed ${splits.seed}; SHA-256 of splits.csv: <code>${splits.sha256.slice(0, 12)}…</code>`,
  [{ title: 'Diagnosis' }, ...splitNames.map((name) => ({ title: titles[name], number: true }))],
  rows,
)}
${renderSplitProof(splits)}
${renderLeak(input, options)}`;
}
