import { describe, it } from 'vitest';
import { expectNearFloats } from './quantised.js';

describe('quantiseGraph', () => {
  it.each([
    ['resnet18', 64],
    ['resnet50', 32],
  ])('%s: logits stay near those in floats, on images that calibration did not see', expectNearFloats);
});
