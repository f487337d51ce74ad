export type { Audit, AuditSummary, Finding, FindingKind, ImageSizeCount } from './audit/audit.js';
export { type AuditOptions, auditDataset, type DecodeFailure } from './audit/auditDataset.js';
export type {
  AgeHistogram,
  ClassCount,
  CrossTable,
  Exploration,
  MissingValues,
  SampleRow,
  ValueCount,
} from './audit/exploration.js';
export { type ExploreOptions, exploreDataset } from './audit/exploreDataset.js';
export { linkedImages, linksOf, requireUsable, unusableImages } from './audit/requireUsable.js';
export {
  type AugmentationParameters,
  augmentImage,
  drawAugmentation,
} from './augmentation/augmentation.js';
export { type AugmentationSettings, augmentationSettings } from './augmentation/augmentationSettings.js';
export {
  type BatchPlan,
  type BatchRows,
  type BatchSource,
  makeBatch,
  normaliseImage,
  planBatches,
  planEvaluationBatches,
} from './augmentation/batches.js';
export { augmentationMap } from './augmentation/drawPicture.js';
export { type ClassWeightsKind, classWeights, countClasses } from './classWeights.js';
export {
  type ClassInfo,
  type DataOptions,
  type Dataset,
  type DatasetColumn,
  type DatasetInfo,
  type DatasetNote,
  type ImageFiles,
  type ImageRecord,
  type ImageTypeCount,
  type LinkedImages,
  type SplitName,
  splitNames,
} from './dataset.js';
export type { DatasetDescription } from './description/descriptionSchema.js';
export { formatDescription } from './description/formatDescription.js';
export { type DescriptionFile, readDescription } from './description/readDescription.js';
export {
  type ForeignImageOptions,
  type ForeignKind,
  foreignKinds,
  paintForeignImage,
} from './foreign/foreignImages.js';
export { type DatasetFilesOptions, datasetFromFiles } from './formats/datasetFromFiles.js';
export { ham10000Classes, ham10000Info } from './formats/ham10000.js';
export { isic2018Info } from './formats/isic2018.js';
export { datasetFormats } from './formats/registry.js';
export { syntheticInfo } from './formats/syntheticMarker.js';
export {
  type GivenSplitOptions,
  officialSplit,
  splitAsGiven,
  splitByFile,
  testOnSource,
} from './groups/givenSplit.js';
export { findIdenticalImages } from './groups/identicalImages.js';
export { countLesions, type GroupOptions, groupImages, type ImageGroup } from './groups/imageGroups.js';
export { fewestLesions, limitDataset } from './groups/limitDataset.js';
export type { Mend } from './groups/mends.js';
export { defaultRatios, type FoldOptions, kFolds, type SplitOptions, splitDataset } from './groups/split.js';
export {
  classesOf,
  classFacts,
  formatSplitFile,
  parseSplitFile,
  requireUnchanged,
  type SplitFile,
  type SplitFileFacts,
  type SplitFileRow,
  splitFileContent,
} from './groups/splitFile.js';
export {
  type GroupProof,
  type IdProof,
  type NotLookedFor,
  proveSplit,
  type SplitProof,
  type SplitProofInput,
} from './groups/splitProof.js';
export {
  foldRatios,
  type SplitByRuleOptions,
  type SplitRule,
  splitByRule,
  type WholeSplitRule,
} from './groups/splitRule.js';
export {
  foldsCsv,
  parseSplitsCsv,
  recordsBySplit,
  type SplitRow,
  splitsCsv,
} from './groups/splitsCsv.js';
export { type SplitsSummary, type SplitsSummaryInput, splitsJson } from './groups/splitsJson.js';
export { denormaliseImage } from './preparation/denormalise.js';
export type { ForeignClassNames } from './preparation/foreignClassNames.js';
export {
  type ForeignPreprocessing,
  type ForeignPreprocessingSources,
  type GivenPreprocessing,
  readForeignPreprocessing,
  requireComplete,
} from './preparation/foreignPreprocessing.js';
export { inputShape, networkInput } from './preparation/networkInput.js';
export { type ChannelStatistics, channelStatistics, imagenetStatistics } from './preparation/normalisation.js';
export type {
  Batch,
  ChannelOrder,
  InputLayout,
  Normalisation,
  PreparedImages,
  Preprocessing,
} from './preparation/preprocessing.js';
export type { ColumnBelief, ColumnKey } from './proposal/columnBeliefs.js';
export type { Belief, DatasetProposal, ProposalTrial } from './proposal/datasetProposal.js';
export { describeDataset, readDescribed } from './proposal/describeDataset.js';
export type { DatasetFormat, FormatCandidate, FormatCard, FormatOptions } from './reading/datasetFormat.js';
export { AmbiguousImages } from './reading/imageIndex.js';
export { type MetadataRow, type MetadataTable, parseTable } from './reading/metadataTable.js';
export { imageFiles, imageIdOf, type StoredFile } from './storedFile.js';
export {
  generateSyntheticDataset,
  type LesionPicture,
  type SyntheticDataset,
  type SyntheticOptions,
  type SyntheticRow,
  syntheticClassIds,
} from './synthetic/index.js';
