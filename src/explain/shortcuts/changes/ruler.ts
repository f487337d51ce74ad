import { copyOf, type PictureChange } from '../pictureChange.js';
import { drawDisc, type Ink, isFree } from './drawing.js';

const ink: Ink = { color: [25, 22, 24], opacity: 0.85 };

/** Places along an edge at which a ruler is tried, as shares of the short side. */
const insets = [0.06, 0.1, 0.03, 0.15];

/** A scale of short dark lines along one side, as dermatoscopes have. */
export const ruler: PictureChange = {
  title: 'Ruler',
  summary:
    'A scale of dark lines, every fifth a longer one, drawn by lesionlab along a side of the picture outside the lesion.',
  kind: 'adds',
  apply(picture, { random }) {
    const { width, height } = picture.image;
    const short = Math.min(width, height);
    const length = { minor: 0.03 * short, major: 0.055 * short };
    const step = short / 34;
    const sides = random.shuffle(['left', 'top', 'right', 'bottom'] as const);
    for (const inset of insets)
      for (const side of sides) {
        const upright = side === 'left' || side === 'right';
        const along = upright ? height : width;
        const across = upright ? width : height;
        const from = 0.12 * along;
        const lines = Math.floor((0.76 * along) / step);
        /** Pixel at so much along the side, and so deep into the picture. */
        const point = (at: number, deep: number): [number, number] => {
          const across_ = side === 'left' || side === 'top' ? deep : across - 1 - deep;
          return upright ? [across_, at] : [at, across_];
        };
        const marks: [x: number, y: number][] = [];
        for (let line = 0; line <= lines; line++)
          for (let deep = 0; deep <= (line % 5 === 0 ? length.major : length.minor); deep++)
            marks.push(point(from + line * step, inset * short + deep));
        const radius = Math.max(0.5, short / 450);
        if (!marks.every(([x, y]) => isFree(picture, x, y, radius))) continue;
        const target = copyOf(picture);
        const drawn = new Uint8Array(width * height);
        for (const [x, y] of marks) drawDisc(target, drawn, x, y, radius, ink);
        return target;
      }
    return null;
  },
};
