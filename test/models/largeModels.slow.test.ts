import { describe, it } from 'vitest';
import { described, expectImageGradient, expectLogits, largeModels } from './describedModels.js';

describe('large models in evaluation', () => {
  const idsWith = (part: 'logits' | 'imageGradient') => largeModels.filter((id) => described[id][part]);
  it.each(idsWith('logits'))("%s gives PyTorch's logits", expectLogits);
  it.each(idsWith('imageGradient'))("%s gives PyTorch's gradient of the images", expectImageGradient);
});
