/**
 * A number of channels times a factor, as a multiple of 8 that lies no more than a tenth below: the rule of the MobileNet papers' code, which
 * torchvision and timm share.
 */
export function scaleChannelCount(channels: number, factor = 1): number {
  const scaled = channels * factor;
  const rounded = Math.max(8, Math.floor((scaled + 4) / 8) * 8);
  return rounded < 0.9 * scaled ? rounded + 8 : rounded;
}
