import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { audibleActivations } from '../../src/explain/audibleActivations.js';
import { appendHeatMaps } from '../../src/explain/heatMapOutput.js';
import { explainableLayers, mapLayout, openGradCam } from '../../src/explain/index.js';
import { Graph, maxPool, type Operator, relu, toOnnx } from '../../src/graph/index.js';
import { buildEvaluationGraph } from '../../src/models/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { wave } from '../wave.js';
import { tokenNetwork, tokenWeights } from './tokenNetwork.js';

const square = (side: number) => ({ height: side, width: side });
const wide = { height: 160, width: 224 };

describe('mapLayout', () => {
  it.each([
    ['a convolution', [8, 512, 7, 7], square(224), ['channels-first', 512, 7, 7, 0]],
    ['a map of a wide image', [8, 512, 5, 7], wide, ['channels-first', 512, 5, 7, 0]],
    ['sides that strides do not divide', [1, 64, 6, 10], { height: 50, width: 75 }, ['channels-first', 64, 6, 10, 0]],
    ["Swin's channels last", [8, 7, 7, 768], square(224), ['channels-last', 768, 7, 7, 0]],
    ['what could be both', [1, 7, 7, 7], square(224), ['channels-first', 7, 7, 7, 0]],
    ['a class token', [8, 197, 384], square(224), ['tokens', 384, 14, 14, 1]],
    ['no class token', [8, 196, 384], square(224), ['tokens', 384, 14, 14, 0]],
    ['a class and four registers', [8, 261, 384], square(224), ['tokens', 384, 16, 16, 5]],
    ['tokens of a wide image', [1, 141, 192], wide, ['tokens', 192, 10, 14, 1]],
  ] as const)('reads %s', (_, shape, image, [kind, channels, height, width, leadingTokens]) => {
    expect(mapLayout(shape, image)).toEqual({ kind, channels, height, width, leadingTokens });
  });

  it('takes what it is told', () => {
    expect(mapLayout([1, 7, 7, 7], square(224), { channels: 'last' }).kind).toBe('channels-last');
    // 5 = 4 + 1 = 1 + 4.
    expect(mapLayout([1, 5, 8], square(32))).toMatchObject({ height: 2, leadingTokens: 1 });
    expect(mapLayout([1, 5, 8], square(32), { leadingTokens: 4 })).toMatchObject({ height: 1, leadingTokens: 4 });
    expect(() => mapLayout([1, 197, 8], square(224), { leadingTokens: 2 })).toThrow('[1, 197, 8] and 2 leading tokens');
  });

  it.each([
    ['features', [8, 512]],
    ['a class token alone', [8, 1, 512]],
    ['queries of heads', [8, 12, 197, 64]],
    ['tokens that fill no map with few to spare', [8, 12 * 12 + 17, 64]],
    ['a volume', [1, 8, 4, 4, 4]],
  ])('refuses %s and names the shape', (_, shape) => {
    // 80 = 64 + 16 is the most that is taken for tokens without a place; 8 more are none.
    const given = shape[1] === 80 ? [8, 120, 64].with(1, 64 + 17 - 1 + 16) : shape;
    expect(() => mapLayout(given, square(224))).toThrow(`found the shape [${given.join(', ')}]`);
  });
});

interface Fixture {
  explained: number[];
  logits: number[];
  maps: Record<string, number[][]>;
}
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../fixtures/explain/anyLayout.json', import.meta.url), 'utf8'),
);
const size = { model: tokenNetwork, classCount: 3, imageSize: 16 };
const images = wave(3 * 3 * 256, 0.25);
const open = { threads: 1 };

describe('openGradCam at layers of any layout', () => {
  for (const layer of ['patches', 'map', 'norm'])
    for (const method of ['grad-cam', 'hirescam'] as const)
      it(`equals the package grad-cam at ${layer}, ${method}`, async () => {
        const options = { ...size, weights: tokenWeights, layer, method, batchSize: 2 };
        const gradCam = await openGradCam(nodeRuntime, options, open);
        expect(gradCam.layerShape).toEqual([8, 4, 4]);
        const maps = await gradCam.explain(images, fixture.explained);
        await gradCam.close();
        const expected = fixture.maps[`${layer} ${method}`];
        expect(maps.length).toBe(expected.length);
        maps.forEach((map, i) => {
          const peak = Math.max(...expected[i]);
          expect(map.empty).toBe(peak === 0);
          expected[i].forEach((value, at) => {
            expect(Math.abs(map.values[at] * map.peak - value)).toBeLessThanOrEqual(1e-4 * peak);
          });
        });
      });

  it('is not blind there: some maps have heat, at several places', () => {
    for (const [name, maps] of Object.entries(fixture.maps))
      expect(
        maps.some((map) => map.filter((value) => value > 0).length > 3),
        name,
      ).toBe(true);
  });

  it('knows which layers are maps, and refuses the others', async () => {
    expect(explainableLayers(size)).toEqual(['patches', 'map', 'norm']);
    const ask = (layer: string) => openGradCam(nodeRuntime, { ...size, weights: tokenWeights, layer }, open);
    await expect(ask('features')).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('found the shape [8, 8]'),
    });
    await expect(ask('head')).rejects.toMatchObject({ hint: 'Choose one of: patches, map, norm.' });
  });

  it('puts the same maps into graphs for export, at a batch size that they were not built for', async () => {
    const { graph, activations } = buildEvaluationGraph({ ...size, weights: tokenWeights, batchSize: 1 });
    const logits = graph.outputs.get('logits')!;
    for (const layer of ['map', 'norm']) {
      const value = activations.get(layer)!;
      graph.output(`heat ${layer}`, appendHeatMaps(graph, logits, value, mapLayout(value.shape, square(16))));
    }
    const symbolicShapes = {
      images: ['batch', 3, 16, 16],
      logits: ['batch', 3],
      probabilities: ['batch', 3],
      'heat map': ['batch', 3, 4, 4],
      'heat norm': ['batch', 3, 4, 4],
    };
    const session = await nodeRuntime.open(toOnnx(graph, { symbolicShapes }), open);
    const found = await session.run({ images: { data: images, shape: [3, 3, 16, 16] } });
    await session.close();
    fixture.logits.forEach((logit, i) => {
      expect((found.logits.data as Float32Array)[i]).toBeCloseTo(logit, 4);
    });
    for (const layer of ['map', 'norm'])
      fixture.maps[`${layer} grad-cam`].forEach((expected, i) => {
        const start = (i * 3 + fixture.explained[i]) * 16;
        const own = (found[`heat ${layer}`].data as Float32Array).subarray(start, start + 16);
        expected.forEach((value, at) => {
          expect(Math.abs(own[at] - value)).toBeLessThanOrEqual(1e-4 * Math.max(...expected));
        });
      });
  });
});

describe('audibleActivations', () => {
  const named = (name: string): Operator<object> => ({
    name,
    lower: (graph, [x]) => graph.node('Identity', [x], x.shape),
    gradient: (_, { outputGradient }) => [outputGradient],
  });
  const heard = (use: (graph: Graph, x: ReturnType<Graph['input']>) => unknown) => {
    const graph = new Graph();
    const x = graph.input('x', [1, 2, 4, 4]);
    use(graph, x);
    return audibleActivations(graph, x) === x ? 'all' : 'positive';
  };

  it('drops what is negative only where a ReLU follows whatever is taken of it', () => {
    const pool = { kernel: 2, stride: 2, padding: 0 };
    expect(heard((graph, x) => graph.apply(relu, [x], {}))).toBe('positive');
    expect(heard((graph, x) => graph.apply(relu, [graph.apply(maxPool, [x], pool)], {}))).toBe('positive');
    for (const mover of ['reshape', 'transpose', 'slice', 'concat'])
      expect(
        heard((graph, x) => graph.apply(relu, [graph.apply(named(mover), [x], {})], {})),
        mover,
      ).toBe('positive');
    expect(heard((graph, x) => graph.apply(named('clip'), [x], { min: 0, max: 6 }))).toBe('positive');
    expect(heard((graph, x) => graph.apply(named('clip'), [x], { min: -1 }))).toBe('all');
    expect(heard((graph, x) => graph.apply(named('clip'), [x], { max: 6 }))).toBe('all');
    expect(heard(() => {})).toBe('all');
  });

  it.each(['gelu', 'silu', 'hardSwish', 'leakyRelu', 'layerNorm', 'averagePool', 'linear'])(
    'hears all before %s',
    (name) => {
      expect(heard((graph, x) => graph.apply(named(name), [x], {}))).toBe('all');
      expect(
        heard((graph, x) => {
          graph.apply(relu, [x], {});
          graph.apply(named(name), [x], {});
        }),
      ).toBe('all');
    },
  );
});
