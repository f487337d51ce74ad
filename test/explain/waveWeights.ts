import { initialWeights, type NetworkSize } from '../../src/models/index.js';
import type { Weights } from '../../src/nn/index.js';
import { wave } from '../wave.js';

/** LeNet's weights in gradCam.py and attribution.py. */
export function waveWeights(size: NetworkSize): Weights {
  const flat = 16 * ((size.imageSize / 2 - 4) / 2) ** 2;
  const fanIns = [3 * 25, 6 * 25, flat, 120, 84];
  return new Map(
    [...initialWeights(size, 0)].map(([name, { shape }], i) => {
      const layer = Math.floor(i / 2);
      const phase = name.endsWith('.bias') ? layer + 0.5 : layer;
      const count = shape.reduce((product, side) => product * side, 1);
      return [name, { shape, data: wave(count, phase, 1.5 / Math.sqrt(fanIns[layer])) }];
    }),
  );
}
