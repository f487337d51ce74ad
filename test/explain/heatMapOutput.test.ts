import { describe, expect, it } from 'vitest';
import { appendHeatMaps } from '../../src/explain/heatMapOutput.js';
import { mapLayout, openGradCam, scaleHeatMap } from '../../src/explain/index.js';
import { toOnnx } from '../../src/graph/index.js';
import { buildEvaluationGraph, initialWeights, models } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { wave } from '../wave.js';

/** A network of each kind of layer that is looked at; the large ones' maps are in models/largeModels.slow.test.ts. */
const kinds = ['lenet', 'resnet18', 'mobilenet_v2', 'mobilenet_v2_levels', 'mobilenet_v3_small', 'efficientnet_lite0'];
const classCount = 3;
const imageSize = 64;
const count = 2;
const images = wave(count * 3 * imageSize ** 2, 0.25);

describe('appendHeatMaps', () => {
  it.each(kinds.map((id) => models[id]))(
    'gives what openGradCam gives for every class, at a batch size that the graph was not built for: $id',
    async (model) => {
      const size = { model, classCount, imageSize };
      const weights = initialWeights(size, 1);
      const { graph, activations } = buildEvaluationGraph({ ...size, weights, batchSize: 1, target: 'webgpu' });
      const layer = activations.get(model.gradCamLayer)!;
      const layout = mapLayout(layer.shape, { height: imageSize, width: imageSize });
      const { height, width } = layout;
      graph.output('heat_maps', appendHeatMaps(graph, graph.outputs.get('logits')!, layer, layout));
      const symbolicShapes = {
        images: ['batch', 3, imageSize, imageSize],
        logits: ['batch', classCount],
        probabilities: ['batch', classCount],
        heat_maps: ['batch', classCount, height, width],
      };
      const session = await nodeRuntime.open(toOnnx(graph, { symbolicShapes }), { threads: 1 });
      const outputs = await session.run({ images: { data: images, shape: [count, 3, imageSize, imageSize] } });
      await session.close();
      expect(outputs.heat_maps.shape).toEqual([count, classCount, height, width]);
      const found = outputs.heat_maps.data as Float32Array;

      const gradCam = await openGradCam(nodeRuntime, { ...size, weights }, { threads: 1 });
      let heated = 0;
      for (let k = 0; k < classCount; k++) {
        const expected = await gradCam.explain(images, [k, k]);
        expected.forEach((map, i) => {
          const start = (i * classCount + k) * height * width;
          const own = scaleHeatMap(found.subarray(start, start + height * width), width, height);
          expect(own.empty).toBe(map.empty);
          expect(Math.abs(own.peak - map.peak)).toBeLessThanOrEqual(1e-3 * map.peak);
          map.values.forEach((value, at) => {
            expect(Math.abs(own.values[at] - value)).toBeLessThan(1e-3);
          });
          if (!map.empty) heated += 1;
        });
      }
      await gradCam.close();
      expect(heated).toBeGreaterThan(0);
    },
  );
});
