import type { NodeCall } from '../geometry/nodeCall.js';
import { Refusal } from '../geometry/refusal.js';

/** How a window of Conv or a pooling slides over an image. */
export interface Sliding {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  /** All begins, then all ends. */
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

/**
 * The window of a node, automatic padding worked out for the size at hand (SAME_UPPER puts the odd element behind, SAME_LOWER before).
 * @param mostAxes how many it may slide over @throws Refusal for images of more axes
 */
export function slidingOf(call: NodeCall, kernel: readonly number[], mostAxes = 2): Sliding {
  const { attributes } = call;
  const sides = call.shape(0).slice(2);
  if (sides.length < 1 || sides.length > mostAxes)
    throw new Refusal(`slides over ${sides.length} axes; lesionlab has it for 1 to ${mostAxes}`);
  const ones = sides.map(() => 1);
  const [stride, dilation] = [attributes.ints('strides') ?? ones, attributes.ints('dilations') ?? ones];
  const mode = attributes.string('auto_pad', 'NOTSET');
  const window = { kernel, stride, dilation };
  if (mode === 'VALID') return { ...window, padding: [...ones, ...ones].map(() => 0) };
  if (mode === 'NOTSET' || mode === '')
    return { ...window, padding: attributes.ints('pads') ?? [...ones, ...ones].map(() => 0) };
  const missing = sides.map((side, i) => {
    const reach = (kernel[i] - 1) * dilation[i] + 1;
    return Math.max(0, (Math.ceil(side / stride[i]) - 1) * stride[i] + reach - side);
  });
  const [less, more] = [missing.map((side) => Math.floor(side / 2)), missing.map((side) => Math.ceil(side / 2))];
  if (mode === 'SAME_UPPER') return { ...window, padding: [...less, ...more] };
  if (mode === 'SAME_LOWER') return { ...window, padding: [...more, ...less] };
  throw new Refusal(`pads by "${mode}", which ONNX doesn't have`);
}
