export { renderAblation } from './ablationPage.js';
export { describeAblation, describeVerdict, type FigureWords, figureWords, formatP } from './ablationWords.js';
export { ageHistogramChart } from './charts/ageHistogram.js';
export type { ChartOptions } from './charts/chartOptions.js';
export { choiceDifferencesChart } from './charts/choiceDifferences.js';
export { classCountsChart } from './charts/classCounts.js';
export { classWeightsChart } from './charts/classWeights.js';
export { type ComparedCurve, compareCurvesChart } from './charts/compareCurves.js';
export { confidenceChart } from './charts/confidence.js';
export { type ConfusionMatrixOptions, confusionMatrixChart } from './charts/confusionMatrix.js';
export {
  diagnosisByAgeChart,
  diagnosisByDxTypeChart,
  diagnosisByLocalizationChart,
  diagnosisBySexChart,
} from './charts/crossTable.js';
export { imagesPerLesionChart } from './charts/imagesPerLesion.js';
export { type LeakRow, leakChart } from './charts/leak.js';
export { learningRateChart } from './charts/learningRate.js';
export { missingValuesChart } from './charts/missingValues.js';
export { decisionCurveChart, precisionRecallChart, rocChart } from './charts/questionCurves.js';
export { readerPointsChart } from './charts/readerPoints.js';
export { hasRecallCurves, type RecallCurveClass, recallCurvesChart } from './charts/recallCurves.js';
export { recallIntervalsChart } from './charts/recallIntervals.js';
export { reliabilityChart } from './charts/reliability.js';
export { accuracyCurveChart, type CurvesOptions, lossCurveChart } from './charts/trainingCurves.js';
export { accuracyProgressChart, lossProgressChart, type TrainingProgress } from './charts/trainingProgress.js';
export { dxTypeChart, localizationChart, sexChart } from './charts/valueCounts.js';
export { countTestLooks, type TestLookEntry } from './countTestLooks.js';
export { clearDermChecklist } from './documents/clearDerm.js';
export type { Block, ChecklistItem, DocumentSection, RunDocument } from './documents/document.js';
export { renderMarkdown } from './documents/markdown.js';
export { modelCard } from './documents/modelCard.js';
export type { DocumentInput } from './documents/runWords.js';
export { explorationCharts } from './explorationCharts.js';
export { type ExplorationPageInput, renderExploration } from './explorationPage.js';
export { ablationFile } from './files/ablationFile.js';
export { checkDocument } from './files/checkDocument.js';
export { evaluationFile, subgroupsFile } from './files/evaluationFile.js';
export { explanationsFile } from './files/explanationsFile.js';
export { explorationFile } from './files/explorationFile.js';
export { externalFile } from './files/externalFile.js';
export { leakFile } from './files/leakFile.js';
export { splitsFile } from './files/splitsFile.js';
export { epochLine, layersFile, stepLine, testLookLine } from './files/trainingLines.js';
export { dataUrl } from './html.js';
export { metricName, metricNames } from './metricNames.js';
export { purposeNotice, syntheticNotice } from './page.js';
export type { PagePicture } from './pageParts.js';
export { chartThemes, classColour, classColours, pageThemes } from './palette.js';
export { type PaperFile, paperFacts, paperFiles } from './paper/paperFiles.js';
export type { ComparedPart, PaperInput, RunPart, StudyPart } from './paper/paperInput.js';
export { splitFileOf } from './paper/splitFileOf.js';
export { chooseTestImages } from './parts/errors.js';
export { type ReadersPageInput, renderReaders } from './readersPage.js';
export type {
  ExplainedImage,
  Explanations,
  LayerRow,
  LocalisationWords,
  ReportInput,
  ShownShortcuts,
  TestLooks,
  ValidationCounts,
} from './reportInput.js';
export { documentFiles, renderReport } from './reportPage.js';
export {
  type EvaluationSummary,
  isTrained,
  type RunList,
  type RunRecord,
  type RunRecords,
  type RunState,
  type RunSummary,
  type SummaryInput,
  summariseRun,
} from './runSummary.js';
export { renderShortcutsPage } from './shortcutsPage.js';
export { withoutFolders, withoutPaths } from './withoutPaths.js';
