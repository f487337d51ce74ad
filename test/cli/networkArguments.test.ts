import { describe, expect, it } from 'vitest';
import { networkArguments } from '../../src/cli/networkArguments.js';

const use = { imageSize: 224, layout: 'nhwc', output: 'scores' } as const;

describe('networkArguments', () => {
  it('say again what a run was told of its network', () => {
    expect(networkArguments({ use })).toBe('--output scores --layout nhwc');
    const preprocessing = {
      ...{ imageSize: 224, fit: 'crop', resizeTo: 235, resize: 'bicubic-antialiased', statistics: 'given' },
      ...{ mean: [0.1, 0.2, 0.3], std: [1, 1, 1], channelOrder: 'bgr' },
    } as Parameters<typeof networkArguments>[0]['preprocessing'];
    const words = networkArguments({ use: { ...use, cut: "it's here", pooling: 'token' }, preprocessing });
    expect(words).toMatch(/^--cut 'it'\\''s here' --pooling token --output scores --layout nhwc --crop [\d.]+ /);
    expect(words).toMatch(/ --interpolation bicubic --mean 0.1,0.2,0.3 --std 1,1,1 --channel-order bgr$/);
    const crop = Number(/--crop ([\d.]+)/.exec(words)![1]);
    expect(Math.floor(224 / crop)).toBe(235);
  });
});
