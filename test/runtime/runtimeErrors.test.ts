import { describe, expect, it } from 'vitest';
import type { LesionlabError } from '../../src/errors.js';
import { Graph, toOnnx } from '../../src/graph/index.js';
import type { Message } from '../../src/graph/protobuf.js';
import { makeRuntime, type Runtime } from '../../src/runtime/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { webRuntime } from '../../src/runtime/web.js';
import { changed, smallModel, withExternalData } from '../smallModel.js';

const model = smallModel();
const firstNode = (change: (node: Message) => void) => changed(model, ({ graph }) => change(graph.nodes[0]));

/** Every model that a runtime refuses, and what must be said of it. */
const refused: readonly (readonly [what: string, bytes: Uint8Array, found: RegExp])[] = [
  [
    'a newer file format',
    changed(model, (m) => (m.irVersion = 99)),
    /version 99 of ONNX's file format.*up to version \d+/,
  ],
  [
    'newer operators',
    changed(model, (m) => (m.opsetImport = [{ domain: '', version: 99 }])),
    /version 99 of the operators of ai\.onnx.*up to version \d+/,
  ],
  ['an unknown operator', firstNode((node) => (node.operator = 'Frobnicate')), /operator Frobnicate/],
  ['operators of another maker', firstNode((node) => (node.domain = 'com.other')), /operators of "com\.other"/],
  ['half of a file', model.slice(0, 100), /no complete ONNX model/],
  ['text', new TextEncoder().encode('this is no model at all'), /no complete ONNX model/],
  ['nothing', new Uint8Array(), /no complete ONNX model/],
  ['a missing input', firstNode((node) => (node.inputs = ['nowhere'])), /contradicts itself/],
  [
    'too few weights',
    changed(model, ({ graph }) => (graph.initializers[0].rawData = new Uint8Array(4))),
    /contradicts itself/,
  ],
  ['weights in a second file', withExternalData(model, 'a.data').model, /weights in a second file/],
];

const runtimes: readonly (readonly [string, Runtime])[] = [
  ['Node', nodeRuntime],
  ['WebAssembly', webRuntime],
];

async function errorOf(work: Promise<unknown>): Promise<LesionlabError> {
  const error = await work.then(
    () => undefined,
    (found) => found,
  );
  expect(error?.name).toBe('LesionlabError');
  return error;
}

/** Of onnxruntime's own text, which is a detail and never the message. */
const raw = /ERROR_CODE|onnxruntime::|\.cc:|ShapeInference|domain_version|protobuf|tensorprotoutils/i;

describe.each(runtimes)('what onnxruntime refuses in %s', (_, runtime) => {
  it.each(refused)('%s: the file, what was found, what to do', async (_what, bytes, found) => {
    const error = await errorOf(runtime.open(bytes, { file: 'lesions.onnx' }));
    expect(error).toMatchObject({ kind: 'run', code: 'model-unusable' });
    expect(error.message).toMatch(/^lesions\.onnx /);
    expect(error.message).toMatch(found);
    expect(error.message).not.toMatch(raw);
    expect(error.hint).toBeTruthy();
    expect(error.details).toHaveLength(1);
    expect(error.details[0]).toMatch(/^onnxruntime-(node|web) \d/);
    expect(error.details[0].length).toBeLessThan(450);
  });

  it.each([
    ['sides', { data: new Float32Array(3 * 9 * 8), shape: [1, 3, 9, 8] }, /takes 8 along axis 2.*given 9/],
    ['axes', { data: new Float32Array(192), shape: [3, 8, 8] }, /takes 4 axes.*given 3/],
    ['numbers', { data: new Int32Array(192), shape: [1, 3, 8, 8] }, /type float, and was given int32/],
  ] as const)('images of other %s', async (_what, images, found) => {
    const session = await runtime.open(model, { file: 'lesions.onnx' });
    const error = await errorOf(session.run({ images: images as never }));
    expect(error).toMatchObject({ kind: 'run', code: 'run-failed' });
    expect(error.message).toMatch(found);
    expect(error.message).not.toMatch(raw);
    await session.close();
  });

  it('says so where memory runs out', async () => {
    const graph = new Graph();
    const shape = graph.initializer(BigInt64Array.of(800_000n, 800_000n), [2], 'shape');
    const large = graph.node('Expand', [graph.input('images', [1]), shape], [800_000, 800_000]);
    graph.output('y', graph.node('Relu', [large], [800_000, 800_000]));
    const session = await runtime.open(toOnnx(graph), { file: 'large.onnx' });
    const error = await errorOf(session.run({ images: { data: new Float32Array(1), shape: [1] } }));
    expect(error).toMatchObject({ code: 'no-memory', message: 'large.onnx needs more memory than there is.' });
    expect(error.hintFor('page')).toContain('tabs');
    expect(error.hintFor('terminal')).toContain('--batch-size');
    await session.close();
  });
});

it.each([
  ['no available backend found. ERR: [wasm] TypeError: Failed to fetch dynamically imported module', 'no-runtime'],
  [1234567, 'model-unusable'],
])('what a browser throws (%s) is put into words, too', async (text, code) => {
  const create = async () => {
    throw typeof text === 'string' ? new Error(text) : text;
  };
  const module = { InferenceSession: { create }, Tensor: Object, env: { versions: { common: '1.2.3' } } };
  const runtime = makeRuntime('onnxruntime-web', module as never, 'wasm');
  const error = await errorOf(runtime.open(model, { file: 'lesions.onnx' }));
  expect(error).toMatchObject({ code, message: expect.stringMatching(/^lesions\.onnx can't be/) });
  expect(error.hintFor('page')).not.toContain('--');
});

it('advises WebAssembly in a page, and an option in the terminal, where WebGPU fails', async () => {
  const create = async () => {
    throw new Error('something about a device');
  };
  const module = { InferenceSession: { create }, Tensor: Object, env: { versions: { common: '1.2.3' } } };
  const runtime = makeRuntime('onnxruntime-web', module as never, 'wasm');
  const error = await errorOf(runtime.open(model, { device: 'webgpu' }));
  expect(error.message).toContain("The network can't be opened on webgpu");
  expect(error.hintFor('page')).toContain('Choose WebAssembly');
  expect(error.hintFor('terminal')).toContain('--device cpu');
});
