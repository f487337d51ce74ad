import { copyOf, type PictureChange } from '../pictureChange.js';

/** Radius of what is seen, as a share of half the diagonal: the corners go, the sides stay. */
const radius = { least: 0.72, most: 0.92 };
/** Width of the shade at its edge, as a share of the radius. */
const shade = 0.04;
const black = 6;

/** The round view of a dermatoscope's tube: dark corners. */
export const darkCorners: PictureChange = {
  title: 'Dark corners',
  summary:
    'The corners are made black in a circle, as the tube of a dermatoscope does, drawn by lesionlab outside the lesion.',
  kind: 'adds',
  apply(picture, { random }) {
    const { image, grown } = picture;
    const { width, height } = image;
    const half = Math.hypot(width, height) / 2;
    const distance = (i: number) => Math.hypot((i % width) + 0.5 - width / 2, Math.floor(i / width) + 0.5 - height / 2);
    let lesionReach = 0;
    for (let i = 0; i < grown.length; i++) if (grown[i]) lesionReach = Math.max(lesionReach, distance(i));
    const wanted = (radius.least + (0.85 - radius.least) * random.next()) * half;
    const edge = Math.max(wanted, lesionReach + 1);
    if (edge > radius.most * half) return null;
    const target = copyOf(picture);
    const width_ = shade * edge;
    for (let i = 0; i < grown.length; i++) {
      const light = 1 - Math.min(1, Math.max(0, (distance(i) - edge) / width_));
      if (light === 1) continue;
      for (let c = 0; c < 3; c++) target.data[3 * i + c] = Math.round(black + (image.data[3 * i + c] - black) * light);
    }
    return target;
  },
};
