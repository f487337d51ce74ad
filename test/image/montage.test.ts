import { describe, expect, it } from 'vitest';
import { drawText, fitText, measureText } from '../../src/image/bitmapFont.js';
import { drawMontage } from '../../src/image/montage.js';
import type { Raster } from '../../src/image/raster.js';

function blank(width: number, height: number, value = 255): Raster {
  return { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(value) };
}
const ink = (image: Raster) => image.data.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0) / 3;
function show({ width, height, data }: Raster): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (data[(y * width + x) * 3] === 0 ? '#' : '.')).join(''),
  );
}

describe('drawText', () => {
  it('draws letters where they belong', () => {
    const image = blank(12, 9);
    drawText(image, 'Ag', 0, 0, [0, 0, 0]);
    expect(show(image)).toEqual([
      '.###........',
      '#...#.......',
      '#...#..####.',
      '#####.#...#.',
      '#...#.#...#.',
      '#...#.#...#.',
      '#...#..####.',
      '..........#.',
      '.......###..',
    ]);
  });

  it('has a glyph of its own for each ASCII character, and scales them', () => {
    const seen = new Set<string>();
    for (let code = 32; code < 127; code++) {
      const image = blank(5, 9);
      drawText(image, String.fromCharCode(code), 0, 0, [0, 0, 0]);
      seen.add(show(image).join('\n'));
      const large = blank(15, 27);
      drawText(large, String.fromCharCode(code), 0, 0, [0, 0, 0], 3);
      expect(ink(large)).toBe(9 * ink(image));
    }
    expect(seen.size).toBe(95);
  });

  it('cuts off at the edges and shows what it does not know as ?', () => {
    const image = blank(8, 5);
    drawText(image, 'WWWW', -3, -2, [0, 0, 0]);
    expect(ink(image)).toBeGreaterThan(0);
    const [unknown, question] = [blank(5, 9), blank(5, 9)];
    drawText(unknown, 'é', 0, 0, [0, 0, 0]);
    drawText(question, '?', 0, 0, [0, 0, 0]);
    expect(unknown).toEqual(question);
  });

  it('shortens what does not fit', () => {
    expect(fitText('melanoma', 47)).toBe('melanoma');
    expect(fitText('melanoma', 46)).toBe('melan..');
    for (let width = 0; width < 60; width++)
      expect(measureText(fitText('Melanocytic naevus', width, 2), 2).width).toBeLessThanOrEqual(width);
  });
});

describe('drawMontage', () => {
  it('places pictures in rows with text below', () => {
    const tiles = [10, 60, 110].map((value) => ({ image: blank(20, 10, value), lines: ['a', 'b'] }));
    const sheet = drawMontage(tiles, { columns: 2, textScale: 1, gap: 4 });
    expect(sheet.width).toBe(4 + 2 * (20 + 4));
    const pixel = (x: number, y: number) => sheet.data[(y * sheet.width + x) * 3];
    expect([pixel(4, 4), pixel(28, 13), pixel(3, 4), pixel(24, 4)]).toEqual([10, 60, 255, 255]);
    const secondRow = (sheet.height - 4) / 2 + 4;
    expect([pixel(4, secondRow), pixel(28, secondRow)]).toEqual([110, 255]);
    expect(sheet.data.length).toBe(sheet.width * sheet.height * 3);
  });

  it('centres smaller pictures and refuses other than RGB', () => {
    const sheet = drawMontage([{ image: blank(2, 2, 0) }, { image: blank(6, 4, 100) }], { columns: 2, gap: 1 });
    expect(show(sheet)[2].slice(1, 7)).toBe('..##..');
    const grey: Raster = { width: 1, height: 1, channels: 1, data: new Uint8Array(1) };
    expect(() => drawMontage([{ image: grey }], { columns: 1 })).toThrow(
      /tiles\[0\].image.channels: expected 3, found 1/,
    );
  });
});
