import { type AxisMatrix, axisMatrix } from '../../axisMatrix.js';

/** How a resized axis takes its elements from those of the input, by ONNX's names. */
export interface Interpolation {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  /** Where an element of the result lies among those of the input. */
  readonly coordinates: 'half_pixel' | 'pytorch_half_pixel' | 'align_corners' | 'asymmetric' | 'half_pixel_symmetric';
  /** Which element is nearest. Default 'round_prefer_floor'. */
  readonly nearest?: 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil';
  /** Of the cubic filter (Keys 1981). Default -0.75, as in PyTorch without antialiasing. */
  readonly cubicCoefficient?: number;
  /** Elements beyond the border weigh nothing; else those at the border are repeated. Default false. */
  readonly excludeOutside?: boolean;
  /** The filter is stretched where the result is smaller. Default false. */
  readonly antialias?: boolean;
}

/** One axis to be resized. */
export interface ResizedAxis {
  readonly side: number;
  readonly resized: number;
  /** How much larger the result is, where that isn't `resized / side` because the side was rounded down. */
  readonly scale?: number;
}

/** The matrix [resized, side] that resizes an axis (ONNX Resize, operator set 18). */
export function resizeMatrix(axis: ResizedAxis, interpolation: Interpolation): AxisMatrix {
  const entries: [number, number, number][] = [];
  for (let row = 0; row < axis.resized; row++) {
    const origin = originOf(row, axis, interpolation);
    const taps = interpolation.mode === 'nearest' ? [] : tapsAt(origin, axis, interpolation);
    if (taps.length === 0) entries.push([row, inside(nearestTo(origin, interpolation), axis.side), 1]);
    for (const [place, weight] of taps) entries.push([row, inside(place, axis.side), weight]);
  }
  return axisMatrix(axis.resized, axis.side, entries);
}

/** The element that each of a resized axis repeats, for the mode 'nearest'. */
export const nearestPlaces = (axis: ResizedAxis, interpolation: Interpolation): number[] =>
  Array.from({ length: axis.resized }, (_, row) =>
    inside(nearestTo(originOf(row, axis, interpolation), interpolation), axis.side),
  );

const inside = (place: number, side: number) => Math.min(Math.max(place, 0), side - 1);

/** Where an element of the result lies among those of the input. */
function originOf(row: number, { side, resized, scale }: ResizedAxis, { coordinates }: Interpolation): number {
  // Multiplied before it is divided: what should be a whole number is one.
  const at = (place: number) => (scale === undefined ? (place * side) / resized : place / scale);
  const length = scale === undefined ? resized : scale * side;
  switch (coordinates) {
    case 'asymmetric':
      return at(row);
    case 'align_corners':
      return length === 1 ? 0 : (row * (side - 1)) / (length - 1);
    case 'pytorch_half_pixel':
      return resized > 1 ? at(row + 0.5) - 0.5 : 0;
    case 'half_pixel':
      return at(row + 0.5) - 0.5;
    case 'half_pixel_symmetric':
      return (side / 2) * (1 - resized / length) + at(row + 0.5) - 0.5;
  }
}

function nearestTo(origin: number, { nearest = 'round_prefer_floor' }: Interpolation): number {
  switch (nearest) {
    case 'floor':
      return Math.floor(origin);
    case 'ceil':
      return Math.ceil(origin);
    case 'round_prefer_floor':
      return Math.ceil(origin - 0.5);
    case 'round_prefer_ceil':
      return Math.floor(origin + 0.5);
  }
}

/** Elements that the filter reaches around a place, with weights that sum to 1; none where all lie outside and are excluded. */
function tapsAt(origin: number, { side, resized, scale = resized / side }: ResizedAxis, interpolation: Interpolation) {
  const { mode, antialias = false, excludeOutside = false, cubicCoefficient = -0.75 } = interpolation;
  const shrunk = antialias ? Math.min(scale, 1) : 1;
  const radius = (mode === 'linear' ? 1 : 2) / shrunk;
  const taps: [place: number, weight: number][] = [];
  for (let place = Math.floor(origin - radius) + 1; place < origin + radius; place++) {
    const distance = Math.abs(place - origin) * shrunk;
    const weight = mode === 'linear' ? 1 - distance : cubicWeight(distance, cubicCoefficient);
    if (!excludeOutside || (place >= 0 && place < side)) taps.push([place, weight]);
  }
  const sum = taps.reduce((total, [, weight]) => total + weight, 0);
  return taps.map(([place, weight]) => [place, weight / sum] as const);
}

function cubicWeight(distance: number, a: number): number {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance ** 2 + 1;
  return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
}
