export type { Audit, AuditSummary, Finding, FindingKind, ImageSizeCount } from './audit.js';
export { type AuditOptions, auditDataset, type DecodeFailure } from './auditDataset.js';
export {
  type AugmentationParameters,
  augmentationMap,
  augmentImage,
  drawAugmentation,
} from './augmentation.js';
export { type AugmentationSettings, augmentationSettings } from './augmentationSettings.js';
export {
  type BatchPlan,
  type BatchRows,
  type BatchSource,
  makeBatch,
  normaliseImage,
  planBatches,
  planEvaluationBatches,
} from './batches.js';
export { type ClassFolders, readClassFolders } from './classFolders.js';
export { type ClassWeightsKind, classWeights, countClasses } from './classWeights.js';
export {
  type ClassInfo,
  type Dataset,
  type DatasetInfo,
  type ImageFiles,
  type ImageRecord,
  type SplitName,
  splitNames,
} from './dataset.js';
export { type DatasetFilesOptions, datasetFromFiles } from './datasetFromFiles.js';
export { datasetHashText } from './datasetHashText.js';
export type { TableOptions } from './datasetTables.js';
export { denormaliseImage } from './denormalise.js';
export { evenSample } from './evenSample.js';
export type {
  AgeHistogram,
  ClassCount,
  CrossTable,
  Exploration,
  MissingValues,
  SampleRow,
  ValueCount,
} from './exploration.js';
export { type ExploreOptions, exploreDataset } from './exploreDataset.js';
export { type ForeignImageOptions, type ForeignKind, foreignKinds, paintForeignImage } from './foreignImages.js';
export {
  ham10000Classes,
  ham10000Codes,
  ham10000Info,
  isic2018Info,
  syntheticInfo,
  syntheticMarker,
} from './ham10000.js';
export { findIdenticalImages } from './identicalImages.js';
export { countLesions, groupByLesion, type LesionGroup } from './lesionGroups.js';
export { fewestLesions, limitDataset } from './limitDataset.js';
export {
  classesInTable,
  ham10000Records,
  isic2018Records,
  type ParsedRecords,
  recogniseTable,
  type TableKind,
} from './metadataFormats.js';
export { type MetadataRow, type MetadataTable, parseTable, tableColumns } from './metadataTable.js';
export { type ChannelStatistics, channelStatistics, imagenetStatistics } from './normalisation.js';
export type { Batch, PreparedImages, Preprocessing } from './preprocessing.js';
export { linkedImages, requireUsable, unusableImages } from './requireUsable.js';
export { findSharedImages, type SomeImages } from './sharedImages.js';
export { defaultRatios, type FoldOptions, kFolds, type SplitOptions, splitDataset } from './split.js';
export { foldRatios, type SplitRule, splitByRule } from './splitRule.js';
export {
  foldsCsv,
  parseSplitsCsv,
  recordsBySplit,
  type SplitRow,
  type SplitsSummary,
  type SplitsSummaryInput,
  splitsCsv,
  splitsJson,
} from './splitsCsv.js';
export { imageFiles, imageIdOf, maskedImageIdOf, type StoredFile } from './storedFile.js';
export {
  generateSyntheticDataset,
  type LesionPicture,
  type SyntheticDataset,
  type SyntheticOptions,
  type SyntheticRow,
  syntheticClassIds,
} from './synthetic/index.js';
