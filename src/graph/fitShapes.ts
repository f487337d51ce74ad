import { unexpected, Words } from '../checks.js';
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
