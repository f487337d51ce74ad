import { testOutOfDistribution } from './testOutOfDistribution.js';

// Its features are projected.
testOutOfDistribution('resnet18');
