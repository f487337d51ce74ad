import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explainableLayers, openGradCam } from '../../src/explain/index.js';
import { findModel, openClassifier } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { wave } from '../wave.js';
import { waveWeights } from './waveWeights.js';

interface Fixture {
  size: number;
  classes: number;
  explained: number[];
  maps: Record<string, { peak: number; values: number[] }[]>;
}
const fixture: Fixture = JSON.parse(readFileSync(new URL('../fixtures/explain/gradCam.json', import.meta.url), 'utf8'));

const model = findModel('lenet');
const size = { model, classCount: fixture.classes, imageSize: fixture.size };
const open = { threads: 1 };
const weights = waveWeights(size);
const pixels = 3 * fixture.size ** 2;
const images = wave(3 * pixels, 0.25);

describe('openGradCam', () => {
  for (const layer of ['conv1', 'conv2'])
    for (const method of ['grad-cam', 'hirescam'] as const)
      it(`equals PyTorch at ${layer}, ${method}`, async () => {
        const gradCam = await openGradCam(nodeRuntime, { ...size, weights, layer, method }, open);
        const maps = await gradCam.explain(images, fixture.explained);
        await gradCam.close();
        const expected = fixture.maps[`${layer} ${method}`];
        expect(maps.length).toBe(expected.length);
        maps.forEach((map, i) => {
          expect(map.empty).toBe(expected[i].peak === 0);
          expect(Math.abs(map.peak - expected[i].peak)).toBeLessThanOrEqual(1e-4 * expected[i].peak);
          expect(map.values.length).toBe(expected[i].values.length);
          map.values.forEach((value, at) => {
            expect(Math.abs(value - expected[i].values[at])).toBeLessThan(2e-4);
          });
        });
      });

  it('gives an image the same map whatever stands beside it in the batch', async () => {
    const together = await openGradCam(nodeRuntime, { ...size, weights, batchSize: 2 }, open);
    const alone = await openGradCam(nodeRuntime, { ...size, weights, batchSize: 1 }, open);
    const maps = await together.explain(images, fixture.explained);
    for (let i = 0; i < 3; i++) {
      const [own] = await alone.explain(images.subarray(i * pixels, (i + 1) * pixels), [fixture.explained[i]]);
      own.values.forEach((value, at) => {
        expect(Math.abs(value - maps[i].values[at])).toBeLessThan(1e-5);
      });
    }
    await together.close();
    await alone.close();
  });

  it('looks at the last convolution unless another is named, and knows all of them', async () => {
    const gradCam = await openGradCam(nodeRuntime, { ...size, weights }, open);
    expect({ layer: gradCam.layer, shape: gradCam.layerShape }).toEqual({ layer: 'conv2', shape: [16, 6, 6] });
    await gradCam.close();
    expect(explainableLayers(size)).toEqual(['conv1', 'conv2']);
    await expect(openGradCam(nodeRuntime, { ...size, weights, layer: 'fc1' }, open)).rejects.toMatchObject({
      kind: 'usage',
      hint: 'Choose one of: conv1, conv2.',
    });
  });

  it('accounts for the whole logit: without biases, HiResCAM before clipping sums to it', async () => {
    // Without biases a ReLU network is homogeneous: gradient times activation, summed over a layer, is the logit (Euler).
    const unbiased = new Map(
      [...weights].map(([name, { shape, data }]) => [
        name,
        { shape, data: name.endsWith('.bias') ? new Float32Array(data.length) : data },
      ]),
    );
    const classifier = await openClassifier(nodeRuntime, { ...size, weights: unbiased, batchSize: 3 }, open);
    const { logits } = await classifier.classify(images);
    await classifier.close();
    const gradCam = await openGradCam(nodeRuntime, { ...size, weights: unbiased, method: 'hirescam' }, open);
    for (let k = 0; k < fixture.classes; k++) {
      const maps = await gradCam.explain(images, [k, k, k]);
      maps.forEach((map, i) => {
        const positive = map.values.reduce((sum, value) => sum + value * map.peak, 0);
        // The map keeps the positive part only, so it is at least the logit.
        expect(positive).toBeGreaterThanOrEqual(logits[i * fixture.classes + k] - 1e-3);
        if (logits[i * fixture.classes + k] > 1e-3) expect(map.empty).toBe(false);
      });
    }
    await gradCam.close();
  });
});
