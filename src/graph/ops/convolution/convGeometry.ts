import { requireInteger, requireOneOf, unexpected, Words } from '../../../checks.js';
import { type Activation, activations } from '../../activation.js';
import { fitShapes } from '../../fitShapes.js';
import type { Shape, Value } from '../../graph.js';
import { type ConvGeometry, slidingWindow, type WindowAttributes } from '../../slidingWindow.js';

/** Attributes of a convolution. */
export interface ConvAttributes extends WindowAttributes {
  /** Of channels that have filters of their own, default 1; as many as channels: depthwise. */
  readonly groups?: number;
  /** What follows, default none. */
  readonly activation?: Activation;
}

/**
 * Checks a convolution's inputs and attributes: x [N, C, H, W] (or [N, C, L]), weight [O, C / groups, kernel...], bias [O].
 * @returns its geometry, and the shape of its result
 * @throws LesionlabError kind `usage`
 */
export function convGeometry(
  operator: string,
  [x, weight, bias]: readonly (Value | undefined)[],
  attributes: ConvAttributes,
): { readonly geometry: ConvGeometry; readonly shape: Shape } {
  const line = x?.shape?.length === 3;
  fitShapes(operator, { input: [x, line ? 'N C L' : 'N C H W'], weight: [weight, line ? 'O I k' : 'O I k l'] });
  const [images, channels] = x!.shape;
  const [filters, width, ...kernel] = weight!.shape;
  const groups = requireInteger(`${operator}, groups`, attributes.groups ?? 1, { min: 1 });
  if (width * groups !== channels || filters % groups !== 0)
    throw unexpected(
      `${operator}, weight`,
      `[O, ${channels / groups}, ${line ? 'k' : 'k, l'}] for ${channels} channels${groups > 1 ? ` in ${groups} groups, O a multiple of ${groups}` : ''}`,
      new Words(`[${weight!.shape.join(', ')}]`),
    );
  if (bias) fitShapes(operator, { bias: [bias, `${filters}`] });
  requireOneOf(`${operator}, activation`, attributes.activation ?? 'none', activations);
  const window = slidingWindow(operator, x!.shape, kernel, attributes);
  return { geometry: { ...window, groups }, shape: [images, filters, ...window.sides] };
}
