import { describe, it } from 'vitest';
import { described, expectImageGradient, expectLogits, expectOddLogits, largeModels } from './describedModels.js';

describe('large models in evaluation', () => {
  const idsWith = (part: 'logits' | 'imageGradient' | 'odd') => largeModels.filter((id) => described[id][part]);
  it.each(idsWith('logits'))("%s gives PyTorch's logits", expectLogits);
  it.each(idsWith('imageGradient'))("%s gives PyTorch's gradient of the images", expectImageGradient);
  it.each(idsWith('odd'))("%s gives PyTorch's logits at a side that nothing divides", expectOddLogits);
});
