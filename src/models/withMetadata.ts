import { encodeMetadata, type MetadataEncoding } from '../data/preparation/metadataInput.js';
import { add } from '../graph/index.js';
import { linearLayer, reluLayer } from '../nn/index.js';
import { defineModel, type ModelDefinition } from './model.js';

/** Numbers between the two layers. */
const hiddenWidth = 32;

/**
 * A network that is told what a table says of an image, too: late fusion. The encoded columns go through a layer with ReLU; what a last layer makes of them is added to
 * the logits. Where the head is one linear layer, that is the same as giving it both side by side, and it works for a head of any form. Parameters are
 * `metadata.0` and `metadata.2`; images of which nothing is known are a case that it learns, so that it answers without, too.
 */
export function withMetadata(model: ModelDefinition, encoding: MetadataEncoding): ModelDefinition {
  const unknown = encodeMetadata(encoding, {});
  return defineModel({
    ...model,
    metadata: encoding,
    stages: [...model.stages, 'metadata'],
    classifier: [...model.classifier, 'metadata'],
    buildHead(network, features, classCount) {
      const logits = model.buildHead(network, features, classCount);
      const values = network.metadata(features.shape[0], unknown);
      const hidden = reluLayer(network, linearLayer(network, values, 'metadata.0', hiddenWidth));
      return network.graph.apply(add, [logits, linearLayer(network, hidden, 'metadata.2', classCount)], {});
    },
  });
}
