import { describe, expect, it } from 'vitest';
import { encodeForeign } from '../../src/explain/encodeForeign.js';
import { openGradCam, scaleHeatMap } from '../../src/explain/index.js';
import { foreignModel } from '../../src/models/foreign/foreignModel.js';
import { openForeignClassifier } from '../../src/models/foreign/openForeignClassifier.js';
import { readForeign } from '../../src/models/foreign/readForeign.js';
import { initialWeights } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { type ForeignFileOptions, foreignFile } from '../foreignFile.js';
import { wave } from '../wave.js';

const imageSize = 32;
const images = wave(2 * 3 * imageSize ** 2, 0.3);
const threads = { threads: 1 };

async function encode(options: ForeignFileOptions) {
  const bytes = foreignFile(options);
  const foreign = readForeign({ name: 'net.onnx', bytes });
  const classCount = foreign.classCount!;
  const encoded = encodeForeign(foreign, { imageSize, classCount });
  const session = await nodeRuntime.open(encoded.bytes, threads);
  const outputs = await session.run({ images: { data: images, shape: [2, 3, imageSize, imageSize] } });
  await session.close();
  return { bytes, foreign, classCount, encoded, outputs };
}

describe('encodeForeign', () => {
  it.each<ForeignFileOptions>([
    {},
    { end: 'Softmax' },
    { end: 'LogSoftmax' },
    { layout: 'nhwc' },
    { side: null },
    { classes: 24 },
  ])("gives the file's own probabilities, and Grad-CAM of its classes: %o", async (options) => {
    const { bytes, foreign, classCount, encoded, outputs } = await encode(options);
    const size = { imageSize, batchSize: 2, source: 'net.onnx' };
    const alone = await openForeignClassifier(nodeRuntime, foreign, bytes, size, threads);
    const { probabilities } = await alone.classify(images);
    await alone.close();
    const found = outputs.probabilities.data as Float32Array;
    expect(found.length).toBe(2 * classCount);
    found.forEach((value, i) => {
      expect(Math.abs(value - probabilities[i])).toBeLessThan(1e-5);
    });
    expect(probabilities.subarray(0, classCount).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(Math.max(...found)).toBeGreaterThan(1.2 / classCount);

    const { network, input, output } = foreign;
    const model = foreignModel(network, { id: 'net', input, imageSize, output, head: 'own' });
    const weights = initialWeights({ model, classCount, imageSize }, 0);
    const gradCam = await openGradCam(nodeRuntime, { model, weights, classCount, imageSize }, threads);
    const [, maps, height, width] = outputs.heat_maps.shape;
    expect(maps).toBe(classCount > 10 ? 5 : classCount);
    expect(encoded.someClasses).toBe(classCount > 10);
    const classes = outputs.heat_classes ? Array.from(outputs.heat_classes.data as BigInt64Array, Number) : undefined;
    let heated = 0;
    for (let n = 0; n < 2; n++) {
      const own = found.subarray(n * classCount, (n + 1) * classCount);
      const order = Array.from(own.keys()).sort((a, b) => own[b] - own[a]);
      if (classes) expect(classes.slice(n * maps, (n + 1) * maps)).toEqual(order.slice(0, maps));
      for (let m = 0; m < maps; m++) {
        const k = classes ? classes[n * maps + m] : m;
        const expected = (await gradCam.explain(images, [k, k]))[n];
        const start = (n * maps + m) * height * width;
        const values = (outputs.heat_maps.data as Float32Array).subarray(start, start + height * width);
        const map = scaleHeatMap(values, width, height);
        expect(map.empty).toBe(expected.empty);
        map.values.forEach((value, i) => {
          expect(Math.abs(value - expected.values[i])).toBeLessThan(1e-3);
        });
        if (!map.empty) heated += 1;
      }
    }
    await gradCam.close();
    expect(heated).toBeGreaterThan(0);
  });

  it('leaves classes that do not exclude each other to nobody', async () => {
    const bytes = foreignFile({ end: 'Sigmoid' });
    const foreign = readForeign({ name: 'net.onnx', bytes });
    const size = { imageSize, batchSize: 1, source: 'net.onnx' };
    await expect(openForeignClassifier(nodeRuntime, foreign, bytes, size, threads)).rejects.toThrow(
      /net.onnx decides about every class by itself/,
    );
    expect(() => encodeForeign(foreign, { imageSize, classCount: 4 })).toThrow(/ended at Sigmoid/);
  });

  it('says what it can not differentiate', () => {
    const foreign = readForeign({ name: 'net.onnx', bytes: foreignFile({ strange: true }) });
    expect(() => encodeForeign(foreign, { imageSize, classCount: 4 })).toThrow(/net.onnx has one operator/);
  });
});
