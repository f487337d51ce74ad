import { copyOf, type PictureChange } from '../pictureChange.js';
import { drawDisc, type Ink, isFree } from './drawing.js';

/** Gentian violet, with which surgeons mark skin. */
const ink: Ink = { color: [95, 60, 190], opacity: 0.8, stains: true };

const tries = 48;

/** A stroke of a surgeon's pen around a part of the lesion. */
export const inkMark: PictureChange = {
  title: 'Ink mark',
  summary: 'A stroke of violet ink, as surgeons mark skin with, drawn by lesionlab around a part of the lesion.',
  kind: 'adds',
  apply(picture, { random }) {
    const { box, image } = picture;
    const short = Math.min(image.width, image.height);
    const radius = Math.max(0.8, 0.014 * short);
    const [middleX, middleY] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const phase = 2 * Math.PI * random.next();
    for (let attempt = 0; attempt < tries; attempt++) {
      const start = 2 * Math.PI * random.next();
      // Rounder and shorter, the more often there was no room.
      const sweep = (Math.PI / 2) * (1 - (0.7 * attempt) / tries);
      const away = 1.15 + 0.35 * random.next();
      const [radiusX, radiusY] = [(away * (box.right - box.left)) / 2, (away * (box.bottom - box.top)) / 2];
      const steps = Math.max(12, Math.ceil(sweep * Math.max(radiusX, radiusY)));
      const points = Array.from({ length: steps }, (_, i): [number, number] => {
        const angle = start + (sweep * i) / steps;
        const wobble = 1 + 0.02 * Math.sin(5 * angle + phase);
        return [middleX + wobble * radiusX * Math.cos(angle), middleY + wobble * radiusY * Math.sin(angle)];
      });
      if (!points.every(([x, y]) => isFree(picture, x, y, radius))) continue;
      const target = copyOf(picture);
      const drawn = new Uint8Array(image.width * image.height);
      for (const [x, y] of points) drawDisc(target, drawn, x, y, radius, ink);
      return target;
    }
    return null;
  },
};
