import { usageError } from '../../errors.js';
import type { ModelDefinition } from '../model.js';
import { convnextSmall, convnextTiny } from './convnext.js';
import { densenet121 } from './densenet.js';
import {
  efficientnetB0,
  efficientnetB1,
  efficientnetB2,
  efficientnetB3,
  efficientnetB4,
  efficientnetV2S,
} from './efficientnet.js';
import { efficientnetLite0, efficientnetLite1, efficientnetLite2 } from './efficientnetLite.js';
import { lenet } from './lenet.js';
import { mobilenetV2 } from './mobilenetV2.js';
import { mobilenetV2Levels } from './mobilenetV2Levels.js';
import { mobilenetV3Large, mobilenetV3Small } from './mobilenetV3.js';
import { regnetY400mf } from './regnet.js';
import { resnet18, resnet34, resnet50, resnet101, resnet152 } from './resnet.js';
import { swinT } from './swin.js';
import { vitB16 } from './vit.js';

/** The architectures that lesionlab builds itself, by id. */
export const models: Readonly<Record<string, ModelDefinition>> = Object.fromEntries(
  [
    lenet,
    ...[resnet18, resnet34, resnet50, resnet101, resnet152],
    ...[mobilenetV2, mobilenetV2Levels, mobilenetV3Small, mobilenetV3Large],
    ...[efficientnetB0, efficientnetB1, efficientnetB2, efficientnetB3, efficientnetB4, efficientnetV2S],
    ...[efficientnetLite0, efficientnetLite1, efficientnetLite2],
    ...[convnextTiny, convnextSmall, densenet121, regnetY400mf, vitB16, swinT],
  ].map((model) => [model.id, model]),
);

/** Networks out of files, by id: known to this process from the moment that their file was read. */
const added = new Map<string, ModelDefinition>();

/** Makes a network known under its id, which is then a model like any other; one of the same id takes the place of an earlier one. */
export function addModel(model: ModelDefinition): ModelDefinition {
  if (Object.hasOwn(models, model.id))
    throw usageError(
      'model-name',
      `"${model.id}" is the name of an architecture; expected another id for a network out of a file`,
    );
  added.set(model.id, model);
  return model;
}

/** Whether there is a model of an id. */
export const hasModel = (id: string): boolean => Object.hasOwn(models, id) || added.has(id);

/** @throws LesionlabError kind `usage` for an unknown id */
export function findModel(id: string): ModelDefinition {
  const model = Object.hasOwn(models, id) ? models[id] : added.get(id);
  if (model) return model;
  throw usageError('unknown-model', `There is no model "${id}"`, {
    hint: `Choose one of: ${Object.keys(models).join(', ')}; or name an ONNX file.`,
  });
}
