import { usageError } from '../errors.js';
import { lenet } from './lenet.js';
import { mobilenetV2 } from './mobilenetV2.js';
import { mobilenetV2Levels } from './mobilenetV2Levels.js';
import type { ModelDefinition } from './model.js';
import { resnet18, resnet34, resnet50, resnet101, resnet152 } from './resnet.js';

/** All models by id. */
export const models: Readonly<Record<string, ModelDefinition>> = Object.fromEntries(
  [lenet, resnet18, resnet34, resnet50, resnet101, resnet152, mobilenetV2, mobilenetV2Levels].map((model) => [
    model.id,
    model,
  ]),
);

/** @throws LesionlabError kind `usage` for an unknown id */
export function findModel(id: string): ModelDefinition {
  if (Object.hasOwn(models, id)) return models[id];
  throw usageError('unknown-model', `There is no model "${id}"`, {
    hint: `Choose one of: ${Object.keys(models).join(', ')}.`,
  });
}
