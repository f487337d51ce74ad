import { perfectConfusionMatrix } from '../../../src/evaluation/metrics/confusionMatrix.js';
import { formatPredictionsCsv } from '../../../src/evaluation/predictions/predictionsCsv.js';
import { confusionMatrixChart } from '../../../src/report/charts/confusionMatrix.js';
import { clearDermChecklist } from '../../../src/report/documents/clearDerm.js';
import { renderMarkdown } from '../../../src/report/documents/markdown.js';
import { modelCard } from '../../../src/report/documents/modelCard.js';
import type { ReportInput } from '../../../src/report/reportInput.js';
import { documentFiles, renderReport } from '../../../src/report/reportPage.js';
import { version } from '../training/version.js';
import type { JudgedInPage } from './judgeWorker.js';

/**
 * Texts of a run folder, by their places in it: the names and contents are those that the terminal writes. Charts and report need the page's
 * document, so that this is not the worker's.
 */
export function judgedRunTexts(run: JudgedInPage): Record<string, string> {
  const { config, evaluation, predictions, subgroups } = run;
  const { images, accuracy, balancedAccuracy, confusionMatrix, perClass } = evaluation;
  const input: ReportInput = {
    ...{ config, evaluation, predictions, subgroups },
    runFolder: config.model.id,
    exploration: null,
    splits: null,
    leak: null,
    leakFolder: '',
    validationCounts: null,
    records: [],
    layers: null,
    trainingBatch: null,
    testLooks: { times: 1, weights: 1, checkpoint: 'judged', epoch: null, sha256: run.sha256 },
    externals: [],
    sampleGrid: null,
    pictures: new Map(),
    explanations: null,
    writtenBy: `lesionlab ${version}`,
  };
  const look = {
    ...{ time: config.created, checkpoint: 'judged', sha256: run.sha256, epoch: null },
    ...{ images, accuracy, balancedAccuracy },
  };
  const classes = perClass.map(({ dx, name }) => ({ id: dx, name }));
  return {
    'config.json': json(config),
    'splits.csv': run.splits,
    'evaluation/test/predictions.csv': formatPredictionsCsv(predictions),
    'evaluation/test/evaluation.json': json(evaluation),
    ...(run.imagePredictions !== null && { 'evaluation/test/image-predictions.csv': run.imagePredictions }),
    'evaluation/test/subgroups.json': json(subgroups),
    'evaluation/test/log.jsonl': `${JSON.stringify(look)}\n`,
    'evaluation/test/confusion-matrix.svg': confusionMatrixChart(confusionMatrix, classes, {
      title: 'This model, test split',
    }),
    'evaluation/test/confusion-matrix-perfect.svg': confusionMatrixChart(
      perfectConfusionMatrix(confusionMatrix),
      classes,
      { name: 'confusion-matrix-perfect', title: 'A perfect model, for comparison' },
    ),
    'report.html': renderReport(input),
    [documentFiles.modelCard]: renderMarkdown(modelCard(input)),
    [documentFiles.clearDerm]: renderMarkdown(clearDermChecklist(input)),
  };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
