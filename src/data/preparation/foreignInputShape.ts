import { isSide, PreprocessingClaims } from './preprocessingClaims.js';

/**
 * Size and layout of a network's images, as far as the shape of its input fixes them.
 * @param inputShape a number where a side is fixed, anything else where it isn't
 */
export function readInputShape(
  inputName: string,
  inputShape: readonly (number | string | null | undefined)[],
): PreprocessingClaims {
  const claims = new PreprocessingClaims(`the shape of the input ${inputName}`);
  const words = `[${inputShape.map((side) => side ?? '?').join(', ')}]`;
  const never = ['padFill'] as const; // Nothing that can be given mends it.
  if (inputShape.length !== 4) {
    claims.refuse(`${words} is no batch of images, [N, 3, S, S] or [N, S, S, 3]`, never);
    return claims;
  }
  const fixed = inputShape.map((side) => (isSide(side) ? side : undefined));
  const [, second, third, fourth] = fixed;
  const [canBeFirst, canBeLast] = [second, fourth].map((side) => side === undefined || side === 3);
  const first = canBeFirst && (!canBeLast || (second === 3 && fourth === undefined));
  const last = canBeLast && (!canBeFirst || (fourth === 3 && second === undefined));
  if (first) claims.say('layout', 'nchw', words);
  if (last) claims.say('layout', 'nhwc', words);
  if (!first && !last) {
    if (!canBeFirst && !canBeLast) claims.refuse(`${words} has no axis of three channels`, never);
    return claims;
  }
  const [height, width] = first ? [third, fourth] : [second, third];
  if (height !== undefined && width !== undefined && height !== width)
    claims.refuse(`${words} is a rectangle of ${height} x ${width} pixels; lesionlab gives networks squares`, never);
  else if (isSide(height ?? width)) claims.say('imageSize', (height ?? width)!, words);
  return claims;
}
