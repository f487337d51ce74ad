import { Graph, toOnnx } from '../src/graph/index.js';
import { decodeMessage, encodeMessage, type Message } from '../src/graph/protobuf.js';

/** An exported model of two classes with the weights of one layer: the mean colour decides. */
export function smallModel(): Uint8Array<ArrayBuffer> {
  const graph = new Graph();
  const images = graph.input('images', [1, 3, 8, 8]);
  const weight = graph.initializer(Float32Array.of(1, -1, 0.5, -0.5, 2, -2), [3, 2], 'fc.weight');
  const mean = graph.node('GlobalAveragePool', [images], [1, 3, 1, 1]);
  const logits = graph.node('MatMul', [graph.node('Flatten', [mean], [1, 3], { axis: 1 }), weight], [1, 2]);
  graph.output('logits', logits);
  graph.output('probabilities', graph.node('Softmax', [logits], [1, 2], { axis: 1 }));
  return toOnnx(graph, {
    symbolicShapes: { images: ['batch', 3, 8, 8], logits: ['batch', 2], probabilities: ['batch', 2] },
    metadata: {
      lesionlab: '0.1.0',
      model: 'lenet',
      classes: '["mel","nv"]',
      classNames: '["melanoma","nevus"]',
      preprocessing: JSON.stringify({
        imageSize: 8,
        fit: 'squash',
        resize: 'bilinear-antialiased',
        mean: [0.5, 0.5, 0.5],
        std: [0.25, 0.25, 0.25],
        statistics: 'made up',
      }),
    },
  });
}

/** A model with something changed in it. */
export function changed(bytes: Uint8Array, change: (model: Message) => void): Uint8Array<ArrayBuffer> {
  const model = decodeMessage('Model', bytes);
  change(model);
  return encodeMessage('Model', model);
}

/** The same model with one of its weights in a second file, after `offset` other bytes. */
export function withExternalData(bytes: Uint8Array, location: string, offset = 4096, weight = 'fc.weight') {
  let data = new Uint8Array();
  const model = changed(bytes, ({ graph: { initializers } }) => {
    const tensor = initializers.find(({ name }: Message) => name === weight);
    data = new Uint8Array(offset + tensor.rawData.length);
    data.set(tensor.rawData, offset);
    const entries = { location, offset: String(offset), length: String(tensor.rawData.length) };
    tensor.rawData = undefined;
    tensor.dataLocation = 1;
    tensor.externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
  });
  return { model, data };
}
