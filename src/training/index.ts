export * from './curveNotes.js';
export * from './estimateTraining.js';
export * from './events.js';
export * from './featureTable.js';
export * from './findBestEpoch.js';
export * from './findLearningRate.js';
export * from './headTraining.js';
export * from './optimisation/earlyStopping.js';
export * from './optimisation/optimizers.js';
export * from './optimisation/parameterRoles.js';
export * from './optimisation/parameterRuns.js';
export * from './optimisation/parameterStore.js';
export * from './optimisation/runningStatistics.js';
export * from './optimisation/schedules.js';
export { checkpointMetadata } from './recipe/checkpointMetadata.js';
export * from './recipe/config.js';
export * from './recipe/ensembleConfig.js';
export * from './recipe/formatRecipe.js';
export * from './recipe/makeRunConfig.js';
export * from './recipe/presets.js';
export { readRecipe } from './recipe/readRecipe.js';
export {
  formatSetting,
  type RecipeGroup,
  type RecipeSetting,
  recipeGroups,
  recipeSettings,
} from './recipe/recipeSettings.js';
export * from './recipe/resolveRecipe.js';
export * from './recipe/trainingSplits.js';
export * from './recipe/weightsNormalisation.js';
export * from './recipeTrainerOptions.js';
export * from './train.js';
export * from './trainer.js';
export * from './validate.js';
