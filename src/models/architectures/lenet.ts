import { conv2dMaxPool, flattenLayer, linearLayer, reluLayer } from '../../nn/index.js';
import { defineModel } from '../model.js';

/**
 * LeNet-5 as in the tutorial: two 5x5 convolutions with ReLU and 2x2 max pooling, three fully connected layers;
 * 5,612,471 parameters at 224 px and 7 classes. Pooling stands before ReLU here, which gives the same function and the same
 * gradient at a quarter of the work.
 */
export const lenet = defineModel({
  id: 'lenet',
  title: 'LeNet',
  source: 'LeCun et al. 1998, doi 10.1109/5.726791; colour input, ReLU and max pooling as in the tutorial',
  gradCamLayer: 'conv2',
  smallestImageSize: 16,
  defaultNormalisation: 'train-split',
  stages: ['conv1', 'conv2', 'fc1', 'fc2', 'fc3'],
  classifier: ['fc3'],
  buildFeatures(network, images) {
    const first = conv2dMaxPool(network, images, 'conv1', { filters: 6, kernel: 5, padding: 2 });
    const second = conv2dMaxPool(network, reluLayer(network, first), 'conv2', { filters: 16, kernel: 5 });
    const features = flattenLayer(network, reluLayer(network, second));
    const fc1 = reluLayer(network, linearLayer(network, features, 'fc1', 120));
    return reluLayer(network, linearLayer(network, fc1, 'fc2', 84));
  },
  buildHead: (network, features, classCount) => linearLayer(network, features, 'fc3', classCount),
});
