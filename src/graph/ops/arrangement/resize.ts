import {
  requireInteger,
  requireLength,
  requireNumber,
  requireNumbers,
  requireOneOf,
  unexpected,
} from '../../../checks.js';
import { type AxisMatrix, multiplyAxis, transposed } from '../../axisMatrix.js';
import { fitShapes } from '../../fitShapes.js';
import type { Graph, Operator, Value } from '../../graph.js';
import { type Interpolation, nearestPlaces, type ResizedAxis, resizeMatrix } from './resizeMatrix.js';

/** Attributes of `resize`. */
export interface ResizeAttributes extends Interpolation {
  /** Of the result, in pixels. */
  readonly height: number;
  readonly width: number;
  /**
   * How much larger the result is, down and across, where that was given rather than the sides: ONNX then finds coordinates by these
   * numbers, though the sides are rounded down.
   */
  readonly scales?: readonly [number, number];
}

/**
 * x [N, C, H, W] to [N, C, height, width], as ONNX's Resize. Along each axis it is a product with a matrix of constants, which every
 * device has, and its gradient is one with the matrix transposed; nearest neighbours are gathered.
 */
export const resize: Operator<ResizeAttributes> = {
  name: 'resize',
  lower(graph, [x], attributes) {
    const axes = resizedAxes(x, attributes);
    if (attributes.mode !== 'nearest') return alongAxes(graph, x, axes, (axis) => resizeMatrix(axis, attributes));
    return axes.reduce((value, axis, i) => {
      const places = nearestPlaces(axis, attributes);
      if (places.length === axis.side && places.every((place, row) => place === row)) return value;
      const shape = value.shape.map((side, j) => (j === i + 2 ? axis.resized : side));
      return graph.node('Gather', [value, graph.integers(places)], shape, { axis: i + 2 });
    }, x);
  },
  gradient(graph, { inputs: [x], outputGradient, attributes }) {
    const axes = resizedAxes(x, attributes);
    return [alongAxes(graph, outputGradient, axes, (axis) => transposed(resizeMatrix(axis, attributes)))];
  },
};

/** Products along height and width, but for those with the unit matrix. */
function alongAxes(
  graph: Graph,
  x: Value,
  axes: readonly ResizedAxis[],
  matrixOf: (axis: ResizedAxis) => AxisMatrix,
): Value {
  return axes.reduce((value, axis, i) => {
    const matrix = matrixOf(axis);
    return isUnit(matrix) ? value : multiplyAxis(graph, value, i + 2, matrix);
  }, x);
}

const isUnit = ({ rows, columns, data }: AxisMatrix) =>
  rows === columns && data.every((number, i) => number === (i % (columns + 1) === 0 ? 1 : 0));

function resizedAxes(x: Value, attributes: ResizeAttributes): ResizedAxis[] {
  const { height, width, mode, coordinates, scales } = attributes;
  const { nearest = 'floor', cubicCoefficient = -0.75, excludeOutside = false, antialias = false } = attributes;
  fitShapes('resize', { input: [x, 'N C H W'] });
  requireInteger('resize, height', height, { min: 1 });
  requireInteger('resize, width', width, { min: 1 });
  requireOneOf('resize, mode', mode, ['nearest', 'linear', 'cubic']);
  requireOneOf('resize, coordinates', coordinates, [
    ...(['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric', 'half_pixel_symmetric'] as const),
  ]);
  requireOneOf('resize, nearest', nearest, ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']);
  requireNumber('resize, cubicCoefficient', cubicCoefficient);
  for (const [name, value] of Object.entries({ excludeOutside, antialias }))
    if (typeof value !== 'boolean') throw unexpected(`resize, ${name}`, 'true or false', value);
  if (scales !== undefined) {
    requireLength('resize, scales', scales, 2, 'down and across');
    requireNumbers('resize, scales', scales, { above: 0 });
  }
  return [height, width].map((resized, i) => ({ side: x.shape[i + 2], resized, scale: scales?.[i] }));
}
