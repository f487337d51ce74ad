import { requireLength } from '../../checks.js';

/** Of the Minkowski mean; the light of dermoscopic images was found best by it (Barata et al. 2015, doi 10.1109/JBHI.2014.2336473). */
const exponent = 6;

/**
 * What red, green and blue have to be multiplied by for an image to look as under white light, if its colours average out to grey: Shades of Gray
 * (Finlayson and Trezzi 2004, "Shades of Gray and Colour Constancy"), a Minkowski mean of order 6. The brightness of grey stays.
 * @param counts [3 * 256], how often each value of red, of green and of blue occurs
 * @returns factors of red, green and blue; ones for an image without any light
 */
export function shadesOfGrayGains(counts: ArrayLike<number>): [number, number, number] {
  requireLength('counts', counts, 768, '256 for each of red, green and blue');
  const [red, green, blue] = [0, 256, 512].map((first) => minkowskiMean(counts, first));
  const length = Math.sqrt((red * red + green * green + blue * blue) / 3);
  // A channel that is dark all over says nothing of the light.
  const gain = (light: number) => (light > 0 ? length / light : 1);
  return [gain(red), gain(green), gain(blue)];
}

function minkowskiMean(counts: ArrayLike<number>, first: number): number {
  let sum = 0;
  let pixels = 0;
  for (let value = 0; value < 256; value++) {
    sum += counts[first + value] * (value / 255) ** exponent;
    pixels += counts[first + value];
  }
  // The sixth root, by roots that every engine has alike or nearly.
  return pixels === 0 ? 0 : Math.sqrt(Math.cbrt(sum / pixels));
}

/** How often each value of red, of green and of blue occurs, [3 * 256]. @param pixels RGB */
export function countRgb(pixels: Uint8Array): Uint32Array {
  const counts = new Uint32Array(768);
  for (let at = 0; at < pixels.length; at += 3) {
    counts[pixels[at]]++;
    counts[256 + pixels[at + 1]]++;
    counts[512 + pixels[at + 2]]++;
  }
  return counts;
}

/** An image as under white light, by `shadesOfGrayGains`. @param pixels RGB @returns new RGB */
export function balanceLight(pixels: Uint8Array): Uint8Array {
  const tables = shadesOfGrayGains(countRgb(pixels)).map((gain) =>
    Uint8ClampedArray.from({ length: 256 }, (_, value) => value * gain),
  );
  const balanced = new Uint8Array(pixels.length);
  const [red, green, blue] = tables;
  for (let at = 0; at < pixels.length; at += 3) {
    balanced[at] = red[pixels[at]];
    balanced[at + 1] = green[pixels[at + 1]];
    balanced[at + 2] = blue[pixels[at + 2]];
  }
  return balanced;
}
