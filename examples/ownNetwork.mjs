// A network of one's own, trained step by step on arrays: no dataset, no run folder.
import { defineModel, initialWeights, openClassifier } from 'lesionlab/models';
import { conv2d, globalAveragePoolLayer, linearLayer, maxPoolLayer, reluLayer } from 'lesionlab/nn';
import { Random } from 'lesionlab/random';
import { nodeRuntime } from 'lesionlab/runtime/node';
import { Trainer } from 'lesionlab/training';

const model = defineModel({
  id: 'two-convolutions',
  title: 'Two convolutions',
  source: 'this example',
  gradCamLayer: 'conv2',
  smallestImageSize: 8,
  defaultNormalisation: 'train-split',
  stages: ['conv1', 'conv2', 'fc'],
  classifier: ['fc'],
  buildFeatures(network, images) {
    const first = reluLayer(network, conv2d(network, images, 'conv1', { filters: 8, kernel: 3, padding: 1 }));
    const pooled = maxPoolLayer(network, first, 'pool', { kernel: 2, stride: 2, padding: 0 });
    const second = reluLayer(network, conv2d(network, pooled, 'conv2', { filters: 16, kernel: 3, padding: 1 }));
    return globalAveragePoolLayer(network, second);
  },
  buildHead: (network, features, classCount) => linearLayer(network, features, 'fc', classCount),
});
const size = { model, classCount: 2, imageSize: 16 };
const batchSize = 32;

// Class 0 has stripes that lie, class 1 stripes that stand; images are [N, 3, 16, 16].
const random = new Random(0, 'stripes');
function drawBatch() {
  const labels = Int32Array.from({ length: batchSize }, () => random.integer(2));
  const images = new Float32Array(batchSize * 3 * 16 * 16);
  for (let i = 0; i < images.length; i++) {
    const [x, y, n] = [i % 16, (i >> 4) % 16, Math.floor(i / (3 * 16 * 16))];
    const along = labels[n] === 1 ? x : y;
    images[i] = (along % 4 < 2 ? 0.5 : -0.5) + random.normal(0, 2);
  }
  return { images, labels };
}

const trainer = await Trainer.open(
  nodeRuntime,
  {
    ...size,
    batchSize,
    optimizer: { kind: 'adam', weightDecay: 0 },
    classWeights: [1, 1],
    labelSmoothing: 0,
    weightAveraging: 0,
  },
  initialWeights(size, 0),
  { threads: 1 },
);
for (let step = 1; step <= 60; step++) {
  const { images, labels } = drawBatch();
  const { loss, correct } = await trainer.step(images, labels, 0.01);
  if (step % 20 === 0) console.log(`step ${step}: loss ${loss.toFixed(3)}, ${correct} of ${batchSize} right`);
}

// The weights have PyTorch's names; `encodeSafetensors` of lesionlab/models writes them for it.
const weights = trainer.evaluatedWeights();
console.log([...weights].map(([name, { shape }]) => `${name} [${shape}]`).join(', '));
const classifier = await openClassifier(nodeRuntime, { ...size, weights, batchSize }, { threads: 1 });
const { images, labels } = drawBatch();
const { probabilities } = await classifier.classify(images);
const right = labels.filter((label, n) => probabilities[2 * n + label] > 0.5).length;
console.log(`on images that it has not seen: ${right} of ${batchSize} right`);
await classifier.close();
await trainer.close();
