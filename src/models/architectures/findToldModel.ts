import type { MetadataEncoding } from '../../data/preparation/metadataInput.js';
import type { ModelDefinition } from '../model.js';
import { withMetadata } from '../withMetadata.js';
import { findModel } from './registry.js';

/** A network by its name, told metadata where an encoding is given. @throws LesionlabError kind `usage` for an unknown name */
export function findToldModel(id: string, encoding: MetadataEncoding | undefined): ModelDefinition {
  const model = findModel(id);
  return encoding ? withMetadata(model, encoding) : model;
}
