import type { ModelDefinition } from '../../models/index.js';
import type { Recipe } from './config.js';

/** The settings of a recipe that go with a file's network, where nobody says others. */
export function recipeOfNetwork({
  id,
  file,
  preprocessing,
}: Pick<ModelDefinition, 'id' | 'preprocessing'> & {
  readonly file?: { readonly use: { readonly imageSize: number } };
}): Partial<Pick<Recipe, 'model' | 'imageSize' | 'fit' | 'normalisation'>> {
  const fit = preprocessing?.fit;
  return {
    model: id,
    imageSize: file?.use.imageSize,
    ...(fit && { fit }),
    ...(preprocessing && { normalisation: 'weights' as const }),
  };
}
