import { describe, expect, it } from 'vitest';
import { inlineExternalData, listExternalFiles } from '../../src/graph/index.js';
import { decodeMessage, encodeMessage, type Message } from '../../src/graph/protobuf.js';
import { changed, smallModel, withExternalData } from '../smallModel.js';
import { thrown } from '../thrown.js';

const whole = smallModel();
const weightOf = (bytes: Uint8Array) => {
  const { initializers } = decodeMessage('Model', bytes).graph;
  return initializers.find(({ name }: Message) => name === 'fc.weight');
};

describe('weights in a second file', () => {
  it('are put into the model, everything else stays', () => {
    const { model, data } = withExternalData(whole, 'weights/model.onnx.data');
    expect(listExternalFiles(model, 'm.onnx')).toEqual(['weights/model.onnx.data']);
    const inlined = inlineExternalData(model, 'm.onnx', new Map([['weights/model.onnx.data', data]]));
    expect([...weightOf(inlined).rawData]).toEqual([...weightOf(whole).rawData]);
    expect(listExternalFiles(inlined, 'm.onnx')).toEqual([]);
    const { metadata, graph } = decodeMessage('Model', inlined);
    expect(metadata).toEqual(decodeMessage('Model', whole).metadata);
    expect(graph.nodes).toEqual(decodeMessage('Model', whole).graph.nodes);
  });

  it('are found by the name alone, which is all that a page knows', () => {
    const { model, data } = withExternalData(whole, './weights/model.onnx.data');
    const inlined = inlineExternalData(model, 'm.onnx', new Map([['model.onnx.data', data]]));
    expect([...weightOf(inlined).rawData]).toEqual([...weightOf(whole).rawData]);
  });

  it('leave a model alone that has none, to the byte', () => {
    expect(inlineExternalData(whole, 'm.onnx', new Map())).toBe(whole);
  });

  it('are found in the constants of a part of the graph, too, beside fields that nobody here knows', () => {
    const { model, data } = withExternalData(whole, 'a.data', 0);
    const { graph } = decodeMessage('Model', model);
    const tensor = graph.initializers.find(({ name }: Message) => name === 'fc.weight');
    const inner = changed(whole, (message) => {
      const attribute = { name: 'then_branch', type: 5, graph: { initializers: [tensor] } };
      message.graph.nodes[0].attributes.push(attribute);
    });
    // Field 99 of the model: a number.
    const unknown = Uint8Array.of(...inner, 0x98, 0x06, 0x2a);
    expect(listExternalFiles(unknown, 'm.onnx')).toEqual(['a.data']);
    const inlined = inlineExternalData(unknown, 'm.onnx', new Map([['a.data', data]]));
    expect([...inlined.subarray(-3)]).toEqual([0x98, 0x06, 0x2a]);
    const [{ graph: branch }] = decodeMessage('Model', inlined).graph.nodes[0].attributes.filter(
      ({ name }: Message) => name === 'then_branch',
    );
    expect([...branch.initializers[0].rawData]).toEqual([...data]);
  });

  it('are named where their file is missing, for the terminal and for a page', () => {
    const { model } = withExternalData(whole, 'model.onnx.data');
    const error = thrown(() => inlineExternalData(model, 'm.onnx', new Map()));
    expect(error).toMatchObject({ kind: 'run', code: 'external-weights' });
    expect(error.message).toBe('m.onnx keeps its weights in a second file, model.onnx.data, which is missing.');
    expect(error.hintFor('terminal')).toContain('into the folder of the model');
    expect(error.hintFor('page')).toContain('both files together');
  });

  it.each(['../secret', '/etc/passwd', 'a/../../b', 'C:\\weights', '..\\b', 'a//b', '', 'a\0b'])(
    'are not read from %j',
    (location) => {
      const { model } = withExternalData(whole, location);
      expect(thrown(() => listExternalFiles(model, 'm.onnx')).code).toBe('external-location');
    },
  );

  it.each([
    ['a file that was cut off', {}, 4100, 'ends at byte 4120, and the file has 4100'],
    ['another length than the shape', { length: '20' }, 5000, 'has 20 bytes, expected 24'],
    ['a place before the file', { offset: '-8' }, 5000, "doesn't say in numbers"],
    ['a place that is no number', { offset: 'x' }, 5000, "doesn't say in numbers"],
    ['a place beyond any file', { offset: '9007199254740991' }, 5000, 'ends at byte'],
  ])('are refused with %s', (_, entries: Record<string, string>, length, message) => {
    const { model } = withExternalData(whole, 'a.data');
    const wrong = changed(model, ({ graph: { initializers } }) => {
      for (const { name, externalData } of initializers)
        if (name === 'fc.weight') for (const entry of externalData) entry.value = entries[entry.key] ?? entry.value;
    });
    const error = thrown(() => inlineExternalData(wrong, 'm.onnx', new Map([['a.data', new Uint8Array(length)]])));
    expect(error.code).toBe('external-weights');
    expect(error.message).toContain(message);
    expect(error.message).toContain('m.onnx');
  });

  it('are not read again and again into more than a model can hold', () => {
    const [side, megabyte] = [1 << 18, 1 << 20];
    const tensor = {
      dimensions: [side],
      dataType: 1,
      dataLocation: 1,
      externalData: [{ key: 'location', value: 'a.data' }],
    };
    const model = changed(whole, ({ graph }) => {
      for (let i = 0; i < 2048; i++) graph.initializers.push({ ...tensor, name: `w${i}` });
    });
    const error = thrown(() => inlineExternalData(model, 'm.onnx', new Map([['a.data', new Uint8Array(megabyte)]])));
    expect(error).toMatchObject({ code: 'model-too-large', exitStatus: 4 });
    expect(error.message).toMatch(
      /^m\.onnx has 2,147,\d{3},\d{3} bytes with its weights; a model has at most 2,147,483,647\.$/,
    );
  });

  it('never crash on damaged bytes', () => {
    const { model, data } = withExternalData(whole, 'a.data', 0);
    for (let at = 0; at < model.length; at++) {
      const damaged = model.slice();
      damaged[at] ^= 0x55;
      for (const bytes of [damaged, model.subarray(0, at)])
        try {
          inlineExternalData(bytes, 'm.onnx', new Map([['a.data', data]]));
        } catch (error) {
          expect((error as Error).name).toBe('LesionlabError');
        }
    }
    expect(encodeMessage('Model', decodeMessage('Model', whole)).length).toBeGreaterThan(0);
  });
});
