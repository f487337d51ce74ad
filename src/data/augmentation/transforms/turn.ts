import { quarterTurnMap } from '../../../image/homography.js';
import { probability } from './settingKinds.js';
import { transform } from './transform.js';

export const turn = transform({
  name: 'turn',
  title: 'Quarter turns',
  about: 'The picture is turned by 90, 180 or 270 degrees, each as often: nothing is cut off or blurred by it.',
  source: 'torch.rot90; with flips, all eight ways in which a square fits onto itself',
  settings: {
    quarterTurns: probability
      .default(0)
      .describe('Probability of a turn by 90, 180 or 270 degrees; 0.75 shows all four directions equally often.'),
  },
  words: ({ quarterTurns }) => (quarterTurns > 0 ? ['turned by quarters'] : []),
  draw({ quarterTurns }, _, random) {
    const isTurned = random.next() < quarterTurns;
    const quarters = 1 + random.integer(3);
    return isTurned ? { quarters } : null;
  },
  movesWholePixels: true,
  map: ({ quarters }, size) => quarterTurnMap(size, quarters),
});
