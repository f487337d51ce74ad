import { csv, type FormatExample } from '../formatExample.js';

const columns = Array.from({ length: 64 }, (_, i) => `pixel${String(i).padStart(4, '0')}`);
const row = (seed: number, label: number | string) =>
  `${columns.map((_, i) => (seed * 31 + i * 3) % 256).join(',')},${label}`;

export const example: FormatExample = {
  files: { 'hmnist_8_8_L.csv': csv([...columns, 'label'].join(','), row(1, 4), row(2, 6), row(3, 5), row(4, 0)) },
  expected: { images: 4, classes: { row_0: 'nv', row_1: 'mel', row_2: 'vasc', row_3: 'akiec' } },
};
