/** What only Node can do: files, threads, run folders, and every command as a function. */
export { type OpenDatasetOptions, openDataset } from './dataset/openDataset.js';
export {
  type LinkKind,
  linkKinds,
  type OrganizedFile,
  type OrganizeManifest,
  type UndoSummary,
  undoOrganize,
} from './dataset/organize.js';
export { openLimited, type PreparedData, prepareData } from './dataset/trainingData.js';
export {
  type SyntheticSummary,
  type WriteSyntheticOptions,
  writeSyntheticDataset,
} from './dataset/writeSyntheticDataset.js';
export { defaultCacheFolder } from './files/cacheFolder.js';
export { sharpCodec } from './files/codec.js';
export { readJsonLines } from './files/jsonLines.js';
export {
  type AblateStepOptions,
  type AblateStepResult,
  ablateStep,
  planAblation,
  type TrainedRow,
} from './jobs/ablate.js';
export {
  type CrossValidateStepOptions,
  type CrossValidateStepResult,
  crossValidateStep,
} from './jobs/crossValidate.js';
export { executeJob, type JobCall } from './jobs/executeJob.js';
export { type LeakResult, type LeakStepOptions, leakStep } from './jobs/leak.js';
export type { OpenedPlan } from './jobs/openedPlan.js';
export { openPlan } from './jobs/openPlan.js';
export { readStatus } from './jobs/readStatus.js';
export { type RunPlanOptions, type RunPlanResult, runPlan } from './jobs/runPlan.js';
export type { PlanPlace } from './jobs/trainingJobs.js';
export { type TrainSeedsOptions, type TrainSeedsResult, trainSeedsStep } from './jobs/trainSeeds.js';
export { examineMachine, formatFindings, type MachineReport } from './machine/doctor.js';
export type { Finding, FindingStatus } from './machine/finding.js';
export { createContext, type StepContext } from './machine/stepContext.js';
export { type TerminalProgressOptions, type TerminalStream, terminalProgress } from './machine/terminalProgress.js';
export type { ExplanationCheck } from './prediction/checkExplanations.js';
export {
  type ExplainImageOptions,
  explainImage,
  type ImageExplainer,
  type ImageExplanation,
  openImageExplainer,
} from './prediction/explainImage.js';
export { type ModelFile, readModelFile } from './prediction/modelFile.js';
export {
  type PredictedFile,
  type PredictImagesOptions,
  type PredictImagesResult,
  predictImages,
} from './prediction/predictImages.js';
export { type Checkpoint, type CheckpointName, loadCheckpoint, loadInitialWeights } from './run/checkpointFile.js';
export type { ExternalOptions } from './run/externalData.js';
export { openRunFolder, readConfig, readTrainedConfig } from './run/runFolder.js';
export { type EvaluationPaths, type RunFolder, runFolderPaths } from './run/runFolderPaths.js';
export { loadRunModel, type ModelMember, type RunModel } from './run/runModel.js';
export type { CheckpointDescription, EvaluateStepResult, EvaluationLogEntry } from './run/testEvaluation.js';
export { type CompareStepOptions, type CompareStepResult, compareStep, type RunComparison } from './steps/compare.js';
export { type DescribeStepOptions, type DescribeStepResult, describeStep } from './steps/describe.js';
export { type EnsembleStepOptions, type EnsembleStepResult, ensembleStep } from './steps/ensemble.js';
export { type EvaluateStepOptions, evaluateStep } from './steps/evaluate.js';
export type { ExternalStepResult } from './steps/evaluateExternal.js';
export { type ExplainStepOptions, type ExplainStepResult, explainStep } from './steps/explain.js';
export type { ExplanationEntry, ExplanationsFile } from './steps/explanationsFile.js';
export { type ExploreStepOptions, type ExploreStepResult, exploreStep } from './steps/explore.js';
export { type ExportStepOptions, type ExportStepResult, exportStep } from './steps/export.js';
export {
  type ArithmeticResult,
  type ExportInt8StepOptions,
  type ExportInt8StepResult,
  exportInt8Step,
} from './steps/exportInt8.js';
export {
  type FindLearningRateStepOptions,
  type FindLearningRateStepResult,
  findLearningRateStep,
} from './steps/findLearningRate.js';
export { type OfficialScoreOptions, type OfficialScoreResult, officialScoreStep } from './steps/officialScore.js';
export { type OrganizeOptions, type OrganizeSummary, organizeStep } from './steps/organize.js';
export {
  type CrossValidation,
  type FoldResult,
  type PoolFoldsOptions,
  poolFoldsStep,
  type Spread,
} from './steps/poolFolds.js';
export { type PreviewStepOptions, type PreviewStepResult, previewStep } from './steps/preview.js';
export { type ReadersStepOptions, type ReadersStepResult, readersStep } from './steps/readers.js';
export { type ReportStepOptions, type ReportStepResult, reportStep } from './steps/report.js';
export { type RunStepResult, runStep, type TrainRunResult, trainRun } from './steps/run.js';
export { type ShortcutsStepOptions, type ShortcutsStepResult, shortcutsStep } from './steps/shortcuts.js';
export { type SplitStepOptions, type SplitStepResult, splitStep } from './steps/split.js';
export type { TrainStepResult } from './steps/train.js';
export { type RunningStudio, type StudioOptions, startStudio } from './studio/startStudio.js';
export { openRecipe, type RecipeChoice } from './training/openRecipe.js';
export type { RunOptions } from './training/planRun.js';
export { type EventFile, openEventFile } from './training/tensorBoard.js';
