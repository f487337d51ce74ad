/** Judging predictions: metrics with intervals, calibration, comparison, subgroups, data from outside. Plain arrays in, plain objects out. */
export { type BatchClassifier, classifyImages, type TestTimeAugmentation } from './answers/classifyImages.js';
export { type ExportedModel, type OutOfDistributionMetadata, readExportedModel } from './answers/exportedModel.js';
export {
  type AnswerKnowledge,
  answerImage,
  type ImageAnswer,
  type OutOfDistributionScore,
  type PredictionSet,
} from './answers/imageAnswer.js';
export { formatImageAnswersCsv, type ImageAnswers } from './answers/imageAnswersCsv.js';
export {
  type ConformalCoverage,
  type ConformalThresholds,
  conformalLevels,
  conformalThresholds,
  describeTooFewImages,
  imagesToLeaveOut,
  measureCoverage,
  predictionSets,
  type SetRules,
  setRules,
} from './certainty/conformal.js';
export {
  type Calibration,
  type CalibrationEvaluation,
  type CalibrationQuality,
  type EvaluateCalibrationOptions,
  evaluateCalibration,
} from './certainty/evaluateCalibration.js';
export {
  type EvaluateOutOfDistributionOptions,
  evaluateOutOfDistribution,
  type ForeignHits,
  type OutOfDistributionEvaluation,
} from './certainty/evaluateOutOfDistribution.js';
export { type FittedCalibration, fitCalibration } from './certainty/fitCalibration.js';
export {
  type FitOutOfDistributionOptions,
  type FittedStatistics,
  fitOutOfDistribution,
  outOfDistributionThreshold,
  scoreOutOfDistribution,
} from './certainty/outOfDistribution.js';
export { fitTemperature, scaleTemperature, type TemperatureFit } from './certainty/temperature.js';
export {
  type ComparedMetric,
  type ComparePredictionsOptions,
  comparePredictions,
  type McNemarTest,
  type MetricDifference,
  mcNemarTest,
  type PredictionComparison,
} from './comparison/comparePredictions.js';
export {
  type ClassDifference,
  type CompareSamplesOptions,
  compareSamples,
  type SampleComparison,
  type SampleDifference,
} from './comparison/compareSamples.js';
export type { EnsembleGain } from './comparison/ensembleGain.js';
export { type EnsembleWeights, fitEnsembleWeights } from './comparison/ensembleWeights.js';
export type { ViewsGain } from './comparison/viewsGain.js';
export {
  type ClassEvaluation,
  type ClassIntervals,
  type EvaluateOptions,
  type Evaluation,
  type EvaluationIntervals,
  evaluatePredictions,
  type UnnamedEvaluation,
} from './evaluate.js';
export {
  type AssembledAnswers,
  assembleAnswers,
  countTruth,
  type Direction,
  directions,
} from './judging/assembleAnswers.js';
export {
  isJudgedEvaluation,
  type JudgeArrays,
  type JudgedEvaluation,
  type JudgedPredictions,
  type Judgement,
  type JudgeOptions,
  type JudgeResult,
  judge,
  judgeInFull,
  type MissingImages,
} from './judging/judge.js';
export type { LabelBound, LabelJudgement, LabelNumber } from './judging/labelErrors.js';
export { type MatchedIds, matchIds } from './judging/matchIds.js';
export type { BoundedNumber, MissingBounds } from './judging/missingAnswers.js';
export type { JudgedPoint, JudgedQuestion, PointKind } from './judging/operatingPoints.js';
export { type ClassChoices, type ClassPlan, planClasses } from './judging/outputClasses.js';
export { type OutputValues, outputValues } from './judging/outputValues.js';
export {
  type Answers,
  type PredictionTableChoices,
  readPredictionTable,
  sumByClass,
} from './judging/predictionTable.js';
export type { QuestionCalibration } from './judging/questionCalibration.js';
export type { TrainingList, TrainingOverlap } from './judging/trainingOverlap.js';
export { type Truth, truthFromTable } from './judging/truth.js';
export { type JoinRule, joinRules, type Unit, units } from './judging/units.js';
export { auroc, type Ranking, rankScores } from './metrics/auroc.js';
export { averagePrecision } from './metrics/averagePrecision.js';
export {
  type BinaryCalibration,
  binaryCalibration,
  type CalibrationPoint,
  smoothCalibration,
} from './metrics/binaryCalibration.js';
export {
  type BinaryQuestion,
  binaryQuestions,
  decisionCurve,
  type NetBenefit,
  type OperatingPoint,
  operatingPoints,
  questionAuroc,
  questionAveragePrecision,
  type ScoredQuestion,
  scoreQuestion,
  sensitivityAtSpecificity,
} from './metrics/binaryQuestion.js';
export { expectedCalibrationError, type ReliabilityBin, reliabilityBins } from './metrics/calibration.js';
export {
  chooseThreshold,
  resultAt,
  type ThresholdResult,
  type ThresholdTarget,
} from './metrics/chooseThreshold.js';
export { confusionMatrix, rowShares } from './metrics/confusionMatrix.js';
export { analyseErrors, type Confusion, type ErrorAnalysis, type PredictedImage } from './metrics/errorAnalysis.js';
export {
  evaluateQuestions,
  type QuestionEvaluation,
  type QuestionIntervals,
  type QuestionMetric,
} from './metrics/evaluateQuestions.js';
export {
  type BootstrapIntervals,
  type BootstrapOptions,
  bootstrapIntervals,
  type Interval,
  percentileInterval,
  shareInterval,
} from './metrics/intervals.js';
export { type MeanIntervalOptions, type MeanWithInterval, meanWithInterval } from './metrics/meanInterval.js';
export {
  accuracy,
  balancedAccuracy,
  brierScore,
  type ClassMetric,
  calibrationError,
  classAuroc,
  classAveragePrecision,
  classMetrics,
  f1,
  loss,
  type Metric,
  macroAuroc,
  macroAveragePrecision,
  macroF1,
  matthewsCorrelation,
  metrics,
  negativePredictiveValue,
  precision,
  recall,
  specificity,
} from './metrics/metrics.js';
export { type PredictiveValues, type PredictiveValuesInput, predictiveValues } from './metrics/predictiveValues.js';
export { type ScoredImages, scoreImages, type Weighable, WeightedImages } from './metrics/scoredImages.js';
export {
  evaluateSubgroups,
  type SubgroupEvaluation,
  type SubgroupField,
  type SubgroupOptions,
  subgroupFields,
  subgroupOf,
} from './metrics/subgroups.js';
export { wilsonInterval } from './metrics/wilsonInterval.js';
export { type ClassMap, type FoundClass, parseClassMap, resolveClassMap } from './outside/classMap.js';
export {
  type ExternalDescription,
  type ExternalEvaluation,
  isExternalEvaluation,
  type RestrictedEvaluation,
} from './outside/externalEvaluation.js';
export { formatIsicSubmission } from './outside/isicSubmission.js';
export {
  type CompareLeakOptions,
  compareLeak,
  type LeakClass,
  type LeakComparison,
  type LeakDemonstration,
  type LeakNumber,
  type SeenImages,
  type SplitResult,
} from './outside/leakDemonstration.js';
export { type ExternalPredictions, type ScoreExternalOptions, scoreExternal } from './outside/scoreExternal.js';
export {
  type AnalysisInput,
  type AnalysisResult,
  analysePlan,
  type EndpointResult,
  type SubgroupResult,
} from './planned/analyse.js';
export {
  type AnalysisPlan,
  type PlannedEndpoint,
  type PlannedMetric,
  readAnalysisPlan,
} from './planned/analysisPlan.js';
export { holm, maxT, type SimultaneousDifference } from './planned/multiplicity.js';
export { averagePredictions } from './predictions/averagePredictions.js';
export { joinPredictions } from './predictions/joinPredictions.js';
export { mostProbable } from './predictions/mostProbable.js';
export {
  type AnyPredictions,
  type PredictionArrays,
  type Predictions,
  toPredictions,
} from './predictions/predictions.js';
export {
  formatPredictionsCsv,
  type ParsePredictionsOptions,
  parsePredictionsCsv,
} from './predictions/predictionsCsv.js';
export { presentClasses, restrictPredictions } from './predictions/restrictPredictions.js';
