import { elementCount } from '../../graph/graph.js';
import { type ResizeAttributes, resize, transpose, type Value } from '../../graph/index.js';
import { axisOf } from '../geometry/axes.js';
import { Refusal } from '../geometry/refusal.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

const modes: Readonly<Record<string, ResizeAttributes['mode']>> = {
  nearest: 'nearest',
  linear: 'linear',
  bilinear: 'linear',
  cubic: 'cubic',
};
const coordinateModes = [
  'half_pixel',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'half_pixel_symmetric',
] as const;
const nearestModes = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'] as const;

function oneOf<T extends string>(name: string, found: string, choices: readonly T[]): T {
  const choice = choices.find((text) => text === found);
  if (!choice) throw new Refusal(`has the ${name} "${found}"`, `Export it with one of ${choices.join(', ')}.`);
  return choice;
}

/** The new side of an axis, and how much larger it is where the file says so rather than the side. */
interface NewSide {
  readonly side: number;
  readonly scale?: number;
}

/** The new sides of all axes. */
function newSides(call: OperatorCall, firstInput: number): NewSide[] {
  const shape = call.shape(0);
  const axes = call.attributes.ints('axes')?.map((axis) => axisOf(axis, shape.length)) ?? [...shape.keys()];
  const scales = call.attributes.floats('scales') ?? call.numbers(firstInput, 'its scales');
  const sides = shape.map((side): NewSide => ({ side }));
  if (scales && scales.length > 0) {
    axes.forEach((axis, i) => {
      sides[axis] = { side: Math.floor(shape[axis] * scales[i]), scale: scales[i] };
    });
    return sides;
  }
  const sizes = call.numbers(firstInput + 1, 'its sizes');
  if (!sizes) throw new Refusal('lacks its new size');
  const policy = call.attributes.string('keep_aspect_ratio_policy', 'stretch');
  const ratios = axes.map((axis, i) => sizes[i] / shape[axis]);
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  axes.forEach((axis, i) => {
    sides[axis] = policy === 'stretch' ? { side: sizes[i] } : { side: Math.round(scale * shape[axis]), scale };
  });
  return sides;
}

/** x with two of its axes resized, wherever they stand. */
function resizeAxes(
  call: OperatorCall,
  x: Value,
  sides: readonly NewSide[],
  interpolation: Omit<ResizeAttributes, 'height' | 'width'>,
) {
  const shape = x.shape;
  const changed = [...shape.keys()].filter(
    (axis) => sides[axis].side !== shape[axis] || (sides[axis].scale ?? 1) !== 1,
  );
  if (changed.length === 0) return x;
  if (changed.length > 2) throw new Refusal(`resizes ${changed.length} axes`);
  const others = [...shape.keys()].filter((axis) => !changed.includes(axis));
  // Of an image [N, C, H, W], and of whatever else can be seen as one.
  const inPlace = shape.length === 4 && changed.every((axis) => axis >= 2);
  const [down, across] = inPlace
    ? [2, 3]
    : [changed.length === 2 ? changed[0] : undefined, changed[changed.length - 1]];
  const of = (axis: number | undefined): NewSide => (axis === undefined ? { side: 1 } : sides[axis]);
  const scaleOf = (axis: number | undefined) =>
    of(axis).scale ?? of(axis).side / (axis === undefined ? 1 : shape[axis]);
  const isScaled = [down, across].some((axis) => of(axis).scale !== undefined);
  const attributes = {
    ...interpolation,
    height: of(down).side,
    width: of(across).side,
    ...(isScaled && { scales: [scaleOf(down), scaleOf(across)] as const }),
  };
  if (inPlace) return call.apply(resize, [x], attributes);
  const order = [...others, ...changed];
  const inOrder = order.every((axis, i) => axis === i);
  const turned = inOrder ? x : call.apply(transpose, [x], { permutation: order });
  const [height, width] = [down === undefined ? 1 : shape[down], shape[across as number]];
  const image = call.reshape(turned, [1, elementCount(others.map((axis) => shape[axis])), height, width]);
  const found = call.reshape(
    call.apply(resize, [image], attributes),
    order.map((axis) => sides[axis].side),
  );
  const back = order.map((_, axis) => order.indexOf(axis));
  return inOrder ? found : call.apply(transpose, [found], { permutation: back });
}

/** Resize, and Upsample as it was called before. */
export const resizing: readonly OnnxOperator[] = [
  {
    operator: 'Resize',
    becomes: 'resize',
    remark: 'Up to two axes; not tf_crop_and_resize.',
    build: (call) => {
      const { attributes, version } = call;
      const x = call.value(0);
      const mode = modes[attributes.string('mode', 'nearest')];
      if (!mode) throw new Refusal(`resizes by "${attributes.string('mode', '')}"`);
      // Opset 10 had neither regions nor ways to find coordinates.
      if (version < 11) {
        return resizeAxes(call, x, newSides(call, 1), { mode, coordinates: 'asymmetric', nearest: 'floor' });
      }
      const coordinates = oneOf(
        'coordinate_transformation_mode',
        attributes.string('coordinate_transformation_mode', 'half_pixel'),
        coordinateModes,
      );
      return resizeAxes(call, x, newSides(call, 2), {
        mode,
        coordinates,
        nearest: oneOf('nearest_mode', attributes.string('nearest_mode', 'round_prefer_floor'), nearestModes),
        cubicCoefficient: attributes.float('cubic_coeff_a', -0.75),
        excludeOutside: attributes.flag('exclude_outside'),
        antialias: attributes.flag('antialias'),
      });
    },
  },
  {
    operator: 'Upsample',
    becomes: 'resize',
    build: (call) => {
      const mode = modes[call.attributes.string('mode', 'nearest')];
      if (!mode) throw new Refusal(`enlarges by "${call.attributes.string('mode', '')}"`);
      const interpolation = { mode, coordinates: 'asymmetric', nearest: 'floor' } as const;
      return resizeAxes(call, call.value(0), newSides(call, 1), interpolation);
    },
  },
];
