/** Where a network looks: class activation maps, and how they lie on the lesion; trained networks as ONNX files. */
export { type Baseline, type BaselineOptions, baselineImage, baselines, type Normalisation } from './baseline.js';
export { coarsenHeatMap } from './coarsenHeatMap.js';
export { combineHeatMaps } from './combineHeatMaps.js';
export {
  type EncodeModelOptions,
  encodeAlone,
  encodeModel,
  type ModelToEncode,
  type TrainedNetwork,
} from './encodeModel.js';
export type {
  AttributionMap,
  Explainer,
  ExplainerOptions,
  ExplainingProgress,
  ExplanationMethod,
  NetworkExplainer,
} from './explainers/explainer.js';
export { type OcclusionOptions, occludeImages } from './explainers/occlusion.js';
export {
  type ExplainNetworkOptions,
  explainers,
  explainNetwork,
  explanationMethods,
  findExplainer,
  openNetworkExplainer,
  requireOwnOptions,
} from './explainers/registry.js';
export {
  averageFaithfulness,
  type FaithfulnessCurves,
  type FaithfulnessOptions,
  type ImageFaithfulness,
  measureFaithfulness,
  type PlaceOrder,
  placeOrders,
} from './faithfulness.js';
export {
  describeFaithfulness,
  describeRandomisation,
  type FaithfulnessSummary,
  type OrderFaithfulness,
  summariseFaithfulness,
} from './faithfulnessSummary.js';
export { explainableLayers, type GradCam, type GradCamOptions, openGradCam } from './gradCam.js';
export {
  type ActivationMapInput,
  type ActivationMapMethod,
  type ClassActivationMap,
  classActivationMap,
  enlargeHeatMap,
  type HeatMap,
  scaleHeatMap,
} from './heatmap.js';
export {
  type Localisation,
  type LocalisationOptions,
  type LocalisationSummary,
  localiseHeat,
  summariseLocalisation,
} from './localisation.js';
export { type ImageSides, type MapLayout, type MapReading, mapLayout } from './mapLayout.js';
export { type DecodedMask, placeMask } from './placeMask.js';
export {
  checkRandomisation,
  type RandomisationLevel,
  type RandomisationOptions,
  type RandomisedPart,
  randomiseWeights,
} from './randomisation.js';
export { rankCorrelation } from './rankCorrelation.js';
export {
  type BeforeAndAfter,
  type ChangedClass,
  type ChangedProbabilities,
  type CompareChangedOptions,
  compareChanged,
  type ShortcutComparison,
} from './shortcuts/compareChanged.js';
export { describeShortcuts } from './shortcuts/describeShortcuts.js';
export { type FillMethod, fillMethods, inpaint } from './shortcuts/fillRegion.js';
export type { ChangeOptions, MaskedPicture, PictureChange } from './shortcuts/pictureChange.js';
export {
  type ChangeId,
  type ChangePictureOptions,
  changeIds,
  changePicture,
  pictureChanges,
} from './shortcuts/registry.js';
export type { ExamplePanel, ShortcutResult } from './shortcuts/shortcutResult.js';
