import { unexpected, Words } from '../checks.js';
import type { Shape, Value } from './graph.js';

/**
 * Shape of what values give together, by ONNX's (NumPy's) rule: shapes are aligned at their ends, and a side of 1 or none takes the
 * other's.
 * @param operator for messages
 * @param inputs by name, values or shapes
 * @throws LesionlabError kind `usage` where two sides differ and neither is 1, or a value is none of float32
 */
export function broadcastShapes(operator: string, inputs: Readonly<Record<string, Value | Shape>>): number[] {
  const sides: number[] = [];
  for (const [name, input] of Object.entries(inputs)) {
    const shape = shapeOf(operator, name, input);
    while (sides.length < shape.length) sides.unshift(1);
    const offset = sides.length - shape.length;
    for (const [i, side] of shape.entries()) {
      const found = sides[offset + i];
      if (side !== found && side !== 1 && found !== 1) {
        const before = Object.entries(inputs).filter(([other]) => other !== name);
        const others = before.map(([other, value]) => `${other} [${shapeOf(operator, other, value).join(', ')}]`);
        const expected = `sides that equal those of ${others.join(' and ')} or are 1`;
        throw unexpected(`${operator}, ${name}`, expected, new Words(`[${shape.join(', ')}]`));
      }
      if (side !== 1) sides[offset + i] = side;
    }
  }
  return sides;
}

function shapeOf(operator: string, name: string, input: Value | Shape): Shape {
  const isShape = (shape: unknown): shape is Shape =>
    Array.isArray(shape) && shape.every((side) => Number.isSafeInteger(side) && side >= 1);
  if (isShape(input)) return input;
  const value = input as Value | undefined;
  if (value && isShape(value.shape) && value.type === 'float32') return value.shape;
  const found = value && isShape(value.shape) ? new Words(`${value.type} [${value.shape.join(', ')}]`) : value;
  throw unexpected(`${operator}, ${name}`, 'a float32 value', found);
}
