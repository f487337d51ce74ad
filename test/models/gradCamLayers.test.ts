import { describe, expect, it } from 'vitest';
import { explainableLayers, openGradCam } from '../../src/explain/index.js';
import { Graph, gradients, toOnnx } from '../../src/graph/index.js';
import { findModel, models } from '../../src/models/index.js';
import { Network } from '../../src/nn/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { noisyImages } from '../noise.js';
import { noiseWeights } from './noiseWeights.js';

const sizeOf = (id: string) => ({ model: findModel(id), classCount: 7, imageSize: 64 });

describe.each(['resnet18', 'mobilenet_v2'])("%s's layer for Grad-CAM", (id) => {
  const size = sizeOf(id);
  const weights = noiseWeights(size);

  it('stands right before average pooling: its gradient is the classifier weight, spread over the positions', async () => {
    const graph = new Graph();
    const network = new Network(graph, { weights });
    const logits = size.model.build(network, graph.input('images', [1, 3, 64, 64]), 7);
    const layer = network.activations.get(size.model.gradCamLayer)!;
    graph.output('activations', layer);
    graph.output('gradient', gradients(graph, logits, [layer], graph.input('class', [1, 7]))[0]);
    const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
    const found = await session.run({
      images: { data: noisyImages(1, 64, 1), shape: [1, 3, 64, 64] },
      class: { data: Float32Array.of(0, 0, 1, 0, 0, 0, 0), shape: [1, 7] },
    });
    await session.close();
    const [, channels, height, width] = layer.shape;
    const positions = height * width;
    const classifier = weights.get(`${size.model.classifier[0]}.weight`)!.data.subarray(2 * channels, 3 * channels);
    const [activations, gradient] = [found.activations.data, found.gradient.data] as Float32Array[];
    let passing = 0;
    gradient.forEach((value, i) => {
      // ReLU6 stands between the convolution and the pooling of MobileNetV2.
      const passes = id === 'resnet18' || (activations[i] > 0 && activations[i] < 6);
      if (passes) passing++;
      expect(value).toBeCloseTo(passes ? classifier[Math.floor(i / positions)] / positions : 0, 6);
    });
    expect(passing).toBeGreaterThan(gradient.length / 2);
  });

  it('can be explained, and so can every convolution', async () => {
    const layers = explainableLayers(size);
    expect(layers).toContain(size.model.gradCamLayer);
    for (const layer of [undefined, layers[0], layers[Math.floor(layers.length / 2)]]) {
      const gradCam = await openGradCam(nodeRuntime, { ...size, weights, layer, batchSize: 1 }, { threads: 1 });
      const [map] = await gradCam.explain(noisyImages(1, 64, 1), [2]);
      expect(gradCam.layer).toBe(layer ?? size.model.gradCamLayer);
      expect(map).toBeDefined();
      await gradCam.close();
    }
  });
});

it.each(Object.keys(models))("%s: the layer for Grad-CAM has a map's output", (id) => {
  expect(explainableLayers({ ...sizeOf(id), imageSize: 64 })).toContain(findModel(id).gradCamLayer);
});
