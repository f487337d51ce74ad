import { requireInteger, unexpected, Words } from '../checks.js';
import type { Value } from './graph.js';

/**
 * Checks an operator's inputs against their shapes in letters: one letter is one size wherever it stands, a number is itself, and `...`
 * at either end is any number of axes more. `fitShapes('linear', { input: [x, 'N I'], weight: [weight, 'O I'] })`.
 * @throws LesionlabError kind `usage` that says which input, which shape was expected and which was found
 */
export function fitShapes(
  operator: string,
  inputs: Readonly<Record<string, readonly [Value | undefined, string]>>,
): void {
  const sizes = new Map<string, number>();
  for (const [name, [value, pattern]] of Object.entries(inputs)) {
    const axes = pattern.split(' ').filter((axis) => axis !== '...' && axis !== '');
    const open = pattern.includes('...');
    const leading = pattern.startsWith('... ');
    const refuse = () => {
      const known = axes
        .filter((axis) => sizes.has(axis) && !/^\d+$/.test(axis))
        .map((axis) => `${axis} = ${sizes.get(axis)}`);
      const letters = [...(leading ? ['...'] : []), ...axes, ...(open && !leading ? ['...'] : [])].join(', ');
      const sized = known.length > 0 ? ` with ${[...new Set(known)].join(', ')}` : '';
      const found = value?.shape ? new Words(`${value.type} [${value.shape.join(', ')}]`) : value;
      return unexpected(`${operator}, ${name}`, `float32 [${letters}]${sized}`, found);
    };
    const shape = value?.shape;
    if (!shape || value.type !== 'float32' || (open ? shape.length < axes.length : shape.length !== axes.length))
      throw refuse();
    const first = leading ? shape.length - axes.length : 0;
    for (const [i, axis] of axes.entries()) {
      const side = shape[first + i];
      const size = /^\d+$/.test(axis) ? Number(axis) : (sizes.get(axis) ?? side);
      if (size !== side) throw refuse();
      sizes.set(axis, size);
    }
  }
}

export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Side of the output of a window that slides over `side` pixels. */
export const slidingSide = (side: number, kernel: number, stride: number, padding: number): number =>
  Math.floor((side + 2 * padding - kernel) / stride) + 1;

/**
 * Sides [H', W'] of what a window makes of [N, C, H, W].
 * @throws LesionlabError kind `usage` where the window is none, or larger than the input with its padding
 */
export function slidingSides(operator: string, x: Value, { kernel, stride, padding }: Window): [number, number] {
  requireInteger(`${operator}, kernel`, kernel, { min: 1 });
  requireInteger(`${operator}, stride`, stride, { min: 1 });
  requireInteger(`${operator}, padding`, padding, { min: 0 });
  const [height, width] = [x.shape[2], x.shape[3]].map((side) => slidingSide(side, kernel, stride, padding));
  if (Math.min(height, width) >= 1) return [height, width];
  const smallest = kernel - 2 * padding;
  throw unexpected(
    `${operator}, input`,
    `at least ${smallest} x ${smallest} pixels for a kernel of ${kernel} with padding ${padding}`,
    new Words(`[${x.shape.join(', ')}]`),
    'Take larger images, or fewer layers that halve them.',
  );
}
