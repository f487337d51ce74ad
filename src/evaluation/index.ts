/** Judging predictions: metrics with intervals, calibration, comparison, subgroups, data from outside. Plain arrays in, plain objects out. */

export type { TestTimeAugmentation } from '../data/augmentation/views.js';
export { auroc, type Ranking, rankScores } from '../training/auroc.js';
export type { AblationResult, ChoiceCost, ChoiceTrainings } from './ablation/ablationResult.js';
export type { ChoiceDifference } from './ablation/choiceDifferences.js';
export { type ChoiceFigure, choiceFigures } from './ablation/choiceFigures.js';
export {
  type ChoiceAnswers,
  type ChoiceComparison,
  type CompareChoicesOptions,
  type ComparedPrevalence,
  compareChoices,
  measureNetwork,
  type TrainedChoice,
} from './ablation/compareChoices.js';
export { type BatchClassifier, classifyImages } from './answers/classifyImages.js';
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
  type PairedDifference,
  type PredictionComparison,
  pairedDifferences,
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
export type { MetadataGain } from './comparison/metadataGain.js';
export { type SeedSpread, type SpreadOverSeeds, spreadOverSeeds } from './comparison/seedSpread.js';
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
export { partialAuroc } from './metrics/partialAuroc.js';
export { type PredictiveValues, type PredictiveValuesInput, predictiveValues } from './metrics/predictiveValues.js';
export { type ScoredImages, scoreImages, type Weighable, WeightedImages } from './metrics/scoredImages.js';
export {
  describeSkinTones,
  type ImageSkinTone,
  type SkinToneSummary,
  skinToneColumn,
  summariseSkinTones,
  type WithoutSkinTone,
} from './metrics/skinTones.js';
export {
  evaluateSubgroups,
  type SubgroupEvaluation,
  type SubgroupField,
  type SubgroupOptions,
  subgroupFields,
  subgroupOf,
} from './metrics/subgroups.js';
export { wilsonInterval } from './metrics/wilsonInterval.js';
export {
  type Challenge,
  type ChallengeId,
  type ChallengeMetric,
  challengeIds,
  challenges,
} from './official/challenges.js';
export { challengeAnswers, formatIsicSubmission, formatSubmission } from './official/isicSubmission.js';
export { readChallengeTruth, readSubmission } from './official/readChallengeTable.js';
export {
  type ChallengeScore,
  type ChallengeTable,
  type ChallengeTruth,
  scoreChallenge,
} from './official/scoreChallenge.js';
export { type ClassMap, type FoundClass, parseClassMap, resolveClassMap } from './outside/classMap.js';
export {
  type ExternalDescription,
  type ExternalEvaluation,
  isExternalEvaluation,
  type RestrictedEvaluation,
} from './outside/externalEvaluation.js';
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
} from './planned/analyse.js';
export {
  type AnalysisPlan,
  type PlannedEndpoint,
  type PlannedMetric,
  readAnalysisPlan,
} from './planned/analysisPlan.js';
export type { GroupRecords, SubgroupResult } from './planned/compareGroups.js';
export { type EstimatedDifference, holm, maxT, type SimultaneousDifference } from './planned/multiplicity.js';
export { type AurocAim, aurocVariance, sizeForAurocWidth } from './planning/aurocSize.js';
export { type CalibrationAim, type CalibrationSize, sizeForCalibration } from './planning/calibrationSize.js';
export {
  componentsOfPilot,
  conjecturedComponents,
  lesionsForReaders,
  type ReaderAim,
  type ReaderComponents,
  readerPower,
} from './planning/readerPower.js';
export {
  type SimulationOptions,
  simulateAurocWidth,
  simulateCalibrationWidths,
  simulateDifferencePower,
  simulateReaderPower,
  simulateShareWidth,
} from './planning/simulateStudies.js';
export {
  type Clustering,
  type DifferenceAim,
  designEffect,
  differencePower,
  type ShareAim,
  type StudySize,
  sizeForDifference,
  sizeForNonInferiority,
  sizeForShareWidth,
} from './planning/studySize.js';
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
export {
  type AnalyseReadersOptions,
  analyseReaders,
  type FigureAnalysis,
  type ReaderAnalysis,
  type ReaderResult,
} from './readers/analyseReaders.js';
export { type ClusteredAuroc, type ClusteredAurocOptions, clusteredAuroc } from './readers/clusteredAuroc.js';
export type { ConditionDifference, ConditionMean } from './readers/compareConditions.js';
export type { ModelDifference, ModelReading } from './readers/compareWithModel.js';
export type { EqualityTest, ErrorComponents } from './readers/equalityTest.js';
export type { CovarianceMethod } from './readers/figureCovariances.js';
export {
  type JudgedReaders,
  type JudgeReadersOptions,
  judgeReaders,
  type ReaderTables,
} from './readers/judgeReaders.js';
export { cohensKappa, fleissKappa, type Kappa, type KappaOptions } from './readers/kappa.js';
export type { RandomFactors, ReaderDifference, ReaderMean } from './readers/meanOfReaders.js';
export type { CurvePoint, FigureWithInterval, ModelResult } from './readers/modelCurve.js';
export type { ReaderAgreement, SelfAgreement } from './readers/readerAgreement.js';
export type { ReaderColumn } from './readers/readerColumns.js';
export { type FigureOfMerit, figuresOfMerit, type ReaderCell, type ReaderStudy } from './readers/readerStudy.js';
export { type ReaderTruth, readerTruth } from './readers/readerTruth.js';
export { type ReadModelTableOptions, readModelTable } from './readers/readModelTable.js';
export { type ReadReaderTable, type ReadReaderTableOptions, readReaderTable } from './readers/readReaderTable.js';
export type { TogetherRule } from './readers/simulateTogether.js';
