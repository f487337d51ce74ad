/** Training: recipes, the trainer, and the events of a training. */
export { type CurveNote, describeCurves } from './curveNotes.js';
export { estimateTraining, type MeasuredNetworks, type TrainingEstimate } from './estimateTraining.js';
export type { EpochRecord, StepRecord, TrainEvent, TrainPosition } from './events.js';
export { findBestEpoch } from './findBestEpoch.js';
export {
  defaultLearningRateRange,
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateEvent,
  type LearningRateFinding,
  type LearningRateRange,
  type LearningRateRecord,
  readLearningRates,
} from './findLearningRate.js';
export type { Optimizer, OptimizerOptions } from './optimisation/optimizers.js';
export { findLearningRateFactor, findTrainable } from './optimisation/parameterRoles.js';
export type { ParameterGroups } from './optimisation/parameterRuns.js';
export { learningRateAt, type ScheduleOptions } from './optimisation/schedules.js';
export { compareRecipes, type RecipeDifference } from './recipe/compareRecipes.js';
export type { RunConfig, SplitConfig } from './recipe/config.js';
export {
  type AnyConfig,
  type EnsembleConfig,
  type EnsembleMember,
  isEnsemble,
  isJudged,
  type NetworkConfig,
  type Weighting,
  weightings,
} from './recipe/ensembleConfig.js';
export { type FormatRecipeOptions, formatRecipe } from './recipe/formatRecipe.js';
export type { JudgedConfig } from './recipe/judgedConfig.js';
export type { Members, RecipeMember } from './recipe/members.js';
export type { Preset } from './recipe/presets/preset.js';
export { defaultPreset, findPreset, presets } from './recipe/presets/registry.js';
export { readRecipe } from './recipe/readRecipe.js';
export type { MemberChanges, RecipeChanges, RecipeFile, RecipeOverrides } from './recipe/recipeChanges.js';
export { recipeChangesOf } from './recipe/recipeChangesOf.js';
export type { Recipe } from './recipe/recipeSchema.js';
export {
  formatSetting,
  type RecipeGroup,
  type RecipeSetting,
  recipeGroups,
  recipeSettings,
} from './recipe/recipeSettings.js';
export { type ResolvedMember, resolveMembers } from './recipe/resolveMembers.js';
export { noPreset, type ResolvedRecipe, recipeMembers, resolveRecipe } from './recipe/resolveRecipe.js';
export {
  type PreviewedBlend,
  type PreviewedDraw,
  type PreviewedImage,
  type PreviewOptions,
  previewRecipe,
} from './recipePreview.js';
export { recipeTrainerOptions } from './recipeTrainerOptions.js';
export { type TrainOptions, train } from './train.js';
export { type StepResult, Trainer } from './trainer.js';
export type { TrainerOptions } from './trainerOptions.js';
export { buildTrainingGraph, type TrainingGraph } from './trainingGraph.js';
export { type ValidationResult, validate } from './validate.js';
