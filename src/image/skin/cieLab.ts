/** Lightness, green to red, blue to yellow. */
export type LabColor = readonly [lightness: number, a: number, b: number];

/** Linear light of each byte of sRGB (IEC 61966-2-1). */
const linear = Float64Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92;
});

/** White of daylight D65 for the observer of 2 degrees. */
const white = [0.95047, 1, 1.08883] as const;

const root = (share: number): number => (share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16 / 116);

/**
 * CIELAB of an sRGB colour under daylight D65, observer of 2 degrees (CIE 15:2004), by the constants of scikit-image's `rgb2lab`.
 * @param red 0 to 255, as `green` and `blue`
 */
export function cieLab(red: number, green: number, blue: number): LabColor {
  const [r, g, b] = [linear[red], linear[green], linear[blue]];
  const x = root((0.412453 * r + 0.35758 * g + 0.180423 * b) / white[0]);
  const y = root((0.212671 * r + 0.71516 * g + 0.072169 * b) / white[1]);
  const z = root((0.019334 * r + 0.119193 * g + 0.950227 * b) / white[2]);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
