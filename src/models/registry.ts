import { usageError } from '../errors.js';
import { lenet } from './lenet.js';
import type { ModelDefinition } from './model.js';

/** All models by id. */
export const models: Readonly<Record<string, ModelDefinition>> = { lenet };

/** @throws LesionlabError kind `usage` for an unknown id */
export function findModel(id: string): ModelDefinition {
  if (Object.hasOwn(models, id)) return models[id];
  throw usageError('unknown-model', `There is no model "${id}"`, {
    hint: `Choose one of: ${Object.keys(models).join(', ')}.`,
  });
}
