import type { ModelDefinition } from '../../models/index.js';
import type { Recipe } from './config.js';

/** The settings of a recipe that go with a file's network, where nobody says others. */
export function recipeOfNetwork({
  id,
  file,
  preprocessing,
  onlyImageSize,
}: Pick<ModelDefinition, 'id' | 'preprocessing' | 'onlyImageSize'> & {
  readonly file?: { readonly use: { readonly imageSize: number } };
}): Partial<Pick<Recipe, 'model' | 'imageSize' | 'trainingImageSize' | 'fit' | 'normalisation'>> {
  const fit = preprocessing?.fit;
  return {
    model: id,
    imageSize: file?.use.imageSize,
    // A preset that trains on smaller images than it predicts from can't where the file takes one size.
    ...(onlyImageSize !== undefined && { trainingImageSize: 0 }),
    ...(fit && { fit }),
    ...(preprocessing && { normalisation: 'weights' as const }),
  };
}
