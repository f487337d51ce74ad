import { requireOneOf } from '../checks.js';

/** Colour scales for heat maps: value in [0, 1] to RGB. */

export type ColormapName = 'viridis' | 'turbo';

/** Colours at even distances; between them is a straight line in RGB. */
const stops: Record<ColormapName, readonly string[]> = {
  // Smith and van der Walt 2015 (CC0): even steps of lightness, readable for the colour-blind and in grey.
  viridis: [
    ...['440154', '48186a', '472d7b', '424086', '3b528b', '33638d', '2c728e', '26828e', '21918c', '1fa088', '28ae80'],
    ...['3fbc73', '5ec962', '84d44b', 'addc30', 'd8e219', 'fde725'],
  ],
  // Mikhailov 2019 (Apache-2.0): stands out more from skin.
  turbo: [
    ...['30123b', '4146ac', '4776ee', '3aa3fc', '1bd0d5', '25eca7', '61fc6c', 'a4fc3c', 'd2e935', 'f4c73a', 'fe9b2d'],
    ...['f36315', 'da3907', 'b21a01', '7a0403'],
  ],
};

const tables = new Map<ColormapName, Uint8Array>();

/** The scale as a table of 256 RGB colours, `table[level * 3 + channel]`. */
export function colormapTable(name: ColormapName): Uint8Array {
  requireOneOf('colormap', name, Object.keys(stops) as ColormapName[]);
  let table = tables.get(name);
  if (!table) {
    const colors = stops[name].map((hex) => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
    table = new Uint8Array(256 * 3);
    for (let level = 0; level < 256; level++) {
      const position = (level / 255) * (colors.length - 1);
      const low = Math.min(Math.floor(position), colors.length - 2);
      for (let c = 0; c < 3; c++)
        table[level * 3 + c] = Math.round(colors[low][c] + (colors[low + 1][c] - colors[low][c]) * (position - low));
    }
    tables.set(name, table);
  }
  return table;
}
