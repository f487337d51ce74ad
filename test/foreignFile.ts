import { Graph, type Shape, toOnnx, type Value } from '../src/graph/index.js';
import { Random } from '../src/random.js';

/** What a small file of somebody else's is like. */
export interface ForeignFileOptions {
  /** Side of its images; a file that leaves it open says `null` and is built for 32 pixels. Default 32. */
  readonly side?: number | null;
  readonly classes?: number;
  readonly layout?: 'nchw' | 'nhwc';
  /** What it makes of the scores itself. Default nothing. */
  readonly end?: 'Softmax' | 'LogSoftmax' | 'Sigmoid';
  readonly metadata?: Readonly<Record<string, string>>;
  /** Put between the last map and pooling: an operator that has no gradient here. */
  readonly strange?: boolean;
}

/** A small convolutional classifier as an exporter of somebody else's would write it. */
export function foreignFile(options: ForeignFileOptions = {}): Uint8Array<ArrayBuffer> {
  const { side = 32, classes = 4, layout = 'nchw', end, metadata, strange = false } = options;
  const graph = new Graph();
  const random = new Random(7, 'foreign-file');
  const size = side ?? 32;
  const weight = (name: string, shape: Shape, fanIn: number) =>
    graph.initializer(
      Float32Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        () => random.uniform(-1, 1) * Math.sqrt(6 / fanIn),
      ),
      shape,
      name,
    );
  const images = graph.input('pixels', layout === 'nchw' ? [1, 3, size, size] : [1, size, size, 3]);
  const planes =
    layout === 'nchw' ? images : graph.node('Transpose', [images], [1, 3, size, size], { perm: [0, 3, 1, 2] });
  const layer = (x: Value, index: number, from: number, to: number, stride: number): Value => {
    const shape = [1, to, x.shape[2] / stride, x.shape[3] / stride];
    const inputs = [
      x,
      weight(`features.${index}.weight`, [to, from, 3, 3], from * 9),
      weight(`features.${index}.bias`, [to], 1e4),
    ];
    const attributes = { kernel_shape: [3, 3], strides: [stride, stride], pads: [1, 1, 1, 1] };
    return graph.node('Relu', [graph.node('Conv', inputs, shape, attributes)], shape);
  };
  const map = layer(layer(planes, 0, 3, 8, 2), 1, 8, 16, 2);
  const shown = strange ? graph.node('Shrink', [map], map.shape, { lambd: { float: 0.01 } }) : map;
  const pooled = graph.node('GlobalAveragePool', [shown], [1, 16, 1, 1]);
  const flat = graph.node('Flatten', [pooled], [1, 16], { axis: 1 });
  const scores = graph.node(
    'Gemm',
    [flat, weight('classifier.weight', [classes, 16], 2), weight('classifier.bias', [classes], 100)],
    [1, classes],
    { transB: 1 },
  );
  graph.output('scores', end ? graph.node(end, [scores], [1, classes], end === 'Sigmoid' ? {} : { axis: 1 }) : scores);
  const sides = side === null ? (['height', 'width'] as const) : ([size, size] as const);
  return toOnnx(graph, {
    metadata: { ...metadata },
    symbolicShapes: {
      pixels: layout === 'nchw' ? ['batch', 3, ...sides] : ['batch', ...sides, 3],
      scores: ['batch', classes],
    },
  });
}
