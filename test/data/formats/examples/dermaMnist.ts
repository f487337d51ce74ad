import type { FormatExample } from '../formatExample.js';
import { npy } from '../npy.js';

const pixels = (count: number) => Array.from({ length: count * 2 * 3 * 3 }, (_, i) => (i * 7) % 256);
const part = (name: string, labels: readonly number[]) => ({
  [`dermamnist.npz: ${name}_images.npy`]: npy('|u1', [labels.length, 2, 3, 3], pixels(labels.length)),
  [`dermamnist.npz: ${name}_labels.npy`]: npy('|u1', [labels.length, 1], labels),
});

export const example: FormatExample = {
  files: { ...part('train', [4, 5, 0]), ...part('val', [6]), ...part('test', [1, 2, 3]) },
  expected: {
    images: 7,
    classes: {
      train_0: 'mel',
      train_1: 'nv',
      train_2: 'akiec',
      val_0: 'vasc',
      test_0: 'bcc',
      test_1: 'bkl',
      test_2: 'df',
    },
  },
};
